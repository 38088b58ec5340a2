"""The story, played by the command once: the verdicts, the slice, nothing personal left."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from flywheel.bank import read_golden
from flywheel.demo.delivery import deliver
from flywheel.demo.simulation import simulate
from flywheel.demo.story import DEFAULT_SEED, demo_settings, play
from flywheel.errors import InputError
from flywheel.settings import PROJECT
from flywheel.steps.status import Status, read_status
from flywheel.store import open_store
from tests.flywheel.demo.conftest import Run, run_demo
from tests.watching import outside, watched


@pytest.fixture(scope="module")
def status(told: Run) -> Status:
    """The counts of the home that the story filled."""
    return read_status(open_store(demo_settings(told.home, "http://127.0.0.1:9/v1")))


def test_it_ends_well_only_when_v1_passes_and_v2_is_stopped(told: Run) -> None:
    """Exit 0, with both verdicts told, and the slice that broke by its name."""
    assert told.code == 0, told.output + told.errors
    assert "v1: PASS" in told.output
    assert "v2: REGRESSION" in told.output
    assert "What broke: region=Europe (-100%" in told.output
    assert "Unharmed: region=America" in told.output


def test_the_cases_of_before_the_loop_did_not_see_it(told: Run) -> None:
    """On Saturday the gate still passes: that is what the loop is for."""
    saturday = told.output.split("Monday 09:00")[0]
    assert "v2: PASS" in saturday


def test_the_gate_report_on_disk_names_the_slice(told: Run) -> None:
    """Machine-readable and for a browser."""
    reports = [json.loads(path.read_text()) for path in told.home.glob("reports/*/report.json")]
    stopped = [report for report in reports if report["verdict"] == "regression"]
    assert len(reports) == 3
    assert len(stopped) == 1
    assert "region=Europe" in stopped[0]["broken_slices"]
    assert "region=America" not in stopped[0]["broken_slices"]
    assert Path(stopped[0]["reports"]["html"]).read_text().count("region=Europe") > 0


def test_it_is_told_at_80_columns(told: Run) -> None:
    """Only paths and commands to copy may be longer."""
    lines = told.output.split("What to open next")[0].splitlines()
    assert max(map(len, lines)) <= 80


def test_nothing_but_the_story_is_printed(told: Run) -> None:
    """No library's chatter, no traceback."""
    assert told.errors == ""
    assert "Traceback" not in told.output


def test_the_store_holds_what_was_delivered(told: Run, status: Status, tmp_path: Path) -> None:
    """Each number of the funnel is the simulation's own."""
    planned = deliver(simulate(DEFAULT_SEED), tmp_path / "events")
    assert status.interactions == planned.interactions
    assert status.feedback == planned.feedback
    assert status.orphan_feedback == planned.orphans
    assert status.resent == planned.resent
    assert status.quarantined == planned.broken
    assert status.duplicates >= planned.duplicates


def test_no_planted_value_stands_in_any_byte_of_the_home(told: Run) -> None:
    """Names, addresses, phones, cards, accounts: as planted, without spaces, a surname alone."""
    planted = simulate(DEFAULT_SEED).planted
    needles = {value.encode() for value in planted}
    needles |= {value.replace(" ", "").encode() for value in planted if value[-1].isdigit()}
    needles |= {name.split()[-1].encode() for name, kind in planted.items() if kind == "PERSON"}
    files = [path for path in told.home.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        data = path.read_bytes()
        assert not [needle for needle in needles if needle in data], path


def test_the_raw_logs_do_hold_them(told: Run) -> None:
    """So that the search above searches for something; and they lie outside the home."""
    text = b"".join(path.read_bytes() for path in (told.logs / "events").glob("*.jsonl"))
    planted = simulate(DEFAULT_SEED).planted
    assert sum(value.encode() in text for value in planted) > 100
    assert not told.logs.is_relative_to(told.home)


def test_the_golden_set_is_large_and_right(told: Run) -> None:
    """Sixty cases or more, of both regions, with the simulation's truth as their ideal output."""
    golden = read_golden(demo_settings(told.home, "http://127.0.0.1:9/v1"))
    truths = {one.question.truth for one in simulate(DEFAULT_SEED).asked}
    learned = [example for example in golden if not example.id.startswith("check-")]
    assert len(learned) >= 60
    assert all(example.output in truths for example in learned)
    assert {example.tags["region"] for example in golden} == {"Europe", "America"}


def test_some_candidates_are_left_to_decide(status: Status) -> None:
    """The review page that the story points to is not empty."""
    assert status.pending == 6
    assert status.approved > 100
    assert status.rejected > 0


def test_the_caller_s_settings_do_not_count(told: Run) -> None:
    """Neither salt nor database nor endpoint nor margin: the run above was given others."""
    assert (told.home / "flywheel.duckdb").is_file()
    assert "more than 5%" in told.output


@dataclass(frozen=True)
class Again:
    """The second run of the story on one home, with --json, and who it talked to."""

    done: subprocess.CompletedProcess[str]
    temporary: Path
    log: Path


@pytest.fixture(scope="module")
def again(told: Run, status: Status, tmp_path_factory: pytest.TempPathFactory) -> Again:
    """Watched by strace where that is installed: one more run for that would cost a minute."""
    folder = tmp_path_factory.mktemp("again")
    temporary, log = folder / "tmp", folder / "log"
    temporary.mkdir()
    (told.home / "leftover.txt").write_text("of the first run")
    strace = shutil.which("strace")
    before = watched(strace, log) if strace else []
    done = run_demo("--home", told.home, "--json", temporary=temporary, before=before)
    assert done.returncode == 0, done.stdout + done.stderr
    return Again(done, temporary, log)


def test_a_second_run_starts_anew_and_comes_to_the_same(
    told: Run, status: Status, again: Again
) -> None:
    """With --json one object, with the same counts; what an earlier run left is gone."""
    summary = json.loads(again.done.stdout)
    assert summary["cleared"] is True
    assert summary["stopped"] is True
    assert summary["verdicts"] == {"v1": "pass", "v2": "regression"}
    assert summary["saturday"] == {"v2": "pass"}
    assert "region=Europe" in summary["broken_slices"]["v2"]
    assert summary["broken_slices"]["v1"] == []
    assert summary["leftovers"] == {}
    assert summary["golden"] == status.golden
    assert summary["bank"] == status.bank
    assert summary["pending"] == status.pending
    assert not (told.home / "leftover.txt").exists()
    assert list(again.temporary.iterdir()) == [], "raw logs were left behind"


def test_the_whole_story_stays_on_this_machine(strace: str, again: Again) -> None:
    """Ingest to gate, with Presidio, Great Expectations, DuckDB and the openai client."""
    assert json.loads(again.done.stdout)["stopped"] is True
    assert "127.0.0.1" in again.log.read_text(), "the models' server was on loopback"
    assert outside(again.log) == set()


def test_a_home_of_somebody_else_is_refused_in_one_line(tmp_path: Path) -> None:
    """Exit 2, and nothing touched."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "precious.txt").write_text("keep me")
    done = run_demo("--home", home, temporary=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert [path.name for path in home.iterdir()] == ["precious.txt"]


def test_raw_logs_are_refused_inside_the_home_and_in_a_used_folder(tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(InputError, match="beside it"):
        next(play(tmp_path / "home", logs=tmp_path / "home" / "logs"))
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "x").touch()
    with pytest.raises(InputError, match="new or empty"):
        next(play(tmp_path / "home", logs=tmp_path / "used"))
    assert not (tmp_path / "home").exists()


def test_the_settings_of_the_story_are_the_shipped_ones(tmp_path: Path) -> None:
    """Prompts and policy of the checkout, the simulated endpoint, no judge."""
    settings = demo_settings(tmp_path, "http://127.0.0.1:9/v1")
    assert settings.prompts == PROJECT / "prompts"
    assert settings.llm.base_url == "http://127.0.0.1:9/v1"
    assert settings.llm.judge_model is None
    assert settings.database is None
