"""Processes that look through much text at once, one a core.

Not `concurrent.futures`: its workers outlive a parent that was killed, one that hangs cannot be
ended alone, and starting them runs the program's main module again, which is Prefect's engine.
Here a worker ends with the pipe it reads from, and is killed when it overruns its time.
"""

import atexit
import faulthandler
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import Timer
from typing import IO, Any, Final, cast

from flywheel.errors import ScrubError
from flywheel.scrub.found import Findings
from flywheel.scrub.parts import in_parts
from flywheel.settings import ScrubSettings, go_offline
from schemas.fault import Reason

_STARTING_PAYS: Final = 512 * 2**10
"""Characters that a process looked through until it starts workers: about as long as that takes."""

_ASKING_PAYS: Final = 64 * 2**10
"""Characters at once from which on they are asked."""

_START_S: Final = 120
_GRACE: Final = 2
"""A worker breaks a text off after its time; it is killed after twice that, which ends what no
alarm can. A part of many slow texts may end so too: they are tried again one by one."""

_COMMAND: Final = (sys.executable, "-c", "from flywheel.scrub.workers import serve; serve()")


Look = Callable[[list[str]], list[Findings]]
"""Says what stands in each text."""


class WorkerDied(Exception):
    """It did not start, crashed, ran out of memory or was killed for overrunning its time."""


class Worker:
    """One process with an engine of its own; text goes through pipes, never over a disk."""

    def __init__(self, settings: ScrubSettings) -> None:
        self._settings = settings
        self._ready = False
        alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS"), "1")
        self._process = subprocess.Popen(  # noqa: S603 - this very Python and module
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a library's traceback could quote text
            env={**os.environ, **alone, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def ask(self, texts: list[str], names: bool) -> list[Findings]:
        """What stands in each text. Raises `WorkerDied`."""
        if not self._ready:
            self._talk(self._settings, _START_S)  # it answers when its model is loaded
            self._ready = True
        seconds = self._settings.timeout_s * _GRACE
        return cast("list[Findings]", self._talk((texts, names), seconds))

    def _talk(self, question: Any, seconds: float) -> Any:
        timer = Timer(seconds, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            _send(self._process.stdin, question)
            answer = _receive(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            raise WorkerDied from None
        finally:
            timer.cancel()
        if isinstance(answer, str):
            raise ScrubError(answer)
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


class Workers:
    """As many processes as there are to use; they start with the first text that pays."""

    def __init__(self, settings: ScrubSettings) -> None:
        self._settings = settings
        self._count = settings.processes or _cores()
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        self._all: list[Worker] = []
        self._seen = 0

    def pay(self, texts: Sequence[str]) -> bool:
        """Whether these texts should go to workers; counts them as looked through."""
        size = sum(map(len, texts))
        self._seen += size
        if self._count == 1 or len(texts) == 1 or size < _ASKING_PAYS:
            return False
        return bool(self._all) or self._seen >= _STARTING_PAYS

    def analyze(
        self, texts: Sequence[str], *, names: bool, here: Look | None = None
    ) -> list[Findings]:
        """What stands in each text, as `Engine.analyze`.

        If it may look `here`, too, this process is one of those to use, and looks in this thread.
        """
        count = self._begin(here is not None)
        parts = _Parts(texts)
        with ThreadPoolExecutor(count) as threads:
            asked = [
                threads.submit(parts.take, lambda part: self._analyze_part(part, names))
                for _ in range(count)
            ]
            if here is not None:
                parts.take(here)
            for one in asked:
                one.result()
        return parts.findings()

    def close(self) -> None:
        """End all workers; the next text starts new ones."""
        for worker in self._all:
            worker.close()
        self._all.clear()
        self._idle = SimpleQueue()

    def warm_up(self, *, here: bool = False) -> None:
        """Start the processes and wait for their models."""
        self._begin(here)
        for worker in self._all:
            worker.ask([], names=False)

    def _begin(self, here: bool) -> int:
        """Start what is missing; how many processes are to work besides this one."""
        count = self._count - 1 if here else self._count
        if not self._all:
            atexit.register(self.close)
        for _ in range(count - len(self._all)):
            self._idle.put(self._new())
        return count

    def _new(self) -> Worker:
        worker = Worker(self._settings)
        self._all.append(worker)
        return worker

    def _analyze_part(self, part: list[str], names: bool) -> list[Findings]:
        """A part whose worker died goes text by text: the guilty one kills again, and again."""
        for _ in range(2 if len(part) == 1 else 1):
            worker = self._idle.get()
            try:
                return worker.ask(part, names)
            except WorkerDied:
                worker.close()
                self._all.remove(worker)
                worker = self._new()
            finally:
                self._idle.put(worker)
        if len(part) == 1:
            return [Reason.SCRUB_FAILED]
        return [findings for text in part for findings in self._analyze_part([text], names)]


class _Parts:
    """Texts in parts, each taken by whoever is free; what was found, in the texts' order."""

    def __init__(self, texts: Sequence[str]) -> None:
        parts = list(in_parts(texts))
        self._left = deque(enumerate(parts))
        self._found: list[list[Findings]] = [[] for _ in parts]

    def take(self, look: Look) -> None:
        """Look through one part after the other until none is left, here or elsewhere."""
        try:
            while self._left:
                with suppress(IndexError):  # another thread took the last
                    number, part = self._left.popleft()
                    self._found[number] = look(part)
        except BaseException:
            self._left.clear()  # all of it failed: nobody needs the rest
            raise

    def findings(self) -> list[Findings]:
        """What was found, text by text."""
        return [findings for some in self._found for findings in some]


def serve() -> None:
    """What a worker does: answer until the pipe ends, which it does with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the parent, which closes
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # whatever a library prints is no answer
    go_offline()
    from flywheel.scrub.engine import load_engine

    with suppress(EOFError, OSError):
        settings: ScrubSettings = _receive(questions)
        engine = load_engine(settings)
        _send(answers, _tried(engine.load))
        while True:
            texts, names = _receive(questions)
            # Its parent may be gone by then: end it, even inside a library.
            faulthandler.dump_traceback_later(settings.timeout_s * _GRACE, exit=True, file=nowhere)
            _send(answers, _tried(lambda: engine.analyze(texts, names=names)))  # noqa: B023
            faulthandler.cancel_dump_traceback_later()


def _tried(call: Callable[[], Any]) -> Any:
    """The result, or in words why no text can be read."""
    try:
        return call()
    except ScrubError as error:
        return str(error)


def _send(pipe: IO[bytes] | None, thing: Any) -> None:
    if pipe is None:
        raise EOFError
    pickle.dump(thing, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> Any:
    if pipe is None:
        raise EOFError
    return pickle.load(pipe)  # noqa: S301 - from a process that this one started


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1
