"""The command line says what went wrong in one line and with the right exit code."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from schemas.base import Record

_HEAVY = {
    *("fastapi", "pandas", "prefect", "great_expectations", "presidio_analyzer", "spacy"),
    *("presidio_anonymizer", "pyarrow", "sklearn", "wordllama", "openai"),
}


def _flywheel(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).parent / "flywheel"
    return subprocess.run(
        [command, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "80"} | environment,
        check=False,
    )


def test_status_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    """Scripts parse standard output; an empty home is all zeros."""
    done = _flywheel("status", "--json", "--home", str(tmp_path))
    assert done.returncode == 0
    assert done.stderr == ""
    status = json.loads(done.stdout)
    assert status.pop("release") is None
    assert set(status.pop("personal_data")) == {"canary_recall", "versions", "taken_out"}
    assert set(status.pop("funnel").values()) == {0}
    assert set(status.values()) == {0}


@pytest.mark.parametrize("arguments", [["--help"], ["status", "--json"], ["quarantine", "list"]])
def test_a_short_command_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    """Help and counts come at once: heavy imports stand inside the commands that need them."""
    code = f"""import sys; from flywheel.cli import main; sys.argv = ["flywheel", *sys.argv[1:]]
try: main()
finally: print(*({_HEAVY} & sys.modules.keys()), file=sys.stderr)"""
    home = [] if arguments == ["--help"] else ["--home", str(tmp_path)]
    command = [sys.executable, "-c", code, *arguments, *home]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "", "imported before it is needed"


@pytest.mark.parametrize(
    ("arguments", "said", "of"),
    [
        (["statsu"], "No such command 'statsu'. Did you mean", "flywheel"),
        (["status", "--hme", "x"], "No such option: --hme", "flywheel status"),
        (["fewshot"], "Missing argument 'query'", "flywheel fewshot"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_2(arguments: list[str], said: str, of: str) -> None:
    """No usage page, no traceback: the mistake, and where help is."""
    done = _flywheel(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.endswith(f"(see: {of} --help)\n")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_wrong_setting_is_one_line_and_exit_2(tmp_path: Path) -> None:
    """The setting is named and its value is not."""
    done = _flywheel("status", "--home", str(tmp_path), FLYWHEEL_GATE__MARGIN="unusual")
    assert done.returncode == 2
    assert done.stderr.startswith("error: settings (FLYWHEEL_* or flywheel.toml): gate.margin:")
    assert "unusual" not in done.stderr


def test_a_damaged_database_is_one_line_and_exit_1(tmp_path: Path) -> None:
    """What is not the caller's mistake exits 1, still without a traceback."""
    (tmp_path / "flywheel.duckdb").write_bytes(b"not a database" * 100)
    done = _flywheel("status", "--home", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_help_lists_every_command_and_needs_no_heavy_import(tmp_path: Path) -> None:
    """`--help` is the front door: quick, complete, readable in 80 columns."""
    code = (
        "import sys\nfrom flywheel.cli import build\nbuild()\n"
        "heavy = {'prefect', 'duckdb', 'polars', 'spacy', 'great_expectations', 'openai'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"imported before any command runs: {done.stderr}"
    shown = _flywheel("--help")
    assert shown.returncode == 0
    for command in ("demo", "up", "ingest", "curate", "review", "promote", "evaluate", "doctor"):
        assert command in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_help_wraps_at_the_terminals_width_alone() -> None:
    """A paragraph runs on to its end: no line breaks where the source code broke it."""
    lines = _flywheel("review", "--help").stdout.splitlines()
    [start] = [number for number, line in enumerate(lines) if "Opens with the link" in line]
    paragraph = lines[start : lines.index(" " * 80, start)]
    for line, following in pairwise(paragraph):
        first_word = following.split()[0]
        assert len(line.rstrip()) + 1 + len(first_word) > 79, line


def test_records_hide_their_input_in_errors() -> None:
    """A model's error message must never quote what a user wrote: every schema inherits it."""

    def subclasses(kind: type[Record]) -> list[type[Record]]:
        return [kind, *(s for child in kind.__subclasses__() for s in subclasses(child))]

    for kind in subclasses(Record):
        assert kind.model_config.get("hide_input_in_errors"), kind
