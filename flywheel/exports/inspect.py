"""Inspect's dataset form: samples that its `json_dataset` reads without a mapping."""

from collections.abc import Iterator, Sequence

from flywheel.exports.chat import line, prompt
from schemas.example import Example


def encode(examples: Sequence[Example]) -> Iterator[bytes]:
    """One sample a line: `input` as chat messages, `target` the ideal answer."""
    for example in examples:
        yield line(
            {
                "id": example.id,
                "input": prompt(example),
                "target": example.output,
                "metadata": {
                    "case_id": example.case_id,
                    "feature": example.feature,
                    "tenant": example.tenant,
                    "tags": example.tags,
                    "critical": example.critical,
                    "labels": list(example.labels),
                },
            }
        )
