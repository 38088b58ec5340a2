"""Hugging Face's form: one Parquet file with the columns that TRL trains on."""

import json
from collections.abc import Iterator, Sequence

from flywheel.exports.chat import prompt
from schemas.example import Example


def encode(examples: Sequence[Example]) -> Iterator[bytes]:
    """One whole Parquet file; `tags` is JSON, since its keys differ from row to row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    turns = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
    strings = ("id", "case_id", "feature", "tenant", "tags", "reviewer", "decided_at")
    texts = [(name, pa.string()) for name in strings]
    labels = ("labels", pa.list_(pa.string()))
    schema = pa.schema([("prompt", turns), ("completion", turns), *texts, labels])
    rows = [
        {
            "prompt": prompt(example),
            "completion": [{"role": "assistant", "content": example.output}],
            **{name: getattr(example, name) for name in strings},
            "tags": json.dumps(example.tags, ensure_ascii=False),
            "labels": list(example.labels),
        }
        for example in examples
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema), sink, compression="zstd")
    yield sink.getvalue().to_pybytes()
