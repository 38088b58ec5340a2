"""One tree of real processes: how it starts, and all the ways in which it ends."""

import io
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from flywheel.tree import Tree

_PROGRAM = """
import sys
import honcho.manager
from flywheel.tree import Tree
from pathlib import Path

honcho.manager.KILL_WAIT = 2
home = Path(sys.argv[1])
tree = Tree(sys.stderr, last="server")
for name, source in zip(sys.argv[2::2], sys.argv[3::2]):
    tree.add(name, [sys.executable, "-u", "-c", source], {"HOME": str(home)}, str(home))
code = tree.run(lambda: len(list(home.glob("*.up"))) == len(sys.argv[2::2]),
                lambda: (home / "ready").touch())
(home / "died").write_text(str(tree.died))
sys.exit(code)
"""

STAYS = "import pathlib, time; pathlib.Path('stays.up').touch(); time.sleep(600)"
SERVER = STAYS.replace("stays.up", "server.up")
ENDS = "import pathlib; pathlib.Path('ends.up').touch(); raise SystemExit(3)"
DEAF = (
    "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "pathlib.Path('deaf.up').touch(); time.sleep(600)"
)
PARENT = (
    "import pathlib, subprocess, sys, time;"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
    " start_new_session=True);"
    "pathlib.Path('parent.up').touch(); time.sleep(600)"
)


def _start(home: Path, *processes: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _PROGRAM, str(home), *processes]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


def _ready(home: Path) -> None:
    for _ in range(600):
        if (home / "ready").exists():
            return
        time.sleep(0.1)
    pytest.fail("the tree did not come up")


def _end(tree: subprocess.Popen[str], number: signal.Signals | None) -> tuple[int, str]:
    """Signal the tree's own process only; every process below it has to be gone afterwards."""
    below = psutil.Process(tree.pid).children(recursive=True)
    if number is not None:
        tree.send_signal(number)
    _, output = tree.communicate(timeout=60)
    left = [p for p in below if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert left == []
    return tree.returncode, output


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)],
    ids=["ctrl-c", "terminated", "terminal closed"],
)
def test_one_signal_ends_every_process(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Also those that a child has put into a session of their own."""
    tree = _start(tmp_path, "server", SERVER, "stays", STAYS, "parent", PARENT)
    _ready(tmp_path)
    assert _end(tree, number)[0] == code
    assert (tmp_path / "died").read_text() == "None"


def test_the_server_is_told_last(tmp_path: Path) -> None:
    """A worker can say goodbye to it: the server hears of the end when the others are gone."""
    tree = _start(tmp_path, "server", SERVER, "stays", STAYS)
    _ready(tmp_path)
    _, output = _end(tree, signal.SIGINT)
    order = ["sending SIGTERM to stays", "stays stopped", "sending SIGTERM to server"]
    assert [output.index(words) for words in order] == sorted(output.index(w) for w in order)


def test_when_one_ends_by_itself_all_end_and_it_is_named(tmp_path: Path) -> None:
    """No half of the whole is left running; the exit code is 1 whatever the process's was."""
    tree = _start(tmp_path, "server", SERVER, "ends", ENDS)
    code, output = _end(tree, None)
    assert code == 1
    assert "ends stopped (rc=3)" in output
    assert (tmp_path / "died").read_text() == "ends"


def test_when_the_server_ends_by_itself_the_others_end_too(tmp_path: Path) -> None:
    """The order of ending waits for nobody who is gone already."""
    dies = ENDS.replace("ends.up", "server.up")
    tree = _start(tmp_path, "server", dies, "stays", STAYS)
    code, _ = _end(tree, None)
    assert code == 1
    assert (tmp_path / "died").read_text() == "server"


def test_a_process_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    """One Ctrl-C is enough even then."""
    tree = _start(tmp_path, "server", SERVER, "deaf", DEAF)
    _ready(tmp_path)
    code, output = _end(tree, signal.SIGINT)
    assert code == 130
    assert "sending SIGKILL to deaf" in output


def test_a_signal_before_all_have_started_is_not_lost(tmp_path: Path) -> None:
    """An impatient Ctrl-C right after the start ends the tree as well."""
    tree = _start(tmp_path, "server", SERVER, "stays", STAYS)
    line = tree.stderr.readline() if tree.stderr else ""
    assert "started" in line
    assert _end(tree, signal.SIGINT)[0] == 130


class Interrupted(io.RawIOBase):
    """A stream in whose first write Ctrl-C is pressed."""

    def __init__(self) -> None:
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        first, self.written = not self.written, self.written + bytes(data)  # type: ignore[call-overload]
        if first:
            signal.raise_signal(signal.SIGINT)
        return len(bytes(data))  # type: ignore[call-overload]


@pytest.fixture
def handlers() -> Iterator[None]:
    """Signal handlers as they were."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_signal_amidst_a_line_of_output_is_told_after_it(handlers: None) -> None:
    """Its handler writes to the very stream that is being written to."""
    raw = Interrupted()
    with io.TextIOWrapper(io.BufferedWriter(raw), write_through=True) as output:
        tree = Tree(output)
        signal.signal(signal.SIGINT, lambda *_: tree._system_print("SIGINT received\n"))
        tree._system_print("server started\n")
        output.flush()
        lines = raw.written.decode().splitlines()
    assert [line.rpartition("| ")[2] for line in lines] == ["server started", "SIGINT received"]
