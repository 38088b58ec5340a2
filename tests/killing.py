"""A process that is warm, and forks ingests that can be killed at any instruction.

Importing and warming the models costs seconds, a fork milliseconds: so a hundred kills are cheap.
The parent must do no work in Polars or DuckDB: their threads are missing in a fork, which then
waits for them for ever. So the texts are scrubbed in a fork, too, which hands over what it found.
"""

import gc
import json
import os
import pickle
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

Order = dict[str, Any]


@dataclass
class Forker:
    """Runs ingests in forks of a warm process."""

    process: "subprocess.Popen[str]"

    def run(
        self,
        *orders: Order,
        kill_after_s: float | None = None,
        once_there: Path | None = None,
        seed: int = 0,
    ) -> list[int]:
        """Start an ingest for each order at once; kill one of them after a while, wait for all.

        The while begins when `once_there` is written, when it is given: a file that ingest makes.
        Gives how each ended: 0 done, 3 the disk was full, -9 killed.
        """
        there = None if once_there is None else str(once_there)
        request = {"orders": orders, "after_s": kill_after_s, "there": there, "seed": seed}
        stdin, stdout = _pipes(self.process)
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()
        ended: list[int] = json.loads(stdout.readline())
        return ended


def order(home: Path, source: Path, **more: Any) -> Order:
    """An ingest of a source into a home; `batch_lines`, `file_bytes` limit it."""
    return {"home": str(home), "source": str(source), **more}


@contextmanager
def forker(texts_from: Path, home: Path) -> Iterator[Forker]:
    """A warm process: it remembers what scrubbing found in the events of a folder."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.killing", str(texts_from), str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
        start_new_session=True,  # its forks, too, hold the pipe that is read to its end below
    )
    try:
        _, stdout = _pipes(process)
        assert stdout.readline() == "warm\n"
        yield Forker(process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _pipes(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout


def _warm(folder: Path, home: Path) -> None:
    """All imports, and what scrubbing found: in memory, and without a thread at work."""
    import pandas  # noqa: F401 -- DuckDB imports it with the first frame

    import flywheel.scrub
    from flywheel.scrub.language import is_foreign
    from flywheel.settings import go_offline, load_settings
    from flywheel.steps import ingest
    from flywheel.validate import suites

    go_offline()
    # The checks write nothing and cost nine tenths of a small batch: in forks all rows pass.
    suites._run = _all_pass
    scrubber = flywheel.scrub.get_scrubber(load_settings(home))
    _ = scrubber._replacer, is_foreign("These words load what it knows of languages. " * 9, "en")
    found, canaries = _in_fork(lambda: _scrub(folder, scrubber))
    for key, spans in found:
        scrubber._memory.put(key, spans)
    # Every home has the same salt; canaries are looked for with a model, which no fork has loaded.
    flywheel.scrub.get_scrubber = lambda *_, **__: scrubber
    vars(ingest)["plant_canaries"] = lambda *_: canaries


def _scrub(folder: Path, scrubber: Any) -> Any:
    """What stands in the texts of a folder, and what became of canaries."""
    from flywheel.frame import texts_of
    from flywheel.parse import parse_line
    from flywheel.sources.files import discover, take_fingerprint
    from flywheel.sources.lines import Position
    from flywheel.sources.native import read_source
    from flywheel.steps.scrubbing import plant_canaries
    from schemas.event import Feedback, Interaction

    lines = [
        line
        for path in discover([str(folder)])
        for line in read_source(path, take_fingerprint(path).kind, Position(), 2**23)
    ]
    events = (parse_line(line, "") for line in lines)
    scrubber.scrub_groups([texts_of(e) for e in events if isinstance(e, Interaction | Feedback)])
    return list(scrubber._memory._kept.items()), plant_canaries(scrubber, lines, "")


def _in_fork(work: Callable[[], Any]) -> Any:
    """What the work gives, done in a process of its own that has all that this one has."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        with os.fdopen(theirs, "wb") as pipe:
            pickle.dump(work(), pipe)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        result = pickle.load(pipe)
    os.waitpid(pid, 0)
    return result


def _all_pass(suite: str, frame: Any, rules: Sequence[Any], result_format: Any) -> list[Any]:
    return [SimpleNamespace(success=True) for _ in rules]


def _child(order: Order) -> int:
    from flywheel.errors import StoreError
    from flywheel.settings import load_settings
    from flywheel.sources.files import discover
    from flywheel.steps.ingest import IngestSession

    settings = load_settings(Path(order["home"]))
    ingest = settings.ingest.model_copy(update={"batch_lines": order.get("batch_lines", 20)})
    if "file_bytes" in order:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_bytes"], order["file_bytes"]))
    try:
        session = IngestSession(settings.model_copy(update={"ingest": ingest}))
        for path in discover([order["source"]]):
            session.ingest_source(path)
    except (StoreError, OSError) as error:
        sys.stderr.write(f"{error!r}, in {error.__context__!r}\n")
        return 3
    return 0


def _answer(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _fork(order: Order) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        code = _child(order)
    finally:
        os._exit(code)


def _serve(requests: Sequence[str]) -> None:
    for request in requests:
        asked = json.loads(request)
        there = None if asked["there"] is None else Path(asked["there"])
        before = _looks(there)
        pids = [_fork(order) for order in asked["orders"]]
        if asked["after_s"] is not None:
            while there is not None and _looks(there) in (None, before) and _any_runs(pids):
                time.sleep(0.0005)
            time.sleep(asked["after_s"])
            victim = random.Random(asked["seed"]).choice(pids)
            # A child that has ended is a zombie until it is waited for: the signal finds no other.
            os.kill(victim, signal.SIGKILL)
        ended = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        _answer(json.dumps(ended))


def _looks(path: Path | None) -> tuple[int, int] | None:
    """Which file stands there and when it was written."""
    try:
        found = None if path is None else path.stat()
    except FileNotFoundError:
        return None
    return None if found is None else (found.st_ino, found.st_mtime_ns)


def _any_runs(pids: Sequence[int]) -> bool:
    gone = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return any(os.waitid(os.P_PID, pid, gone) is None for pid in pids)


if __name__ == "__main__":
    _warm(Path(sys.argv[1]), Path(sys.argv[2]))
    gc.freeze()  # a fork that looks for garbage copies every page of it
    _answer("warm")
    _serve(sys.stdin)  # type: ignore[arg-type]
