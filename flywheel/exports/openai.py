"""OpenAI's chat form for supervised fine-tuning: `{"messages": [...]}` a line."""

from collections.abc import Iterator, Sequence

from flywheel.exports.chat import Turn, line, prompt
from schemas.example import Example


def encode(examples: Sequence[Example]) -> Iterator[bytes]:
    """One conversation a line; only the reviewed answer is learnt.

    Earlier answers of the model have weight 0: nobody approved them. Ids and tags stay behind,
    since the endpoint refuses keys that it does not know.
    """
    for example in examples:
        ideal = {"role": "assistant", "content": example.output}
        yield line({"messages": [*map(_unlearnt, prompt(example)), ideal]})


def _unlearnt(turn: Turn) -> Turn:
    return turn | {"weight": 0} if turn["role"] == "assistant" else turn
