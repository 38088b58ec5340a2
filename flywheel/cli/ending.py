"""How a command ends that did not end well: one line and an exit code, or a bug's traceback."""

import os
import signal
import threading
import traceback
from types import FrameType, TracebackType
from typing import Final

from flywheel.errors import FlywheelError, UserError

INTERRUPTED: Final = "interrupted; what was committed stays, run the command again to go on"
_BY_CTRL_C: Final = 128 + signal.SIGINT


class Interrupts:
    """Sees to it that Ctrl-C ends the command, though a library swallows it or makes it an error.

    A second one, or `grace_s` seconds in which the first came to nothing, end the process at once.
    That is safe: what is committed stands, what is not is done by the next run.
    """

    def __init__(self, grace_s: float = 5) -> None:
        self.came = False
        self._deadline = threading.Timer(grace_s, _end_at_once)
        self._deadline.daemon = True

    def __enter__(self) -> "Interrupts":
        self._watches = threading.current_thread() is threading.main_thread()
        if self._watches:
            self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._deadline.cancel()
        if self._watches and not self.came:  # once it came, the second is for us too
            signal.signal(signal.SIGINT, self._before)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.came:
            _end_at_once()
        self.came = True
        self._deadline.start()
        raise KeyboardInterrupt


def _end_at_once() -> None:
    os.write(2, f"{INTERRUPTED}\n".encode())
    os._exit(_BY_CTRL_C)


def ending_of(error: BaseException, *, interrupted: bool) -> tuple[str, int] | None:
    """What to say and the exit code; None: let it through, it ended by itself or is a bug."""
    if isinstance(error, SystemExit) and (not interrupted or not error.code):
        return None
    if interrupted or isinstance(error, KeyboardInterrupt):
        return INTERRUPTED, _BY_CTRL_C
    if isinstance(error, FlywheelError):
        return f"error: {error}", 2 if isinstance(error, UserError) else 1
    if isinstance(error, OSError) and error.strerror:
        return f"error: {_told(error)}", 1
    return _typers(error)


def without_text(error: Exception) -> str:
    """A bug's traceback: its places and kind, no message, which could quote what a user wrote."""
    places = "".join(traceback.format_tb(error.__traceback__))
    kind = f"{type(error).__name__}: its text is withheld, for it could quote what a user wrote"
    return f"Traceback (most recent call last):\n{places}{kind}"


def _told(error: OSError) -> str:
    """A full disk, a missing right: the file and the system's words."""
    named = error.filename2 or error.filename
    if isinstance(named, bytes):
        named = os.fsdecode(named)
    return f"{named}: {error.strerror}" if isinstance(named, str) else str(error.strerror)


def _typers(error: BaseException) -> tuple[str, int] | None:
    import typer

    if isinstance(error, typer.Abort):
        return INTERRUPTED, _BY_CTRL_C
    if isinstance(error, typer.TyperException):
        message = _in_one_line(str(getattr(error, "format_message", error.__str__)()))
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "flywheel"
        return f"error: {message.rstrip('.')} (see: {command} --help)", 2
    return None


def _in_one_line(message: str) -> str:
    """A list of choices stands on lines of its own, and Pydantic's prefix says nothing."""
    return " ".join(message.split()).replace(": Value error, ", ": ")
