"""One tree of processes: their output in one stream, and one end for all of them."""

import shlex
import signal
import threading
from collections.abc import Callable
from typing import Final, TextIO

import psutil
from honcho.manager import Manager
from honcho.printer import Printer

_GRACE_S: Final = 3.0
_TURN_S: Final = 1.0


class Tree(Manager):  # type: ignore[misc]  # it carries no types
    """Runs processes side by side; Ctrl-C, SIGTERM or the end of one ends them all."""

    def __init__(self, output: TextIO) -> None:
        super().__init__(Printer(output))
        self.died: str | None = None
        """Which process ended by itself, if one did."""
        self._ending = threading.Event()
        self._descendants: list[psutil.Process] = []

    def add(self, name: str, command: list[str], environment: dict[str, str], cwd: str) -> None:
        """Take in a process; `exec` leaves no shell between it and its signals."""
        self.add_process(name, f"exec {shlex.join(command)}", env=environment, cwd=cwd)

    def run(self, check: Callable[[], bool], ready: Callable[[], None]) -> int:
        """Start all and wait for the end; `ready` is called once, when `check` first holds.

        Returns 130 or 143 after a signal, 1 when a process ended by itself.
        """
        watch = threading.Thread(target=self._watch, args=(check, ready), daemon=True)
        self._start_watching = watch.start
        # A terminal that is closed: without this the children would live on.
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
        try:
            self.loop()
        finally:
            self._ending.set()
            _end(self._descendants)
        return 1 if self.died else int(self.returncode or 0)

    def terminate(self) -> None:
        """End all; called by a signal's handler, or when one process has stopped."""
        if not self._ending.is_set():
            stopped = (n for n, p in self._processes.items() if p.get("returncode") is not None)
            self.died = None if self.returncode in (130, 143) else next(stopped, None)
        self._ending.set()
        if not self._all_started():
            return  # the loop calls again once the last one has a process id
        # A worker starts each flow run in a session of its own, where a group's signal ends.
        self._descendants = psutil.Process().children(recursive=True)
        super().terminate()

    def _start(self) -> None:
        super()._start()
        self._start_watching()  # after the forks: a forked thread would be a broken one

    def _any_stopped(self) -> bool:
        return self._ending.is_set() or bool(super()._any_stopped())

    def _watch(self, check: Callable[[], bool], ready: Callable[[], None]) -> None:
        while not self._ending.wait(_TURN_S):
            if check():
                ready()
                return


def _end(processes: list[psutil.Process]) -> None:
    """Ask what is left of a tree to end, then make it."""
    for process in processes:
        _signal(process.terminate)
    _, alive = psutil.wait_procs(processes, timeout=_GRACE_S)
    for process in alive:
        _signal(process.kill)
    psutil.wait_procs(alive, timeout=_GRACE_S)


def _signal(send: Callable[[], None]) -> None:
    try:
        send()
    except psutil.NoSuchProcess:
        return
