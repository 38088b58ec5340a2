"""DSPy's form: a flat record a line, each a `dspy.Example` with its inputs named by the caller."""

import json
from collections.abc import Iterator, Sequence

from flywheel.exports.chat import history, line, question
from schemas.example import Example


def encode(examples: Sequence[Example]) -> Iterator[bytes]:
    """`question`, `context`, `history` as inputs, `answer` as label; ids and slices beside them.

    Every record has the same keys of the same types: DSPy reads the file as a table.
    """
    for example in examples:
        yield line(
            {
                "id": example.id,
                "question": question(example),
                "context": [document.text for document in example.context],
                "history": history(example),
                "answer": example.output,
                "feature": example.feature or "",
                "tenant": example.tenant or "",
                "tags": json.dumps(example.tags, ensure_ascii=False),
            }
        )
