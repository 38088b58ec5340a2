"""`flywheel quarantine list|retry`: places and reasons, never text."""

from pathlib import Path

import pytest

from schemas.fault import Fault
from tests.flywheel.cli.conftest import Run
from tests.streams import BROKEN, PLANTED, as_line, feedback, write

OLD = "2001-01-06T09:00:00Z"


@pytest.fixture(autouse=True)
def ingested(run: Run, tmp_path: Path) -> Path:
    """Broken lines, one of them with personal data, and one that is too old."""
    secret = " ".join(PLANTED).encode()
    path = write(tmp_path / "a.jsonl", [*BROKEN, secret, as_line(feedback(time=OLD))])
    assert run("ingest", path).code == 0
    return path


def test_the_list_is_a_table_of_places_and_reasons(run: Run) -> None:
    """Within 80 columns."""
    done = run("quarantine", "list")
    assert done.code == 0 and "6 lines" in done.out and "type_unknown" in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    none = run("quarantine", "list", "--reason", "moon")
    assert (none.code, none.out) == (0, "No line in quarantine fits these options.\n")


def test_no_name_of_a_file_gives_a_terminal_orders(run: Run, tmp_path: Path) -> None:
    """Whoever may put files where they are read from names them."""
    path = write(tmp_path / "\x1b[2J\x1b]0;pwned\x07\u202ex.jsonl", BROKEN[:1])
    for command in (("ingest", path), ("status", "--by", "source"), ("quarantine", "list")):
        done = run(*command)
        assert not [f"{ord(c):x}" for c in "\x1b\x07\u202e" if c in done.out + done.err], command
    assert "␛" in done.out


def test_as_json_each_fault_has_all_that_is_known(run: Run, ingested: Path) -> None:
    """File, line, offset, reason, hash."""
    faults = run("quarantine", "list", "--json").json["faults"]
    assert len(faults) == 6
    assert {fault["source"] for fault in faults} == {str(ingested)}
    assert all(set(Fault.model_fields) < set(fault) for fault in faults)
    assert [fault["line"] for fault in faults] == [1, 2, 3, 4, 5, 6]


def test_filters_narrow_it_down(run: Run) -> None:
    """By reason, by source."""
    for filters, count in (
        (["--reason", "not_json"], 2),
        (["--source", "a.jsonl"], 6),
        (["--source", "b.jsonl"], 0),
    ):
        assert len(run("quarantine", "list", "--json", *filters).json["faults"]) == count


def test_no_output_ever_shows_a_line(run: Run) -> None:
    """Neither the list nor a retry."""
    for arguments in (["list"], ["list", "--json"], ["retry"], ["retry", "--json"]):
        done = run("quarantine", *arguments)
        assert done.code == 0
        assert not [planted for planted in PLANTED if planted in done.out + done.err]


def test_a_retry_takes_in_what_a_setting_made_right(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The horizon was too near."""
    monkeypatch.setenv("FLYWHEEL_INGEST__HORIZON", "2000-01-01T00:00:00Z")
    done = run("quarantine", "retry", "--json")
    assert (done.json["tried"], done.json["stored"]) == (6, 1)
    assert "still: not_json" in run("quarantine", "retry").out
    assert run("status", "--json").json["feedback"] == 1


def test_the_list_is_filtered_by_when_a_line_was_put_aside(run: Run) -> None:
    """Until is not included; a time that is none is one line and exit 2."""
    for filters, count in (
        (["--since", "2020-01-01"], 6),
        (["--until", "2020-01-01"], 0),
        (["--since", "2020-01-01", "--until", "9000-01-01"], 6),
        (["--since", "9000-01-01T00:00:00Z"], 0),
    ):
        assert len(run("quarantine", "list", "--json", *filters).json["faults"]) == count
    wrong = run("quarantine", "list", "--since", "yesterday")
    assert wrong.code == 2 and wrong.err.count("\n") == 1 and "yesterday" in wrong.err


def test_one_line_is_shown_without_what_it_says(run: Run, ingested: Path) -> None:
    """Place, reason and shape, by the beginning of its id; none of its text, within 80 columns."""
    for fault in run("quarantine", "list", "--json").json["faults"]:
        done = run("quarantine", "show", fault["fault_id"][:8])
        assert done.code == 0
        assert fault["reason"] in done.out.replace("\n", "")
        assert max(map(len, done.out.splitlines())) <= 80
        shown = run("quarantine", "show", fault["fault_id"], "--json")
        assert {key: shown.json[key] for key in ("line", "reason", "sha256")} == {
            key: fault[key] for key in ("line", "reason", "sha256")
        }
        for planted in PLANTED:
            assert planted not in done.out + done.err + shown.out + shown.err


def test_an_id_of_no_line_is_a_mistake(run: Run) -> None:
    """One line, exit 2."""
    done = run("quarantine", "show", "not-an-id")
    assert done.code == 2 and done.out == "" and done.err.count("\n") == 1
