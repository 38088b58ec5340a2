"""Candidates as reviewers see them: filtered, paged, the most telling first."""

from datetime import UTC, datetime

import pytest

from flywheel.errors import InputError
from flywheel.settings import Settings
from flywheel.steps.candidates import (
    read_candidate,
    read_candidates,
    read_these,
)
from flywheel.steps.decide import record_decision
from flywheel.store import Store, open_store
from schemas.decision import Decision, Verdict
from tests.facts import add_candidate, add_feedback, add_interaction, together

NOON = datetime(2025, 1, 7, 12, tzinfo=UTC)


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def decide(settings: Settings, id: str, verdict: Verdict, **texts: str) -> None:
    decision = Decision(
        candidate_id=id, verdict=verdict, reviewer="me", time="2025-01-07T12:00:00Z", **texts
    )
    assert record_decision(settings, decision)


def test_a_view_has_all_that_a_reviewer_decides_by(store: Store) -> None:
    """The conversation, the documents, the answer, the proposal, the evidence and where it was."""
    evidence = (
        '[{"signal": "thumbs", "kind": "explicit", "votes": 1, "log_odds": -2.5,'
        ' "note": "1 user gave a thumbs down"}]'
    )
    context = '[{"id": "d-1", "text": "Revenue was $85.1 million."}]'
    id = add_candidate(store, evidence=evidence, context=context, tags='{"quarter": "Q4"}')
    add_interaction(store, "What was the revenue in 2019?", context=None, user="another")
    view = read_candidate(store, id)
    assert view.messages[0].text == "What was the revenue in 2019?"
    assert view.context[0].text == "Revenue was $85.1 million."
    assert (view.output, view.proposed_output) == ("$58.1 million", "$85.1 million")
    assert view.evidence[0].note == "1 user gave a thumbs down"
    assert (view.state, view.verdict, view.reviewer, view.decided_at) == ("pending",) + (None,) * 3
    assert (view.model, view.tenant, view.tags) == ("v1", "acme", {"quarter": "Q4"})
    assert view.time == datetime(2025, 1, 6, 9, tzinfo=UTC)
    assert (view.variants, view.users) == (2, 2)


def test_a_prompt_is_told_with_its_version(store: Store) -> None:
    """Which prompt gave the answer is what a reviewer reports."""
    answer = add_interaction(store, prompt_name="earnings_qa", prompt_version="3")
    id = add_candidate(store, interaction_id=answer)
    assert read_candidate(store, id).prompt == "earnings_qa@3"


def test_an_example_from_elsewhere_has_no_answer_and_no_time(store: Store) -> None:
    """Imported cases have neither interaction nor score."""
    id = add_candidate(store, interaction_id=None, output=None, p_good=None, day=None)
    view = read_candidate(store, id)
    assert (view.interaction_id, view.time, view.model, view.p_good) == (None,) * 4


def test_an_unknown_candidate_is_the_callers_mistake(store: Store) -> None:
    """The message does not repeat what was asked for."""
    with pytest.raises(InputError, match="no such candidate") as raised:
        read_candidate(store, "jane@miller.example")
    assert "jane" not in str(raised.value)


def test_the_most_telling_come_first_and_skipped_ones_last(
    store: Store, settings: Settings
) -> None:
    """With an ideal output before without, sure before unsure, and the order is total."""
    with together(store) as at_once:
        unwritten = add_candidate(at_once, question="A?", proposed_output=None, p_good=0.01)
        unsure = add_candidate(at_once, question="B?", p_good=0.2)
        sure = add_candidate(at_once, question="C?", p_good=0.01)
        skipped = add_candidate(at_once, question="D?", p_good=0.001)
        twins = [add_candidate(at_once, question=f"{n}?", p_good=0.3) for n in range(2)]
    decide(settings, skipped, Verdict.SKIP)
    order = [view.candidate_id for view in read_candidates(store)]
    assert order == [sure, unsure, *sorted(twins), unwritten, skipped]
    pages = [read_candidates(store, limit=2, offset=start) for start in (0, 2, 4, 6)]
    assert [view.candidate_id for page in pages for view in page] == order
    assert [view.candidate_id for view in read_these(store, order[::-1])] == order


def test_filters_and_counts_agree(store: Store, settings: Settings) -> None:
    """By state, target and feature; no feature is one of its own."""
    with together(store) as at_once:
        approved = add_candidate(at_once, question="A?")
        rejected = add_candidate(at_once, "bank", question="B?", feature=None)
        skipped = add_candidate(at_once, "bank", question="C?", feature="chat")
    decide(settings, approved, Verdict.APPROVE)
    decide(settings, rejected, Verdict.REJECT, reason="off topic")
    decide(settings, skipped, Verdict.SKIP)

    def found(**filters: str | None) -> list[str]:
        return [view.candidate_id for view in read_candidates(store, **filters)]  # type: ignore[arg-type]

    assert found() == [skipped]
    assert found(state="approved") == [approved]
    assert found(state=None, target="bank", feature="chat") == [skipped]
    assert sorted(found(state=None)) == sorted([approved, rejected, skipped])


def test_the_view_tells_the_newest_decision(store: Store, settings: Settings) -> None:
    """With the output that the reviewer wrote and when."""
    id = add_candidate(store)
    decide(settings, id, Verdict.EDIT, output="$85.1 million in 2019")
    view = read_candidate(store, id)
    assert (view.state, view.verdict) == ("approved", Verdict.EDIT)
    assert (view.decided_output, view.decided_at) == ("$85.1 million in 2019", NOON)


def test_a_correction_that_comes_late_is_suggested(settings: Settings, store: Store) -> None:
    """The proposal stays as it was; what users put there since is shown until it is decided."""
    id = add_candidate(store, proposed_output=None)
    assert read_candidate(store, id).suggested_output is None
    variant = add_interaction(store, output="$58.1 million", context=None)
    add_feedback(store, variant, "correction", correction="$85.1 million")
    refused = add_interaction(store, context=None, consent=False)
    add_feedback(store, refused, "correction", correction="without consent")
    view = read_candidate(store, id)
    assert (view.proposed_output, view.suggested_output) == (None, "$85.1 million")
    decide(settings, id, Verdict.EDIT, output="$85.1 million")
    assert read_candidate(store, id).suggested_output is None


def test_a_proposal_with_an_ideal_output_gets_no_suggestion(store: Store) -> None:
    """The reviewer has one text to judge."""
    id = add_candidate(store)
    add_feedback(store, add_interaction(store, context=None), "correction", correction="another")
    assert read_candidate(store, id).suggested_output is None
