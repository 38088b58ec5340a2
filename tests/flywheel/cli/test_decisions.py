"""`flywheel curate` and `flywheel decisions`: what they print, and how they end."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from flywheel.settings import Settings
from flywheel.store import Store, open_store
from tests.facts import add_candidate, add_feedback, add_interaction, together


def flywheel(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command: Sequence[str | Path] = [Path(sys.executable).parent / "flywheel", *arguments]
    return subprocess.run(
        [*command, "--home", home],
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "80"},
        check=False,
    )


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def test_curate_prints_what_it_did_and_what_comes_next(store: Store, settings: Settings) -> None:
    """A table that fits 80 columns on standard output; as --json one object."""
    with together(store) as at_once:
        for number in range(3):
            answer = add_interaction(at_once, f"Question {number}?")
            add_feedback(at_once, answer, "thumbs", -1)
        add_feedback(at_once, add_interaction(at_once, "Another?"), "share")
    done = flywheel(settings.home, "curate")
    assert (done.returncode, done.stderr) == (0, "")
    assert "cases proposed for golden" in done.stdout
    assert "good by one signal only" in done.stdout
    assert "flywheel review" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    again = json.loads(flywheel(settings.home, "curate", "--json").stdout)
    assert again["scored"] == 0 and again["proposed"] == {"golden": 0, "bank": 0}
    assert again["held_back"] == {"one_signal": 1}
    assert again["weights_version"].startswith("w-") and again["policy_version"].startswith("p-")


def test_a_queue_is_exported_decided_by_a_script_and_imported(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    """Exit 0 when every line went in."""
    with together(store) as at_once:
        for number in range(3):
            add_candidate(at_once, question=f"{number}?")
    queue = tmp_path / "queue.jsonl"
    done = flywheel(settings.home, "decisions", "export", queue, "--json")
    assert json.loads(done.stdout) == {"exported": 3, "file": str(queue)}
    rows = [json.loads(line) for line in queue.read_text("utf-8").splitlines()]
    verdicts = ({"verdict": "approve"}, {"verdict": "reject", "reason": "unclear"},
                {"verdict": "skip"})  # fmt: skip
    rows = [row | said | {"reviewer": "script"} for row, said in zip(rows, verdicts, strict=True)]
    queue.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    done = flywheel(settings.home, "decisions", "import", queue, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"accepted": 3, "unchanged": 0, "ignored": 0, "refused": []}


def test_a_refused_line_is_named_and_the_exit_code_is_2(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    """After the good lines went in; only the first refusals are listed for a person."""
    good = {"candidate_id": add_candidate(store), "verdict": "skip", "reviewer": "me"}
    path = tmp_path / "decisions.jsonl"
    path.write_text("{}\n" * 30 + json.dumps(good) + "\n", "utf-8")
    done = flywheel(settings.home, "decisions", "import", path)
    assert done.returncode == 2
    assert "line 1: candidate_id: Field required" in done.stdout
    assert "and 10 more: see --json" in done.stdout
    again = flywheel(settings.home, "decisions", "import", path, "--json")
    assert again.returncode == 2
    report = json.loads(again.stdout)
    assert (report["unchanged"], len(report["refused"])) == (1, 30)


def test_an_export_to_standard_output_is_lines_and_nothing_else(
    store: Store, settings: Settings
) -> None:
    """The count goes to standard error; --json needs a file, since both cannot share a pipe."""
    add_candidate(store)
    done = flywheel(settings.home, "decisions", "export", "--state", "all")
    assert json.loads(done.stdout)["kind"] == "candidate"
    assert done.stderr == "1 lines\n"
    done = flywheel(settings.home, "decisions", "export", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "name a FILE" in done.stderr


def test_a_reader_that_has_enough_is_no_error(store: Store, settings: Settings) -> None:
    """`flywheel decisions export | head -1` ends quietly."""
    with together(store) as at_once:
        for number in range(300):
            add_candidate(at_once, question=f"{number}?", reason="because " * 100)
    command = Path(sys.executable).parent / "flywheel"
    line = f"'{command}' decisions export --home '{settings.home}' | head -c 10"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ('{"kind": "', "")


@pytest.mark.parametrize("path", ["none.jsonl", "."])
def test_a_file_that_cannot_be_read_is_one_line_and_exit_2(
    settings: Settings, tmp_path: Path, path: str
) -> None:
    """A user's mistake has no traceback."""
    done = flywheel(settings.home, "decisions", "import", tmp_path / path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "cannot be read" in done.stderr


@pytest.mark.parametrize(("tool", "config"), [("argilla", "json"), ("labelstudio", "xml")])
def test_the_queue_goes_to_another_tool_and_comes_back(
    store: Store, settings: Settings, tmp_path: Path, tool: str, config: str
) -> None:
    """With how to set it up beside the records; what is no record is refused by number, exit 2."""
    add_candidate(store)
    queue = tmp_path / "queue.json"
    done = flywheel(settings.home, "decisions", "export", queue, "--to", tool)
    assert done.returncode == 0, done.stderr
    [beside] = tmp_path.glob(f"queue.json.*.{config}")
    assert "1 records to" in done.stdout and str(beside) in done.stdout.replace("\n", "")
    [record] = json.loads(queue.read_text("utf-8"))
    queue.write_text(json.dumps(["no record", record]))
    back = flywheel(settings.home, "decisions", "import", queue, "--from", tool)
    assert back.returncode == 2 and "record 1: must be an object" in back.stdout
    wrong = flywheel(settings.home, "decisions", "import", queue, "--person", "3=rosa")
    assert wrong.returncode == 2 and "only with --from" in wrong.stderr
