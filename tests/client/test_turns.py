"""Threads that select in turn: one at a time, except where the interpreter is not needed."""

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from flywheel_client import Bank
from flywheel_client import snapshot as snapshot_module
from flywheel_client.embed import Vectors
from flywheel_client.turns import TURN, Turn
from tests.client.releases import example, open_bank, publish
from tests.client.trigrams import Trigrams


def _taken_by_another(turn: Turn) -> bool:
    """Whether another thread would have to wait."""
    free: list[bool] = []

    def look() -> None:
        got = turn._lock.acquire(blocking=False)
        if got:
            turn._lock.release()
        free.append(got)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return not free[0]


def test_a_turn_is_one_threads_until_it_pauses() -> None:
    """Others wait, but for the pause; afterwards it is whose it was."""
    turn = Turn()
    with turn.take():
        assert _taken_by_another(turn)
        with turn.take():
            assert _taken_by_another(turn), "who has it may take it again"
        with turn.pause():
            assert not _taken_by_another(turn)
        assert _taken_by_another(turn)
    assert not _taken_by_another(turn)


def test_an_error_ends_the_turn() -> None:
    """Else one wrong selection would stop every other thread for ever."""
    turn = Turn()
    with pytest.raises(KeyError), turn.take(), turn.pause():
        raise KeyError
    assert not _taken_by_another(turn)


def test_without_the_interpreters_lock_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A free-threaded Python really runs them at once."""
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    turn = Turn()
    with turn.take(), turn.pause():
        assert not _taken_by_another(turn)


class _Slow(Trigrams):
    """An embedder that asks a server: it must keep nobody else from selecting."""

    def __init__(self) -> None:
        super().__init__()
        self.kept_others = False

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As ever, looking around meanwhile."""
        self.kept_others = self.kept_others or _taken_by_another(TURN)
        return super().embed(texts)


def test_a_foreign_embedder_works_outside_the_turn(tmp_path: Path) -> None:
    """Nobody knows how long it takes."""
    embedder = _Slow()
    publish(tmp_path, [example("a")])
    bank = open_bank(tmp_path, embedder)
    assert bank.select("What?").ids == ["a"]
    assert not embedder.kept_others


def test_a_tokenizer_that_selects_itself_does_not_wait_for_itself(tmp_path: Path) -> None:
    """Code of the caller runs within a selection: it may use the bank."""
    publish(tmp_path, [example("a"), example("b")])
    inner = open_bank(tmp_path, Trigrams())
    outer = Bank.open(
        tmp_path,
        Trigrams(),
        refresh_s=None,
        count_tokens=lambda text: len(inner.select(text, 1)),
    )
    assert len(outer.select("What?", 2, max_tokens=50)) == 2


def test_a_long_comparison_lets_others_select(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a thread finds meanwhile is the same as ever."""
    publish(tmp_path, [example(f"e{n}", f"What was revenue in {1950 + n}?") for n in range(40)])
    bank = open_bank(tmp_path, Trigrams())
    alone = [bank.select(f"revenue {1950 + n}", 5, diversity=0.3).ids for n in range(40)]
    monkeypatch.setattr(snapshot_module, "_LONG", 10)
    found: dict[int, list[list[str]]] = {}

    def ask(number: int) -> None:
        found[number] = [
            bank.select(f"revenue {1950 + n}", 5, diversity=0.3).ids for n in range(40)
        ]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(4)] == [alone] * 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork has no such trap")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_within_anothers_turn_selects(tmp_path: Path) -> None:
    """The thread whose turn it was is not in the child, and would never end it."""
    publish(tmp_path, [example("a")])
    bank = open_bank(tmp_path, Trigrams())
    within, over = threading.Event(), threading.Event()

    def hold() -> None:
        with TURN.take():
            within.set()
            over.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert within.wait(10)
    child = os.fork()
    if child == 0:
        os._exit(0 if bank.select("What?").ids == ["a"] else 1)
    over.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_what_was_gathered_for_a_filter_may_be_given_up_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without turns another thread's filter may take its room between two looks at it."""
    publish(tmp_path, [example(f"{name}-{n}", feature=name) for name in "ab" for n in range(4)])
    bank = open_bank(tmp_path, Trigrams())
    right = bank.select("revenue", 3, {"feature": "a"}).ids
    kept: dict[object, list[object]] = {}

    def look(scope: object) -> object:
        seen = kept.get(scope)
        return seen.pop() if seen else None

    gone_when_seen_twice = property(look, lambda scope, value: kept.update({scope: [value] * 2}))
    monkeypatch.setattr(snapshot_module.Scope, "vectors", gone_when_seen_twice, raising=False)
    bank._snapshot._scopes.clear()  # type: ignore[union-attr]
    for _ in range(4):
        assert bank.select("revenue", 3, {"feature": "a"}).ids == right
