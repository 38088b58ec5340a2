"""A decision that sends a case elsewhere, marks it, labels it: all the way to the release."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from flywheel.bank import read_bank, read_golden
from flywheel.errors import ReleaseError
from flywheel.settings import Settings
from flywheel.steps.decide import record_decision
from flywheel.steps.exchange import export_examples, import_examples
from flywheel.steps.promote import PromoteReport, run_promote
from flywheel.steps.release import read_examples
from flywheel.store import Store, open_store
from schemas.decision import Decision
from schemas.target import Target
from tests.facts import add_candidate


@pytest.fixture
def store(settings: Settings) -> Store:
    """The test's store."""
    return open_store(settings)


@pytest.fixture
def decide(settings: Settings) -> Any:
    """`decide(candidate, verdict, **fields)` as rosa, now, and promotes."""

    def decide(candidate_id: str, verdict: str = "approve", **fields: Any) -> PromoteReport:
        time = datetime.now(UTC).isoformat()
        said = {"candidate_id": candidate_id, "verdict": verdict, "reviewer": "rosa", "time": time}
        record_decision(settings, Decision.model_validate_json(json.dumps(said | fields)))
        return run_promote(settings)

    return decide


def sides(settings: Settings) -> dict[str, list[str]]:
    """The candidates in the current release, by side."""
    try:
        golden, bank = read_golden(settings), read_bank(settings)
    except ReleaseError:
        return {"golden": [], "bank": []}
    return {
        "golden": sorted(example.candidate_id for example in golden),
        "bank": sorted(example.candidate_id for example in bank),
    }


@pytest.mark.parametrize(("proposed", "wanted"), [("golden", "bank"), ("bank", "golden")])
def test_a_case_goes_where_the_decision_says_and_back(
    settings: Settings, store: Store, decide: Any, proposed: str, wanted: str
) -> None:
    """In each release on one side alone; taking the word back moves it as well."""
    case = add_candidate(store, proposed)
    decide(case, target=wanted)
    assert sides(settings) == {wanted: [case], proposed: []}
    report = decide(case)
    assert sides(settings) == {wanted: [], proposed: [case]}
    assert report.added == {wanted: 0, proposed: 1}
    decide(case, target=wanted)
    assert sides(settings) == {wanted: [case], proposed: []}
    assert run_promote(settings).published is False


def test_a_case_that_was_moved_leaves_the_side_where_it_stands(
    settings: Settings, store: Store, decide: Any
) -> None:
    """A refusal names no side: what is withdrawn is counted where it stood."""
    case = add_candidate(store, "golden")
    decide(case, target="bank")
    report = decide(case, "reject", reason="no")
    assert sides(settings) == {"golden": [], "bank": []}
    assert report.withdrawn == {"golden": 0, "bank": 1}


def test_a_move_onto_a_side_where_its_case_is_ends_in_neither(
    settings: Settings, store: Store, decide: Any
) -> None:
    """The guard holds for moves: it would leak, and where it stood it is no longer wanted."""
    stays = add_candidate(store, "bank", proposed_output="$1 million")
    moves = add_candidate(store, "golden", proposed_output="$1 million")
    decide(stays)
    report = decide(moves)
    assert [one.candidate_id for one in report.refused] == [moves]
    decide(moves, target="bank")
    assert sides(settings) == {"golden": [], "bank": sorted([stays, moves])}
    decide(moves)
    assert sides(settings) == {"golden": [], "bank": [stays]}
    decide(stays, "reject", reason="no")
    assert sides(settings) == {"golden": [moves], "bank": []}


def test_two_that_change_places_are_never_on_both_sides(
    settings: Settings, store: Store, decide: Any
) -> None:
    """Of one case both may stand together on either side; split, golden has it."""
    one = add_candidate(store, "golden", proposed_output="$1 million")
    other = add_candidate(store, "bank", proposed_output="$1 million")
    decide(one, target="bank")
    decide(other, target="golden")
    assert sides(settings) == {"golden": [], "bank": [one]}
    decide(one)
    assert sides(settings) == {"golden": sorted([one, other]), "bank": []}


def test_the_mark_and_the_labels_are_in_the_release_and_in_exports(
    settings: Settings, store: Store, decide: Any
) -> None:
    """A change of them alone publishes; taking them away does too."""
    case = add_candidate(store)
    decide(case)
    assert decide(case, critical=True, labels=["audited", "q4"]).published
    [example] = read_golden(settings)
    assert (example.critical, example.labels) == (True, ("audited", "q4"))
    assert decide(case, critical=True, labels=["q4"]).published
    path = settings.home / "golden.jsonl"
    assert export_examples(settings, Target.GOLDEN, path) == 1
    line = json.loads(path.read_text("utf-8"))
    assert (line["critical"], line["labels"]) == (True, ["q4"])
    decide(case)
    [example] = read_examples(store)
    assert (example.critical, example.labels) == (False, ())
    assert run_promote(settings).published is False


def test_a_bank_example_carries_no_mark(settings: Settings, store: Store, decide: Any) -> None:
    """What must never fail is golden; labels are for the evaluation, production reads tags."""
    case = add_candidate(store, "bank")
    decide(case, labels=["q4"])
    [example] = read_bank(settings)
    assert (example.critical, example.labels) == (False, ())


def test_an_import_meets_a_moved_case_where_it_went(
    settings: Settings, store: Store, decide: Any, tmp_path: Any
) -> None:
    """Into that side it is there already, into the other one it would leak."""
    case = add_candidate(store, "bank")
    decide(case, target="golden")
    path = tmp_path / "same.jsonl"
    message = {"role": "user", "content": "What was the revenue in 2019?"}
    line = {"id": "elsewhere", "messages": [message], "output": "$85.1 million"}
    path.write_text(json.dumps(line) + "\n")
    into_golden = import_examples(settings, Target.GOLDEN, path, "ben")
    assert (into_golden.added, into_golden.unchanged) == (0, 1)
    into_bank = import_examples(settings, Target.BANK, path, "ben")
    assert (into_bank.added, len(into_bank.refused)) == (0, 1)
    assert sides(settings) == {"golden": [case], "bank": []}
