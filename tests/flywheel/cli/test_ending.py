"""However a command ends, it says so in one line: a full disk, a closed folder, Ctrl-C."""

import errno
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from flywheel.cli.ending import INTERRUPTED, Interrupts, ending_of, without_text
from flywheel.errors import SourceError, StoreError
from flywheel.settings import Settings
from flywheel.steps.facts import facts_hash
from flywheel.steps.ingest import run_ingest
from flywheel.store import open_store
from tests.streams import stream, write

FLYWHEEL = Path(sys.executable).parent / "flywheel"


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Events enough for several batches."""
    path = tmp_path_factory.mktemp("events") / "a.jsonl"
    write(path, stream(150, seed=3))
    return path


def start(settings: Settings, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [FLYWHEEL, *map(str, arguments), "--home", settings.home],
        env=os.environ | {"FLYWHEEL_INGEST__BATCH_LINES": "20"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def with_file_limit(
    settings: Settings, size: int, *arguments: object
) -> subprocess.CompletedProcess[str]:
    """Run a command whose files may have so many bytes: what a full disk does, at any size."""
    return subprocess.run(
        [FLYWHEEL, *map(str, arguments), "--home", settings.home],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


@pytest.mark.parametrize(
    ("error", "interrupted", "ending"),
    [
        (KeyboardInterrupt(), False, (INTERRUPTED, 130)),
        (typer.Abort(), False, (INTERRUPTED, 130)),
        (RuntimeError("Query interrupted"), True, (INTERRUPTED, 130)),
        (SystemExit(130), True, (INTERRUPTED, 130)),
        (SystemExit(0), True, None),
        (SystemExit(3), False, None),
        (ValueError("a bug"), False, None),
        (SourceError("x: no such file"), False, ("error: x: no such file", 2)),
        (StoreError("locked"), False, ("error: locked", 1)),
        (OSError(errno.ENOSPC, "No space left on device"), False,
         ("error: No space left on device", 1)),
        (PermissionError(errno.EACCES, "Permission denied", b"/home/x"), False,
         ("error: /home/x: Permission denied", 1)),
        (typer.BadParameter("Value error, 'x' is not one of\n\t'a',\n\t'b'.", param_hint="'--by'"),
         False, ("error: Invalid value for '--by': 'x' is not one of 'a', 'b'"
                 " (see: flywheel --help)", 2)),
        (OSError("without a number, so it is no fault of the system's"), False, None),
    ],
)  # fmt: skip
def test_each_error_has_its_ending(
    error: BaseException, interrupted: bool, ending: tuple[str, int] | None
) -> None:
    """A mistake, a fault of the machine and Ctrl-C are one line; only a bug keeps its traceback."""
    assert ending_of(error, interrupted=interrupted) == ending


def test_an_interrupt_that_a_library_swallows_is_noted() -> None:
    """The first raises as ever; and afterwards the handler before is in force again."""
    before = signal.getsignal(signal.SIGINT)
    with Interrupts() as calm:
        assert not calm.came
    assert signal.getsignal(signal.SIGINT) is before
    try:
        with Interrupts() as interrupts:
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            assert interrupts.came
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    "then", ["signal.raise_signal(signal.SIGINT)", "time.sleep(100)"], ids=["again", "swallowed"]
)
def test_ctrl_c_ends_however_busy_or_deaf_the_command_is(then: str) -> None:
    """The second ends at once; so does a time of grace after one that some library swallowed."""
    code = (
        "import signal, time\n"
        "from flywheel.cli.ending import Interrupts\n"
        "with Interrupts(grace_s=0.1):\n"
        "    try: signal.raise_signal(signal.SIGINT)\n"
        f"    except KeyboardInterrupt: {then}\n"
        "    print('still here')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", f"{INTERRUPTED}\n")


@pytest.mark.parametrize("delay_s", [0.15, 0.5, 1, 2.5])
def test_ctrl_c_at_any_moment_is_one_line_and_exit_130(
    settings: Settings, events: Path, delay_s: float
) -> None:
    """While Python starts, modules load, the model loads, batches are written; then all goes in."""
    process = start(settings, "ingest", events)
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    if process.returncode != 0:  # a machine so fast that the whole file was in before
        assert (process.returncode, out, err) == (130, "", f"{INTERRUPTED}\n")


@pytest.mark.parametrize("size", [20_000, 400_000])
def test_a_full_disk_is_one_line_and_the_next_run_heals(
    settings: Settings, tmp_path: Path, events: Path, size: int
) -> None:
    """Nothing of what was committed is lost, nothing goes in twice."""
    done = with_file_limit(settings, size, "ingest", events)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "File too large" in done.stderr
    run_ingest(settings, [str(events)])
    undisturbed = settings.model_copy(update={"home": tmp_path / "undisturbed"})
    undisturbed.home.mkdir()
    (undisturbed.home / "salt").write_bytes((settings.home / "salt").read_bytes())
    run_ingest(undisturbed, [str(events)])
    assert facts_hash(open_store(settings)) == facts_hash(open_store(undisturbed))


@pytest.mark.parametrize(
    "command",
    [["status"], ["curate"], ["ingest", "EVENTS"], ["decisions", "export"], ["promote"]],
    ids=" ".join,
)
def test_a_home_that_cannot_be_written_is_one_line(
    settings: Settings, events: Path, command: list[str]
) -> None:
    """Here a home below a file; a closed or read-only folder takes the same way."""
    settings.home.write_text("a file")
    home = settings.home / "below"
    words = [str(events) if word == "EVENTS" else word for word in command]
    done = subprocess.run(
        [FLYWHEEL, *words, "--home", home], capture_output=True, text=True, check=False
    )
    assert done.returncode in (1, 2)
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"error: {home}")


def test_a_bugs_traceback_quotes_no_value() -> None:
    """Places and kind are enough to find it; a library's message may hold what a user wrote."""
    try:
        try:
            raise ValueError("could not convert: anneke@example.org")
        except ValueError as first:
            raise KeyError("anneke@example.org") from first
    except KeyError as error:
        told = without_text(error)
    assert told.startswith("Traceback (most recent call last):\n")
    assert "test_ending.py" in told and "KeyError: its text is withheld" in told
    assert "anneke" not in "".join(line for line in told.splitlines() if "raise" not in line)
