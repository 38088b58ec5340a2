"""promote, release, fewshot, import and export as a person types them."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flywheel.cli import main
from flywheel.settings import Settings
from flywheel.steps.promote import run_promote
from flywheel.store import Store, open_store
from tests.approve import approve
from tests.facts import add_interaction


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which has to be one JSON object."""
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs a command on the test's home, 80 columns wide."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["flywheel", *arguments, "--home", str(settings.home)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


@pytest.fixture
def store(settings: Settings) -> Store:
    """Three approvals; two of them are of one case."""
    store = open_store(settings)
    approve(store, "golden", "What was revenue in 2019?")
    approve(store, "bank", "What was revenue in 2019?")
    approve(store, "bank", "How many employees does [bold]Acme[/bold] have?", "1,200 [page 3]")
    return store


def test_promote_shows_what_changed_and_what_was_kept_out(run: Run, store: Store) -> None:
    """Counts by side, reasons, the release, what to do next; no line wider than the screen."""
    done = run("promote")
    assert done.code == 0
    assert "golden set" in done.out
    assert "Published release" in done.out
    assert max(len(line) for line in done.out.splitlines()) <= 80
    assert "stays current" in run("promote").out


def test_promote_json_is_the_report(run: Run, store: Store) -> None:
    """For scripts: every field, nothing around it."""
    report = run("promote", "--json").json
    assert report["added"] == {"golden": 1, "bank": 1}
    assert report["published"] is True
    assert len(report["refused"]) == 1
    assert run("status", "--json").json["release"] == report["release"]


def test_promote_without_approvals_says_what_comes_first(run: Run) -> None:
    """An empty home is no error."""
    done = run("promote")
    assert (done.code, "flywheel review" in done.out) == (0, True)


def test_release_list_shows_ids_that_can_be_pasted(
    run: Run, settings: Settings, store: Store
) -> None:
    """Whole ids at 80 columns; * marks the current one."""
    first = run_promote(settings).release
    approve(store, "bank", "What was the margin?")
    second = run_promote(settings).release
    done = run("release", "list")
    lines = [line.split() for line in done.out.splitlines() if "published" in line]
    assert [line[:2] for line in lines] == [["*", second], [first, "–"]]
    listed = run("release", "list", "--json").json["releases"]
    assert [row["release_id"] for row in listed] == [second, first]


def test_release_list_of_a_young_home_says_what_comes_next(run: Run) -> None:
    """No table without rows."""
    assert "flywheel promote" in run("release", "list").out


def test_rollback_switches_and_says_so(run: Run, settings: Settings, store: Store) -> None:
    """And again: it was current already."""
    first = run_promote(settings).release
    approve(store, "bank", "What was the margin?")
    second = run_promote(settings).release
    assert first is not None
    done = run("release", "rollback", first)
    assert done.out.split() == f"Release {first} is current; it replaced {second}.".split()
    assert "already" in run("release", "rollback", first).out
    assert run("release", "show", first, "--json").json["current"] is True
    unknown = run("release", "rollback", "0123456789abcdef")
    assert (unknown.code, unknown.err.count("\n")) == (2, 1)


def test_show_exits_1_for_a_damaged_release(run: Run, settings: Settings, store: Store) -> None:
    """So that a nightly check fails; the table names the file."""
    release = run_promote(settings).release
    assert release is not None
    assert run("release", "show", release).code == 0
    (settings.releases_path / release / "golden.jsonl").write_text("damaged")
    done = run("release", "show", release)
    assert done.code == 1
    assert [line for line in done.out.splitlines() if "DAMAGED" in line and "golden" in line]


def test_fewshot_shows_what_production_would_get(
    run: Run, settings: Settings, store: Store
) -> None:
    """Score, feature, question and answer; brackets in them are text, not colours."""
    run_promote(settings)
    done = run("fewshot", "How many employees are there?")
    assert done.code == 0
    assert "report_qa" in done.out
    assert "[page 3]" in done.out
    assert "[bold]Acme[/bold]" in " ".join(done.out.replace("│", " ").split())
    assert max(len(line) for line in done.out.splitlines()) <= 80


def test_fewshot_json_is_ready_for_a_prompt(run: Run, settings: Settings, store: Store) -> None:
    """Release and ids for the log, messages for the model."""
    run_promote(settings)
    found = run("fewshot", "employees?", "--filter", "feature=report_qa", "-k", "1", "--json").json
    assert sorted(found) == ["examples", "ids", "messages", "release"]
    assert [message["role"] for message in found["messages"]] == ["user", "assistant"]
    assert found["examples"][0]["id"] == found["ids"][0]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--filter", "feature=other"], 0),
        (["--filter", "feature=other", "--filter", "feature=report_qa"], 1),
        (["--filter", "tenant=acme", "--filter", "lang=en"], 0),
        (["--max-tokens", "3"], 0),
        (["--max-tokens", "300"], 1),
    ],
)
def test_fewshot_filters_and_budget(
    run: Run, settings: Settings, store: Store, options: list[str], count: int
) -> None:
    """Different keys must all hold, one key twice means either; nothing left is no error."""
    run_promote(settings)
    done = run("fewshot", "employees?", *options, "--json")
    assert (done.code, len(done.json["ids"])) == (0, count)
    if count == 0:
        assert "No example" in run("fewshot", "employees?", *options).out


def test_fewshot_without_examples_is_one_line(run: Run, settings: Settings, store: Store) -> None:
    """No release, an empty bank, a filter that is none: exit 2 and what to do."""
    none = run("fewshot", "What?")
    assert (none.code, none.out) == (2, "")
    assert "flywheel promote" in none.err
    with store.transaction() as connection:
        connection.execute("DELETE FROM candidates WHERE target = 'bank'")
    run_promote(settings)
    empty = run("fewshot", "What?")
    assert (empty.code, "bank" in empty.err, empty.err.count("\n")) == (2, True, 1)
    malformed = run("fewshot", "What?", "--filter", "feature")
    assert (malformed.code, "key=value" in malformed.err) == (2, True)


def _file(tmp_path: Path, *outputs: str) -> str:
    lines = [
        {
            "id": f"x-{number}",
            "messages": [{"role": "user", "content": f"What was the cost in {2010 + number}?"}],
            "output": output,
        }
        for number, output in enumerate(outputs)
    ]
    path = tmp_path / "examples.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def test_import_exits_2_when_a_line_was_refused(run: Run, tmp_path: Path) -> None:
    """After the rest went in: the table says which and why."""
    path = _file(tmp_path, "$5", " ", "$6")
    done = run("import", "golden", path, "--reviewer", "rosa")
    assert done.code == 2
    assert "must not be empty" in done.out
    assert "Published release" in done.out
    assert run("status", "--json").json["golden"] == 2


def test_import_json_is_the_report(run: Run, tmp_path: Path) -> None:
    """Counts, refusals by line, and the promotion."""
    path = _file(tmp_path, "$5")
    done = run("import", "bank", path, "--reviewer", "rosa", "--json")
    assert (done.code, done.json["added"], done.json["refused"]) == (0, 1, [])
    assert done.json["promotion"]["published"] is True
    again = run("import", "bank", path, "--reviewer", "rosa")
    assert (again.code, "stays current" in again.out) == (0, True)


def test_import_needs_a_reviewer_and_a_file(run: Run, tmp_path: Path) -> None:
    """Somebody answers for each example."""
    assert "--reviewer" in run("import", "bank", _file(tmp_path, "$5")).err
    missing = run("import", "bank", str(tmp_path / "nowhere"), "--reviewer", "rosa")
    assert (missing.code, missing.err.count("\n")) == (2, 1)


def test_export_writes_lines_to_a_file_or_standard_output(
    run: Run, settings: Settings, store: Store, tmp_path: Path
) -> None:
    """With - the lines alone are on standard output, even with --json."""
    run_promote(settings)
    path = tmp_path / "golden.jsonl"
    assert run("export", "golden", str(path), "--json").json == {"written": 1, "file": str(path)}
    for options in ([], ["--json"]):
        done = run("export", "golden", "-", *options)
        assert done.out == path.read_text()
        assert "1 golden examples written" in done.err
    assert run("export", "bank", "-").json["output"] == "1,200 [page 3]"


def test_export_ends_quietly_when_the_reader_has_seen_enough(
    run: Run, settings: Settings, tmp_path: Path
) -> None:
    """`flywheel export bank - | head -1` is no error and no traceback."""
    run("import", "bank", _file(tmp_path, *["long " * 100] * 300), "--reviewer", "rosa")
    flywheel = Path(sys.executable).parent / "flywheel"
    command = f"{flywheel} export bank - --home {settings.home} | head -1 | wc -l"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("1", "")


def test_export_scores_writes_every_answer(run: Run, settings: Settings, tmp_path: Path) -> None:
    """P(good) with its evidence, by interaction."""
    interaction = add_interaction(open_store(settings))
    path = tmp_path / "scores.jsonl"
    assert run("export", "scores", str(path)).code == 0
    score = json.loads(path.read_text())
    assert sorted(score) == ["case_id", "evidence", "id", "p_good"]
    assert score["id"] == interaction
    assert run("export", "scores", "-").out == path.read_text()


@pytest.mark.parametrize(
    "command",
    ["promote", "fewshot", "release list", "release show", "release rollback", "import golden",
     "import bank", "export golden", "export bank", "export scores"],
)  # fmt: skip
def test_help_has_an_example(run: Run, command: str) -> None:
    """Each help ends with a line that can be pasted."""
    done = run(*command.split(), "--help")
    assert done.code == 0
    assert f"$ flywheel {command}" in done.out
