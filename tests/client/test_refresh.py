"""A bank follows the pointer by itself, and only to releases that are good."""

import asyncio
import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flywheel.bank import switch
from flywheel_client import Bank, ReleaseMissing
from flywheel_client.release import BANK, MANIFEST, POINTER, VECTORS
from flywheel_client.rows import ROWS
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams


def _open(path: Path, **options: Any) -> Bank:
    return Bank.open(path, Trigrams(), **{"refresh_s": None} | options)


def _eventually(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within half a minute")


def test_a_new_release_and_a_rollback_are_followed(tmp_path: Path) -> None:
    """In the background, with no call but `select`."""
    first = publish(tmp_path, [example("a")])
    with _open(tmp_path, refresh_s=0.05) as bank:
        assert bank.select("What?").ids == ["a"]
        second = publish(tmp_path, [example("b")])
        _eventually(lambda: bank.select("What?").release == second)
        assert bank.select("What?").ids == ["b"]
        switch(tmp_path, first)
        _eventually(lambda: bank.select("What?").ids == ["a"])
    assert bank.metrics()["refreshes"] == 3


def test_a_closed_or_forgotten_bank_stops_looking(tmp_path: Path) -> None:
    """No thread outlives what it works for."""
    publish(tmp_path, [example("a")])
    closed, forgotten = _open(tmp_path, refresh_s=0.05), _open(tmp_path, refresh_s=0.05)
    threads = [closed._thread, forgotten._thread]
    assert all(thread is not None and thread.is_alive() for thread in threads)
    closed.close()
    del forgotten
    _eventually(lambda: not any(thread is not None and thread.is_alive() for thread in threads))
    assert closed.select("What?").ids == ["a"], "it selects on, and starts no thread again"
    assert closed._thread is threads[0]


def _edit(folder: Path, **changes: Any) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | changes))


def _other_embedder(folder: Path) -> None:
    _edit(folder, embedder={"name": "trigrams", "version": "2", "dimensions": 64})


def _flip(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: _flip(folder, VECTORS), "damaged"),
        (lambda folder: _flip(folder, BANK), "damaged"),
        (lambda folder: (folder / ROWS).write_bytes(b""), "damaged"),
        (lambda folder: (folder / VECTORS).unlink(), "damaged"),
        (lambda folder: (folder / MANIFEST).unlink(), "damaged"),
        (shutil.rmtree, "missing"),
        (lambda folder: _edit(folder, schema_version=99), "too_new"),
        (_other_embedder, "embedder"),
    ],
)
def test_a_bad_release_is_refused_and_the_last_good_one_goes_on(
    tmp_path: Path,
    spoil: Callable[[Path], object],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With one line in the log however often it is looked at, and a counter."""
    first = publish(tmp_path, [example("a")])
    bank = _open(tmp_path)
    second = publish(tmp_path, [example("b")])
    good = shutil.copytree(tmp_path / second, tmp_path / "good")
    spoil(tmp_path / second)
    assert [bank.refresh() for _ in range(3)] == [False] * 3
    assert (bank.release, bank.select("What?").ids) == (first, ["a"])
    assert bank.metrics()[f"refused_{reason}"] >= 1
    lines = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert second in lines[0]
    assert f"{first} is served on" in lines[0]
    shutil.rmtree(tmp_path / second, ignore_errors=True)
    good.rename(tmp_path / second)
    assert bank.refresh()
    assert (bank.problem, bank.select("What?").ids) == (None, ["b"])


@pytest.mark.parametrize("content", [b"../../etc/passwd", b"", b"\xff\xfe"])
def test_a_spoilt_pointer_changes_nothing(tmp_path: Path, content: bytes) -> None:
    """Nor does one that is gone."""
    first = publish(tmp_path, [example("a")])
    bank = _open(tmp_path)
    (tmp_path / POINTER).write_bytes(content)
    assert not bank.refresh()
    (tmp_path / POINTER).unlink()
    assert not bank.refresh()
    assert bank.select("What?").release == first


def test_where_nothing_is_nothing_is_selected(tmp_path: Path) -> None:
    """No error reaches production; the selection says why, and it recovers by itself."""
    with _open(tmp_path / "releases", refresh_s=0.05) as bank:
        found = bank.select("What?", max_tokens=9, tenant="acme")
        assert (found.release, found.ids, found.messages(), len(bank)) == (None, [], [], 0)
        assert found.problem is not None
        assert "no release is published" in found.problem
        publish(tmp_path / "releases", [example("a")])
        _eventually(lambda: bank.select("What?").ids == ["a"])
        assert bank.select("What?").problem is None


def test_who_asks_for_errors_gets_them(tmp_path: Path) -> None:
    """`strict` is for tools: at opening, and at each selection."""
    with pytest.raises(ReleaseMissing):
        _open(tmp_path, strict=True)
    bank = _open(tmp_path)
    bank._strict = True
    with pytest.raises(ReleaseMissing):
        bank.select("What?")


class _Failing(Trigrams):
    failing = False

    def embed(self, texts: Any) -> Any:
        if self.failing:
            raise RuntimeError(f"cannot embed {texts}")
        return super().embed(texts)


def test_an_embedder_that_fails_gives_nothing_and_its_text_goes_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What a library says may quote the user's question: the log has its kind alone."""
    publish(tmp_path, [example("a")])
    embedder = _Failing()
    bank = Bank.open(tmp_path, embedder, refresh_s=None)
    embedder.failing = True
    found = bank.select("Is Rosa Diaz ill?")
    assert (found.ids, found.problem) == ([], "selecting failed (RuntimeError)")
    assert bank.metrics()["errors"] == 1
    assert "RuntimeError" in caplog.text
    assert "Rosa" not in caplog.text


def test_a_release_that_is_switched_under_a_selection_is_never_mixed(tmp_path: Path) -> None:
    """Threads select while the pointer goes to and fro: each selection is of one release."""
    ids = {
        publish(tmp_path, [example(f"{side}{n}", tags={"side": side}) for n in range(9)]): side
        for side in "ab"
    }
    bank = _open(tmp_path)
    stop, wrong = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            found = bank.select("What was revenue?", 9, diversity=0.2)
            if {one.tags["side"] for one in found} != {ids[str(found.release)]}:
                wrong.append(found.ids)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for release_id in list(ids) * 10:
        switch(tmp_path, release_id)
        assert bank.refresh()
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_async_code_has_the_same(tmp_path: Path) -> None:
    """Opening waits in a thread; selecting is over before one would have started."""
    publish(tmp_path, [example("a")])

    async def ask() -> list[str]:
        bank = await Bank.aopen(tmp_path, Trigrams(), refresh_s=None)
        return (await bank.aselect("What?", k=2)).ids

    assert asyncio.run(ask()) == ["a"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork has no such trap")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_selects_and_refreshes(tmp_path: Path) -> None:
    """Even when another thread held every lock at the moment of the fork."""
    publish(tmp_path, [example("a")])
    bank = _open(tmp_path, refresh_s=0.05, events=tmp_path / "events")
    assert bank._snapshot is not None
    with bank._counting, bank._refreshing, bank._snapshot._lock:
        child = os.fork()
        if child == 0:
            try:
                found = bank.select("What?").ids
                second = publish(tmp_path, [example("b")])
                _eventually(lambda: bank.select("What?").release == second)
                os._exit(0 if found == ["a"] else 1)
            finally:
                os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    bank.close()
