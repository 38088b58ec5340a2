"""One tree of processes: their output in one stream, and one end for all of them."""

import os
import shlex
import signal
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TextIO

import honcho.manager
import psutil
from honcho.printer import Message, Printer

honcho.manager.KILL_WAIT = 10  # a worker says goodbye to its server, which takes some seconds
_GRACE_S: Final = 3.0
_TURN_S: Final = 1.0


Hear = Callable[[str, str], bool]
"""Told a process's name and a line of its; whether it has taken the line out of the output."""


class _Printer(Printer):  # type: ignore[misc]  # it carries no types
    def __init__(self, output: TextIO, hear: Hear | None) -> None:
        super().__init__(output)
        self._hear = hear
        self._waiting: deque[Message] = deque()
        self._writing = False

    def write(self, message: Message) -> None:
        """Write it, or leave it to who writes already: a signal's handler may come amidst a write.

        A stream that is written to within a write raises, and the tree would live on unwatched.
        """
        self._waiting.append(message)
        if self._writing:
            return
        self._writing = True
        try:
            while self._waiting:
                self._write(self._waiting.popleft())
        finally:
            self._writing = False

    def _write(self, message: Message) -> None:
        data = message.data
        line = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
        if self._hear is None or not self._hear(message.name, line.strip()):
            super().write(message)


class Tree(honcho.manager.Manager):  # type: ignore[misc]  # it carries no types
    """Runs processes side by side; Ctrl-C, SIGTERM or the end of one ends them all."""

    def __init__(self, output: TextIO, last: str | None = None, hear: Hear | None = None) -> None:
        super().__init__(_Printer(output, hear))
        self.died: str | None = None
        """Which process ended by itself, if one did."""
        self._last = last
        self._ending = threading.Event()
        self._strays: list[psutil.Process] = []

    def add(self, name: str, command: Sequence[str], environment: dict[str, str], cwd: str) -> None:
        """Take in a process; `exec` leaves no shell between it and its signals."""
        self.add_process(name, f"exec {shlex.join(command)}", env=environment, cwd=cwd)

    def run(self, check: Callable[[], bool], ready: Callable[[], None]) -> int:
        """Start all and wait for the end; `ready` is called once, when `check` first holds.

        Returns 130 or 143 after a signal, 1 when a process ended by itself.
        """
        self._watching = threading.Thread(target=self._watch, args=(check, ready), daemon=True)
        # A terminal that is closed: without this the children would live on.
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
        try:
            self.loop()
        finally:
            self._ending.set()
            self._watching.join(_GRACE_S)
            _signal_all(self._strays, psutil.Process.kill)
        return 1 if self.died else int(self.returncode or 0)

    def terminate(self) -> None:
        """End all; called by a signal's handler, or when one process has stopped."""
        if not self._ending.is_set() and self.returncode not in (130, 143):
            self.died = next(iter(self._stopped()), None)
        self._ending.set()
        if not self._all_started():
            return  # the loop calls again once the last one has a process id
        below = psutil.Process().children(recursive=True)
        self._strays = [process for process in below if self._is_stray(process)]
        _signal_all(self._strays, psutil.Process.terminate)
        super().terminate()

    def kill(self) -> None:
        """End by force what did not listen."""
        _signal_all(self._strays, psutil.Process.kill)
        super().kill()

    def _is_stray(self, process: psutil.Process) -> bool:
        """Whether a signal to the children's groups passes it by.

        A worker starts each flow run in a session of its own. It holds the worker's output open,
        so the tree would wait for it.
        """
        try:
            session = os.getsid(process.pid)
        except ProcessLookupError:
            return False
        return session not in {os.getsid(0), *(p.get("pid") for p in self._processes.values())}

    def _stopped(self) -> list[str]:
        return [name for name, p in self._processes.items() if p.get("returncode") is not None]

    def _start(self) -> None:
        super()._start()
        self._watching.start()  # after the forks: a forked thread would be a broken one

    def _any_stopped(self) -> bool:
        return self._ending.is_set() or bool(self._stopped())

    def _all_stopped(self) -> bool:
        """Asked at each turn of the loop; the last process is told when all others are gone."""
        left = set(self._processes) - set(self._stopped())
        gone = left == {self._last} and not any(stray.is_running() for stray in self._strays)
        if self._ending.is_set() and gone:
            self._last = None
            super()._killall()
        return not left

    def _killall(self, force: bool = False) -> None:
        last = None if force else self._processes.get(self._last)
        if last is None or "returncode" in last or len(self._processes) == 1:
            super()._killall(force)
            return
        last["returncode"] = None  # passed over, as one that has stopped
        super()._killall(force)
        del last["returncode"]

    def _watch(self, check: Callable[[], bool], ready: Callable[[], None]) -> None:
        while not self._ending.wait(_TURN_S):
            if check():
                ready()
                return


def _signal_all(processes: list[psutil.Process], send: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            send(process)
