"""Promotion as a comparison: what reviewers approve against what stands."""

from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from flywheel.promote import (
    ERASED,
    NO_CONSENT,
    NO_OUTPUT,
    NOT_APPROVED,
    SAME_CASE,
    CandidateFacts,
    Outcome,
    Plan,
    Side,
    leaks,
    plan_promotion,
    question_key,
)
from schemas.candidate import Target
from schemas.event import ContextDocument, Message

_number = count(1)


def facts(
    target: Target = Target.GOLDEN, case: str | None = None, **fields: object
) -> CandidateFacts:
    """An approved candidate that is new, unless fields say otherwise."""
    number = next(_number)
    case = case or f"case-{number:04}"
    plain = CandidateFacts(
        candidate_id=f"c-{number:04}",
        case_id=case,
        target=target,
        decision_id=f"d-{number:04}",
        approved=True,
        ideal_output="$85.1 million",
        consent=True,
        standing_output=None,
        standing_target=target if fields.get("standing_output") is not None else None,
        same_marks=True,
        kept_out=None,
        question_key=f"question of {case}",
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def outcomes(plan: Plan) -> list[tuple[str, str, str | None]]:
    """Candidate, outcome and reason of each change."""
    return [(change.candidate_id, change.outcome, change.reason) for change in plan.changes]


def after(plan: Plan, before: list[CandidateFacts]) -> list[CandidateFacts]:
    """The facts as the store would give them once the plan is recorded."""
    changes: dict[str, Outcome] = {change.candidate_id: change for change in plan.changes}
    found = []
    for one in before:
        change = changes.get(one.candidate_id)
        if change is not None:
            standing = one.standing_output if change.outcome == "refused" else change.output
            side = None if standing is None else one.target
            one = replace(
                one, standing_output=standing, standing_target=side, kept_out=change.reason
            )
        if one.approved or one.standing_output is not None:
            found.append(one)
    return found


def test_an_approved_candidate_becomes_an_example() -> None:
    """With the ideal output that its decision adopts."""
    one = facts(ideal_output="edited")
    (change,) = plan_promotion([one]).changes
    assert (change.outcome, change.output, change.decision_id) == (
        "added",
        "edited",
        one.decision_id,
    )


def test_what_stands_and_is_approved_again_changes_nothing() -> None:
    """Another reviewer's approval of the same output is no new example."""
    one = facts(standing_output="$85.1 million", decision_id="a later one")
    assert plan_promotion([one]) == Plan(changes=(), refused=())


def test_another_ideal_output_takes_the_place_of_the_old() -> None:
    """A reviewer who edits an example later corrects it."""
    one = facts(standing_output="old", ideal_output="new")
    (change,) = plan_promotion([one]).changes
    assert (change.outcome, change.output) == ("added", "new")


def test_what_cannot_be_an_example_says_why() -> None:
    """Approved is not enough: there has to be an ideal output, and consent."""
    empty, blank = facts(ideal_output=None), facts(ideal_output=" \n")
    refused, erased = facts(consent=False), facts(consent=None)
    plan = plan_promotion([empty, blank, refused, erased])
    assert outcomes(plan) == [
        (empty.candidate_id, "refused", NO_OUTPUT),
        (blank.candidate_id, "refused", NO_OUTPUT),
        (refused.candidate_id, "refused", NO_CONSENT),
        (erased.candidate_id, "refused", ERASED),
    ]
    assert plan.refused == plan.changes


def test_an_example_is_withdrawn_when_its_ground_is_gone() -> None:
    """The newest decision no longer approves, consent went, or its interaction was erased."""
    rejected = facts(standing_output="x", approved=False, ideal_output=None)
    consent = facts(standing_output="x", consent=False)
    erased = facts(standing_output="x", consent=None)
    assert outcomes(plan_promotion([rejected, consent, erased])) == [
        (rejected.candidate_id, "withdrawn", NOT_APPROVED),
        (consent.candidate_id, "withdrawn", NO_CONSENT),
        (erased.candidate_id, "withdrawn", ERASED),
    ]


def test_of_one_case_in_one_run_golden_wins() -> None:
    """The bank's example would show models the answer that the golden case asks for."""
    bank, golden = facts(Target.BANK, "same"), facts(Target.GOLDEN, "same")
    plan = plan_promotion([bank, golden])
    assert [change[:2] for change in outcomes(plan)] == [
        (golden.candidate_id, "added"),
        (bank.candidate_id, "refused"),
    ]
    assert "golden set" in (plan.refused[0].reason or "")


def test_what_stands_keeps_its_side() -> None:
    """A case in the bank does not become golden by an approval; it has to leave the bank first."""
    bank = facts(Target.BANK, "same", standing_output="$85.1 million")
    golden = facts(Target.GOLDEN, "same")
    (change,) = plan_promotion([bank, golden]).changes
    assert (change.candidate_id, change.outcome) == (golden.candidate_id, "refused")
    assert "bank" in (change.reason or "")


def test_a_case_can_change_sides_in_one_run() -> None:
    """Rejected for the bank and approved as golden: withdrawn there, added here."""
    bank = facts(Target.BANK, "same", standing_output="x", approved=False)
    golden = facts(Target.GOLDEN, "same")
    assert [change[:2] for change in outcomes(plan_promotion([bank, golden]))] == [
        (bank.candidate_id, "withdrawn"),
        (golden.candidate_id, "added"),
    ]


def test_the_same_question_in_another_case_is_a_leak_too() -> None:
    """Another system prompt makes another case id, and the same thing to know by heart."""
    golden = facts(question_key="q", standing_output="$85.1 million")
    bank = facts(Target.BANK, question_key="q")
    (change,) = plan_promotion([golden, bank]).changes
    assert (change.outcome, "question" in (change.reason or "")) == ("refused", True)


def test_two_examples_that_leak_are_put_right() -> None:
    """Should both sides ever hold one case, the bank lets go of it."""
    golden = facts(case="same", standing_output="$85.1 million")
    bank = facts(Target.BANK, "same", standing_output="$85.1 million")
    (change,) = plan_promotion([bank, golden]).changes
    assert (change.candidate_id, change.outcome) == (bank.candidate_id, "withdrawn")


def test_a_refusal_is_recorded_once_and_reported_always() -> None:
    """The reason stays visible to who asks, without a row a run."""
    first = facts(ideal_output=None)
    plan = plan_promotion([first])
    again = plan_promotion(after(plan, [first]))
    assert again.changes == ()
    assert again.refused == plan.refused


def test_a_refused_decision_is_tried_again() -> None:
    """When the other side let the case go, the old approval counts."""
    golden = facts(case="same", standing_output="$85.1 million")
    bank = facts(Target.BANK, "same")
    refused = after(plan_promotion([golden, bank]), [golden, bank])
    rejected = [replace(refused[0], approved=False), *refused[1:]]
    assert [change[1] for change in outcomes(plan_promotion(rejected))] == ["withdrawn", "added"]


def test_leaks_names_the_other_side() -> None:
    """One place decides what makes two cases one."""
    side = Side(Target.BANK)
    assert leaks("case", "question", side) is None
    side.add(facts(Target.BANK, "case"))
    assert "in the bank" in (leaks("case", "else", side) or "")
    assert "in the bank" in (leaks("else", "question of case", side) or "")
    assert leaks("else", "else", side) is None


def test_the_question_key_is_of_the_last_question_and_the_documents() -> None:
    """Case, width and white space do not matter; system prompts and earlier turns neither."""
    system, asked = (
        Message(role="system", content="Be brief."),
        Message(role="user", content="What  was REVENUE?"),
    )
    plain = Message(role="user", content="What was revenue?")
    page = ContextDocument(id="1", text="Revenue was 5.")
    same_page = ContextDocument(id="2", text="revenue was  5.")
    assert question_key([system, asked], [page]) == question_key([plain], [same_page])
    assert question_key([plain], [page]) != question_key([plain], [])
    assert question_key([plain], [page]) != question_key([plain], [page, page])


_FACTS = st.lists(
    st.builds(
        facts,
        target=st.sampled_from(Target),
        case=st.sampled_from(["a", "b", "c", "d"]),
        approved=st.booleans(),
        ideal_output=st.sampled_from([None, "", "x", "y"]),
        consent=st.sampled_from([True, True, False, None]),
        standing_output=st.sampled_from([None, None, "x"]),
        question_key=st.sampled_from(["p", "q", "r"]),
    ),
    max_size=12,
)


def test_a_refusal_names_the_reason_that_it_has_next_time_too() -> None:
    """A newcomer of the bank that joins later changes no refusal of the same plan."""
    given_facts = [
        facts(case="a", target=Target.BANK, standing_output="x", question_key="q"),
        facts(case="c", target=Target.GOLDEN, question_key="q"),
        facts(case="c", target=Target.BANK, question_key="p"),
    ]
    state = after(plan_promotion(given_facts), given_facts)
    assert plan_promotion(state).changes == ()


@given(_FACTS)
def test_whatever_is_promoted_no_case_is_on_both_sides(given_facts: list[CandidateFacts]) -> None:
    """And planning again at once changes nothing: after the run the state is settled."""
    state = after(plan_promotion(given_facts), given_facts)
    standing = [one for one in state if one.standing_output is not None]
    golden = {key for one in standing if one.target == "golden" for key in _keys(one)}
    bank = {key for one in standing if one.target == "bank" for key in _keys(one)}
    assert not golden & bank
    assert all(one.approved and one.consent and one.standing_output for one in standing)
    assert plan_promotion(state).changes == ()


def _keys(one: CandidateFacts) -> tuple[str, str]:
    return f"case {one.case_id}", f"question {one.question_key}"


@given(_FACTS, st.randoms())
def test_the_order_of_the_facts_does_not_matter(
    given_facts: list[CandidateFacts], random: object
) -> None:
    """Which row a query gives first decides nothing."""
    shuffled = list(given_facts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = plan_promotion(given_facts), plan_promotion(shuffled)
    assert {c.candidate_id: c.outcome for c in first.changes} == {
        c.candidate_id: c.outcome for c in second.changes
    }


def test_a_decision_can_send_a_case_to_the_other_side() -> None:
    """What stands moves in one run; where the other side holds its case, it leaves all the same."""
    moved = facts(Target.BANK, standing_output="$85.1 million", standing_target=Target.GOLDEN)
    assert outcomes(plan_promotion([moved])) == [(moved.candidate_id, "added", None)]
    other = facts(case=moved.case_id, standing_output="$85.1 million")
    reason = SAME_CASE.format(other="golden set")
    plan = plan_promotion([moved, other])
    assert outcomes(plan) == [(moved.candidate_id, "withdrawn", reason)]


def test_a_mark_alone_is_a_change() -> None:
    """An example that becomes critical is added anew, with its output as it was."""
    marked = facts(standing_output="$85.1 million", same_marks=False)
    assert outcomes(plan_promotion([marked])) == [(marked.candidate_id, "added", None)]
