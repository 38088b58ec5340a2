"""Processes that scrub much text at once: the same results, and none outlives its parent."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from threading import Event, Thread, Timer

import psutil
import pytest

from flywheel.errors import ScrubError
from flywheel.scrub.engine import load_engine
from flywheel.scrub.found import Findings
from flywheel.scrub.workers import Workers
from flywheel.settings import ScrubSettings
from schemas.fault import Reason

SETTINGS = ScrubSettings(processes=2)
TEXTS = [
    f"My client Nora Keller ({number}) asked, mail nora{number}@example.com. | 1,452 | 1,146 |"
    for number in range(600)
]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Two processes."""
    workers = Workers(SETTINGS)
    yield workers
    workers.close()


@pytest.mark.parametrize("names", [True, False])
def test_they_find_what_this_process_finds(workers: Workers, names: bool) -> None:
    """In the order of the texts, whichever process looked."""
    found = workers.analyze(TEXTS, names=names)
    assert found == load_engine(SETTINGS).analyze(TEXTS, names=names)
    assert all(found)


def test_a_worker_that_dies_is_replaced_and_its_texts_are_tried_again(workers: Workers) -> None:
    """As when the system kills it for its memory."""
    workers.analyze(TEXTS[:2], names=False)
    victims = [psutil.Process(worker._process.pid) for worker in workers._all]
    assert len(victims) == 2
    for victim in victims:
        victim.kill()
    found = workers.analyze(TEXTS[:4], names=False)
    assert found == load_engine(SETTINGS).analyze(TEXTS[:4], names=False)


def test_a_worker_that_is_killed_amidst_its_part_loses_none(workers: Workers) -> None:
    """It is stopped with a part in hand, then killed, while this process looks, too."""
    engine = load_engine(SETTINGS)
    workers.warm_up(here=True)
    for worker in workers._all:
        os.kill(worker._process.pid, signal.SIGSTOP)
    killers = [Timer(1, worker._process.kill) for worker in workers._all]
    for killer in killers:
        killer.start()
    found = workers.analyze(TEXTS, names=False, here=partial(engine.analyze, names=False))
    for killer in killers:
        killer.join()
    assert found == engine.analyze(TEXTS, names=False)


def test_texts_whose_workers_are_killed_again_and_again_do_not_pass() -> None:
    """Each is tried with a new worker, and refused in the end; nobody waits for ever."""
    doomed = Workers(ScrubSettings(processes=1))
    stop = Event()

    def kill() -> None:
        while not stop.wait(0.02):
            for worker in list(doomed._all):
                worker._process.kill()

    killer = Thread(target=kill)
    killer.start()
    try:
        assert doomed.analyze(TEXTS[:2], names=False) == [Reason.SCRUB_FAILED] * 2
    finally:
        stop.set()
        killer.join()
        doomed.close()


def test_what_fails_here_ends_the_work_of_all(workers: Workers) -> None:
    """An error of this process is the caller's, not a text's, and no worker goes on for nothing."""

    def fail(texts: list[str]) -> list[Findings]:
        raise ScrubError("no text can be read")

    with pytest.raises(ScrubError, match="no text can be read"):
        workers.analyze(TEXTS, names=False, here=fail)
    assert workers.analyze(TEXTS[:2], names=False)


def test_a_model_that_cannot_be_loaded_stops_all() -> None:
    """In words, not text by text."""
    broken = Workers(ScrubSettings(spacy_model="no_such_model", processes=2))
    with pytest.raises(ScrubError, match="no_such_model cannot be loaded"):
        broken.analyze(TEXTS[:2], names=True)
    broken.close()


def test_a_text_that_overruns_its_time_every_time_is_refused() -> None:
    """The process is killed, whatever library holds it; here the time is too short for any text."""
    hurried = Workers(ScrubSettings(timeout_s=1e-6, processes=1))
    [found] = hurried.analyze(TEXTS[:1], names=False)
    assert isinstance(found, Reason)
    hurried.close()


def test_they_are_for_much_text_only(workers: Workers) -> None:
    """A few texts are done before a process has started; one process is none."""
    large = [text * 2 for text in TEXTS]
    patient = Workers(SETTINGS)
    assert [patient.pay(large) for _ in range(8)] == [False] * 5 + [True] * 3
    assert not patient.pay(TEXTS[:100])
    assert not Workers(SETTINGS).pay(["x" * 10**6])
    assert not Workers(ScrubSettings(processes=1)).pay([text * 50 for text in TEXTS])
    workers.analyze(TEXTS[:2], names=False)
    assert workers.pay(large) and not workers.pay(TEXTS[:100])


PARENT = """
from flywheel.scrub.workers import Workers
from flywheel.settings import ScrubSettings
import time
workers = Workers(ScrubSettings(processes=2))
workers.analyze(["My name is Nora Keller."] * 2, names=False)
print(*(worker._process.pid for worker in workers._all), flush=True)
time.sleep(300)
"""


def test_no_worker_outlives_its_parent() -> None:
    """Not even one that was killed without warning."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    line = parent.stdout.readline()
    children = [int(pid) for pid in re.findall(r"\d+", line)]
    assert len(children) == 2 and all(psutil.pid_exists(pid) for pid in children)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(200):
        alive = [pid for pid in children if psutil.pid_exists(pid)]
        if not alive:
            break
        time.sleep(0.05)
    assert alive == []
