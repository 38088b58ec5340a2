"""The files of a release as bytes: golden.jsonl, bank.parquet, vectors.npy."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from flywheel_client import Embedder, estimate_tokens
from flywheel_client.embed import Vectors
from flywheel_client.release import BANK, GOLDEN, VECTORS
from flywheel_client.selection import chat_messages, question_of
from schemas.candidate import Target
from schemas.example import Example
from schemas.release import SCHEMA_VERSION, EmbedderName


def content_id(examples: Sequence[Example], embedder: EmbedderName) -> str:
    """The id of the release that holds these examples: a hash of content, not of time or order."""
    golden, bank = _split(examples)
    digest = hashlib.sha256(f"release {SCHEMA_VERSION}".encode())
    for part in (embedder.model_dump_json().encode(), _lines(golden), _lines(bank)):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]


def build_files(
    examples: Sequence[Example], embedder: Embedder, known: Mapping[str, Vectors]
) -> dict[str, bytes]:
    """Each file's name and content; `known` has the vectors of questions embedded before."""
    golden, bank = _split(examples)
    return {
        GOLDEN: _lines(golden),
        BANK: _parquet(bank),
        VECTORS: _npy(_embed(bank, embedder, known)),
    }


def bank_examples(content: bytes) -> list[Example]:
    """What `bank.parquet` holds; raises `ValueError` for what no release wrote."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pq.read_table(pa.BufferReader(content)).drop_columns(["tokens"]).to_pylist()
    nested = ("messages", "context", "tags")
    return [
        Example.model_validate_json(
            json.dumps(
                row | {name: json.loads(row[name]) for name in nested} | {"target": Target.BANK}
            )
        )
        for row in rows
    ]


def _split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    by_id = sorted(examples, key=lambda example: example.id)
    golden = [example for example in by_id if example.target is Target.GOLDEN]
    return golden, [example for example in by_id if example.target is Target.BANK]


def _lines(examples: Sequence[Example]) -> bytes:
    return b"".join(example.model_dump_json().encode() + b"\n" for example in examples)


def _messages(example: Example) -> list[dict[str, Any]]:
    return [message.model_dump(mode="json") for message in example.messages]


def _parquet(bank: Sequence[Example]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    strings = [(name, pa.string()) for name in Example.model_fields if name != "target"]
    schema = pa.schema([*strings, ("tokens", pa.int64())])
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_pylist([_row(example) for example in bank], schema), sink, compression="zstd"
    )
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _row(example: Example) -> dict[str, Any]:
    """Nested values as JSON: a reader decodes the few that it selects, not all."""
    row = example.model_dump(mode="json", exclude={"target"})
    for name in ("messages", "context", "tags"):
        row[name] = json.dumps(row[name], ensure_ascii=False)
    row["tokens"] = estimate_tokens(chat_messages(_messages(example), example.output))
    return row


def _embed(bank: Sequence[Example], embedder: Embedder, known: Mapping[str, Vectors]) -> Vectors:
    questions = [question_of(_messages(example)) for example in bank]
    new = sorted(set(questions) - known.keys())
    vectors = dict(known)
    if new:  # an empty bank must not load the weights
        vectors |= zip(new, embedder.embed(new), strict=True)
    table = np.zeros((len(bank), embedder.dimensions), np.float32)
    for row, question in enumerate(questions):
        table[row] = vectors[question]
    return table


def _npy(vectors: Vectors) -> bytes:
    sink = io.BytesIO()
    np.save(sink, vectors, allow_pickle=False)
    return sink.getvalue()
