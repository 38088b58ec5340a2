"""How an example becomes messages, a question to embed, and a number of tokens."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flywheel_client import Bank, estimate_tokens
from flywheel_client.selection import chat_messages, question_of
from tests.client.releases import example, open_bank, publish
from tests.client.trigrams import Trigrams


def _message(role: str, content: Any) -> dict[str, Any]:
    return {"role": role, "content": content}


def _part(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


@pytest.mark.parametrize(
    ("messages", "question"),
    [
        ([_message("user", "One?")], "One?"),
        ([_message("user", "One?"), _message("assistant", "1"), _message("user", "Two?")], "Two?"),
        ([_message("user", "One?"), _message("tool", "{}")], "One?"),
        ([_message("system", "Be brief."), _message("assistant", "Hello")], "Hello"),
        (
            [_message("user", [{"type": "text", "text": "A"}, {"type": "text", "text": "B"}])],
            "A\nB",
        ),
    ],
)
def test_the_question_is_the_last_user_message(
    messages: list[dict[str, Any]], question: str
) -> None:
    """Parts are joined; without a user message it is the last message, whoever wrote it."""
    assert question_of(messages) == question


def test_content_in_parts_stays_in_parts() -> None:
    """The API takes both forms, so none is turned into the other."""
    parts = [_part("What was revenue?")]
    assert chat_messages([_message("user", parts)], "$5")[0]["content"] == parts


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2)])
def test_tokens_are_characters_by_four_rounded_up(text: str, tokens: int) -> None:
    """Parts count as their text."""
    assert estimate_tokens([_message("user", text)]) == tokens
    assert estimate_tokens([_message("user", [_part(text)])]) == tokens


def test_threads_may_share_a_bank(tmp_path: Path) -> None:
    """A service opens it once; many requests ask at the same time, filters included."""
    publish(tmp_path, [example(f"e{i:02}", f"What was revenue in {1950 + i}?") for i in range(90)])
    alone = open_bank(tmp_path, Trigrams())
    shared = open_bank(tmp_path, Trigrams())
    queries = [f"revenue in {1950 + i}?" for i in range(90)] * 3

    def ask(bank: Bank, query: str) -> list[str]:
        return bank.select(query, 3, {"missing": "x"} if "1999" in query else None, 40).ids

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda query: ask(shared, query), queries))
    assert together == [ask(alone, query) for query in queries]
