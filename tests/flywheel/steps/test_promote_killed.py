"""Killed before any step, a promote is healed by the next one."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from flywheel.bank import open_bank
from flywheel.settings import Settings
from flywheel.steps.promote import run_promote
from flywheel.steps.release import list_releases
from flywheel.store import Store, open_store
from tests.approve import approve
from tests.facts import count_rows, together

_KILLED = """
import os, signal, sys, traceback
from pathlib import Path
import numpy, pandas, pyarrow, tokenizers  # a promote imports them on its way
from flywheel.settings import load_settings
from flywheel.steps.promote import run_promote

settings = load_settings(Path(sys.argv[1]))

def is_step(event, args):
    path = str(args[0])
    if event == "open" and path.endswith("duckdb.lock"):
        return True  # a transaction begins
    if not path.startswith(str(settings.releases_path)) or path.endswith(".lock"):
        return False
    return event in ("os.mkdir", "os.rename") or bool(args[2] & (os.O_WRONLY | os.O_RDWR))

def promote_but_be_killed_before_the_nth_step(left):
    def watch(event, args):
        nonlocal left
        if event in ("open", "os.mkdir", "os.rename") and is_step(event, args):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    try:
        run_promote(settings)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)

for line in sys.stdin:
    pid = os.fork() or promote_but_be_killed_before_the_nth_step(int(line))
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
"""Imports cost seconds, a fork milliseconds. It does no work itself: threads are not forked."""

Promote = Callable[[int], int]


@pytest.fixture
def store(settings: Settings) -> Store:
    """The store that the settings name."""
    return open_store(settings)


@pytest.fixture
def promote_killed(settings: Settings) -> Iterator[Promote]:
    """Promotes in a process that is killed before its nth step; gives how the process ended."""
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(settings.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def promote(step: int) -> int:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(f"{step}\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    with process:  # closes its input, at whose end it ends, and waits for it
        yield promote


def test_killed_anywhere_the_next_promote_heals(
    settings: Settings, store: Store, promote_killed: Promote
) -> None:
    """SIGKILL before each transaction and write: readers see old or new, the next run finishes.

    Each round approves another example, is killed one step later than the round before, and is
    healed by a promote that nobody kills; the last round comes to its end.
    """
    approve(store, "bank", "Question of the first release?")
    current = run_promote(settings).release
    killed, rounds = -9, 0
    while killed == -9:
        approve(store, "bank", f"What was revenue in {2000 + rounds}?")
        killed = promote_killed(rounds)
        rounds += 1
        seen = open_bank(settings)
        assert len(seen) == rounds + (seen.release != current)
        current = run_promote(settings).release
        healed = open_bank(settings)
        assert (healed.release, len(healed)) == (current, rounds + 1)
        assert _rows(store) == (rounds + 1, rounds + 1), "each fact once"
    assert killed == 0
    assert rounds > 13, "five transactions, a folder, four files, a rename, the pointer's two steps"
    assert not [path for path in settings.releases_path.glob(".aside-*") if path.is_dir()]
    assert [row.current for row in list_releases(settings)] == [True] + [False] * rounds


def _rows(store: Store) -> tuple[int, int]:
    with together(store) as at_once:
        return count_rows(at_once, "promotions"), count_rows(at_once, "releases")
