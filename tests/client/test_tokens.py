"""A budget in the model's own tokens, where its tokenizer is at hand."""

from pathlib import Path

import pytest
import tiktoken

from flywheel_client import Bank
from flywheel_client.tokens import PER_MESSAGE, count_messages, tokenizer_of
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams

BYTES = tiktoken.Encoding(
    "bytes", pat_str=r".", mergeable_ranks={bytes([n]): n for n in range(256)}, special_tokens={}
)
"""A real tokenizer of the smallest kind: a token a byte."""


def _count(text: str) -> int:
    return len(BYTES.encode_ordinary(text))


def test_the_budget_is_kept_in_the_tokenizers_tokens(tmp_path: Path) -> None:
    """The same examples cost more or less by another tokenizer; the estimate is not used then."""
    question = "What was revenue?"
    publish(tmp_path, [example(f"e{n}", question, output="x" * 10 * n) for n in range(1, 9)])
    bank = Bank.open(tmp_path, Trigrams(), count_tokens=_count, refresh_s=None)
    one = bank.select(question, 1).examples[0]
    assert one.tokens == len(question) + 10 + 2 * PER_MESSAGE
    found = bank.select(question, 8, max_tokens=100)
    assert found.ids == ["e1", "e2"]
    assert found.tokens == sum(count_messages(_count, e.chat()) for e in found) <= 100
    assert len(Bank.open(tmp_path, Trigrams(), refresh_s=None).select(question, 8, None, 100)) > 2


def test_an_exact_budget_looks_beyond_the_first_pool(tmp_path: Path) -> None:
    """Forty that are too long stand before the one that fits."""
    question = "What was revenue?"
    longs = [example(f"l{n:02}", question, output="x" * 300) for n in range(40)]
    publish(tmp_path, [*longs, example("z", "Who audits?", output="y")])
    bank = Bank.open(tmp_path, Trigrams(), count_tokens=_count, refresh_s=None)
    assert bank.select(question, 4, max_tokens=60).ids == ["z"]
    assert bank.select(question, 4, max_tokens=60, diversity=0.5).ids == ["z"]


def test_missing_data_is_never_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """tiktoken would ask the network in the middle of a request: the estimate is used instead."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "empty"))
    assert tokenizer_of("gpt-4o") is None
    assert tokenizer_of("somebody-elses-model") is None
    publish(tmp_path / "releases", [example("a")])
    bank = Bank.open(tmp_path / "releases", Trigrams(), model="gpt-4o", refresh_s=None)
    assert bank.select("What?", max_tokens=100).tokens == 9
