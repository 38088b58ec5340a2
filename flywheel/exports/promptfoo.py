"""promptfoo's form: test cases, one a line, for `tests: file://FILE.jsonl` of its configuration."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from flywheel.exports.chat import documents, line, prompt, question
from schemas.example import Example

_BRACE: Final = "{% endraw %}{{ '{' }}{% raw %}%"


def encode(examples: Sequence[Example]) -> Iterator[bytes]:
    """`question`, `context` and `messages` (JSON) as variables; held against the ideal answer.

    `factuality` is promptfoo's own scorer for a reference answer; it needs a grader there.
    """
    for example in examples:
        yield line(
            {
                "description": example.id,
                "vars": {
                    "question": literal(question(example)),
                    "context": literal(documents(example)),
                    # A string: promptfoo makes a test case of each item of a list.
                    "messages": literal(json.dumps(prompt(example), ensure_ascii=False)),
                },
                "assert": [{"type": "factuality", "value": literal(example.output)}],
                "metadata": _metadata(example),
            }
        )


def literal(text: str) -> str:
    """A text that comes out of promptfoo's templates as it went in.

    promptfoo renders variables and expected values: a user's `{{ env.OPENAI_API_KEY }}` would put
    the key into a prompt. Inside `raw` only a tag can end that, so each `{%` is taken apart.
    """
    if not any(mark in text for mark in ("{{", "{%", "{#")):
        return text
    return "{% raw %}" + text.replace("{%", _BRACE) + "{% endraw %}"


def _metadata(example: Example) -> dict[str, str]:
    slices = {"feature": example.feature, "tenant": example.tenant, **example.tags}
    slices |= {
        "critical": "true" if example.critical else None,
        "labels": ", ".join(example.labels) or None,
    }
    return {key: value for key, value in slices.items() if value is not None}
