"""The files of a release as bytes: golden.jsonl, bank.parquet, rows and filters, vectors.npy."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from flywheel_client import Embedder, estimate_tokens
from flywheel_client.approximate import INDEX_FROM, build_index
from flywheel_client.embed import Vectors
from flywheel_client.release import BANK, GOLDEN, INDEX, VECTORS
from flywheel_client.rows import encode_array, encode_rows
from flywheel_client.selection import chat_messages, question_of
from schemas.candidate import Target
from schemas.example import Example
from schemas.release import SCHEMA_VERSION, EmbedderName

_NESTED: Final = ("messages", "context", "tags", "provenance")
"""Columns that are JSON, so that any tool reads the table."""
_DERIVED: Final = ("tokens",)
_MARKS: Final = ("critical", "labels")
"""What the evaluation reads of a golden case; the bank's files have no place for them."""
_ROW_GROUP: Final = 20_000
"""Rows that are in memory as Python objects at once."""
_PROVENANCE: Final = ("reviewer", "decided_at", "candidate_id")


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
    vectors = _embed(bank, embedder, known)
    files = {
        GOLDEN: _lines(golden),
        BANK: _parquet(bank),
        VECTORS: encode_array(vectors.astype(np.float16)),
        **encode_rows(map(_record, bank)),
    }
    if len(bank) >= INDEX_FROM:
        files[INDEX] = build_index(vectors)
    return files


def bank_examples(content: bytes) -> list[Example]:
    """What `bank.parquet` holds, of this version or the first; raises `ValueError` for others."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return [_example(row) for row in pq.read_table(pa.BufferReader(content)).to_pylist()]


def _example(row: dict[str, Any]) -> Example:
    nested = {name: json.loads(row[name]) for name in _NESTED if name in row}
    given = {name: value for name, value in row.items() if name not in _DERIVED}
    given |= nested | nested.get("provenance", {}) | {"target": Target.BANK}
    given.pop("provenance", None)
    if given.get("cluster") == given["case_id"]:
        del given["cluster"]
    return Example.model_validate_json(json.dumps(given))


def _split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    by_id = sorted(examples, key=lambda example: example.id)
    golden = [example for example in by_id if example.target is Target.GOLDEN]
    return golden, [example for example in by_id if example.target is Target.BANK]


def _lines(examples: Sequence[Example]) -> bytes:
    return b"".join(_line(example).encode() + b"\n" for example in examples)


def _line(example: Example) -> str:
    """Without what most examples have not, so that releases of an earlier version keep their id."""
    absent = {name for name in (*_MARKS, "cluster") if not getattr(example, name)}
    if example.target == Target.BANK:
        absent |= set(_MARKS)
    return example.model_dump_json(exclude=absent)


def _messages(example: Example) -> list[dict[str, Any]]:
    return [message.model_dump(mode="json") for message in example.messages]


def _record(example: Example) -> dict[str, Any]:
    """What a client gets of an example: nothing about who decided, and no documents."""
    messages = _messages(example)
    return {
        "id": example.id,
        "messages": messages,
        "output": example.output,
        "feature": example.feature,
        "tenant": example.tenant,
        "tags": example.tags,
        "case_id": example.case_id,
        # A case is a cluster of near duplicates: it goes whole to one side.
        "cluster": example.cluster or example.case_id,
        "tokens": estimate_tokens(chat_messages(messages, example.output)),
    }


def _parquet(bank: Sequence[Example]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ("id", "messages", "output", "feature", "tags", "tenant", "provenance", "cluster")
    # candidate_id beside the provenance that holds it: an erasure looks there, in every release.
    strings = [(name, pa.string()) for name in (*names, "case_id", "context", "candidate_id")]
    schema = pa.schema([*strings, ("tokens", pa.int64())])
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for start in range(0, len(bank), _ROW_GROUP):
            rows = [_row(example) for example in bank[start : start + _ROW_GROUP]]
            writer.write_table(pa.Table.from_pylist(rows, schema))
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _row(example: Example) -> dict[str, Any]:
    values = example.model_dump(mode="json")
    provenance = {name: values[name] for name in _PROVENANCE}
    row = _record(example) | {"context": values["context"], "provenance": provenance}
    row["candidate_id"] = example.candidate_id
    return row | {name: json.dumps(row[name], ensure_ascii=False) for name in _NESTED}


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
