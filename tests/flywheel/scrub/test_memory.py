"""The bounded memory of what was found."""

from flywheel.scrub.found import Span
from flywheel.scrub.memory import Memory

FOUND = (Span(0, 1, "PERSON", 1.0),)


def new_memory(texts: int, characters: int) -> Memory[tuple[bool, str], tuple[Span, ...]]:
    return Memory(texts, characters, lambda key: len(key[1]))


def test_it_forgets_the_text_not_asked_for_longest() -> None:
    """Least recently used goes first."""
    memory = new_memory(texts=2, characters=100)
    memory.put((True, "a"), FOUND)
    memory.put((True, "b"), ())
    assert memory.get((True, "a")) == FOUND
    memory.put((True, "c"), ())
    assert memory.get((True, "b")) is None
    assert memory.get((True, "a")) == FOUND


def test_it_is_bounded_by_characters_too() -> None:
    """Long reports cannot fill the memory."""
    memory = new_memory(texts=100, characters=10)
    for letter in "abcde":
        memory.put((False, letter * 4), ())
    assert len(memory) == 2
    memory.put((False, "x" * 11), ())
    assert len(memory) == 0


def test_the_same_text_in_a_report_is_another_matter() -> None:
    """What is looked for differs by field."""
    memory = new_memory(texts=2, characters=100)
    memory.put((True, "a"), FOUND)
    assert memory.get((False, "a")) is None
