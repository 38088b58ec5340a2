"""What the page of one case is made of."""

from datetime import timedelta
from typing import Any

from flywheel.desk import CaseFile, Made
from flywheel.review.case import Case, build_case, disputed_by, ideal_of, say_standing
from flywheel.review.documents import Prose, Table
from schemas.candidate import CandidateView
from schemas.decision import Decision, Verdict
from schemas.event import ContextDocument, Message
from schemas.target import Target
from tests.facts import MONDAY
from tests.flywheel.review.cases import OUTLOOK, REPORT

ANSWER = "Revenue was €213.4 million, operating income €1,284.6 million, a margin of 19.4%."
IDEAL = "Revenue was €1,284.6 million, operating income €213.4 million, a margin of 16.6%."


def make_view(**changes: Any) -> CandidateView:
    """A candidate as the desk gives it."""
    values: dict[str, Any] = dict.fromkeys(CandidateView.model_fields)
    values |= {
        "candidate_id": "c-1",
        "case_id": "k-1",
        "cluster_id": "k-1",
        "target": Target.GOLDEN,
        "goes_to": Target.GOLDEN,
        "proposed_output": IDEAL,
        "reason_code": "judged_bad_corrected",
        "reason": "Judged bad, P(good) 2%: 1 user corrected it.",
        "policy_version": "p-1",
        "messages": (Message(role="user", content="Summarise it."),),
        "context": (),
        "output": ANSWER,
        "evidence": (),
        "tags": {},
        "proposed_at": MONDAY,
        "state": "pending",
        "critical": False,
        "reviewers": 1,
        "given": 0,
        "reopened": False,
        "variants": 1,
        "wordings": 1,
        "users": 1,
    } | changes
    return CandidateView.model_construct(**values)


def make_decision(verdict: str, reviewer: str = "rosa", **fields: Any) -> Made:
    """A decision as it was made; its id tells its content apart."""
    needed = {"edit": {"output": "mine"}, "reject": {"reason": "no"}, "send": {"sent_to": "sam"}}
    time = (MONDAY + timedelta(minutes=5)).isoformat()
    decision = Decision.model_validate(
        {"candidate_id": "c-1", "verdict": Verdict(verdict), "reviewer": reviewer, "time": time}
        | needed.get(verdict, {})
        | fields
    )
    return Made(f"d-{reviewer}-{verdict}", decision, False)


def make_case(
    mine: tuple[Made, ...] = (), others: tuple[Made, ...] = (), **changes: Any
) -> tuple[CaseFile, Case]:
    """A case file and the page's view of it."""
    file = CaseFile(make_view(**changes), mine, others, None)
    return file, build_case(file)


def test_the_telling_case_shows_what_was_swapped() -> None:
    """The figures that changed places are the difference; the made-up margin is named."""
    documents = (ContextDocument(id="q4", text=REPORT), ContextDocument(id="o", text=OUTLOOK))
    _, case = make_case(context=documents)
    changed = [piece.text for piece in case.answer if piece.kind == "removed"]
    assert changed == ["213.4", "1,284.6", "19.4"]
    assert case.not_found == ("19.4%",)
    assert case.ideal_not_found == ()
    assert case.draft == IDEAL
    [report, outlook] = case.documents
    assert isinstance(report.blocks[0], Table)
    assert isinstance(outlook.blocks[0], Prose)
    operating = next(row for row in report.blocks[0].body if row[0].strong)
    assert operating[1].text == (("213.4", "both"),)


def test_without_a_proposal_the_editor_opens_with_the_answer() -> None:
    """Nothing to compare or approve, and something to start from."""
    _, case = make_case(proposed_output=None)
    assert (case.ideal, case.draft, case.approvable) == (None, ANSWER, False)
    assert [piece.kind for piece in case.answer] == ["same"] * len(case.answer)


def test_what_users_put_in_its_place_since_can_be_approved() -> None:
    """A case without an ideal output, and a reopened one: the page says whose text it is."""
    _, case = make_case(proposed_output=None, suggested_output="It was 9.")
    assert (case.ideal, case.ideal_title) == ("It was 9.", "What users have put in its place since")
    assert case.approvable


def test_an_edit_is_what_the_page_compares_with() -> None:
    """Opened again, a case shows the text that was decided, and while blind one's own."""
    _, case = make_case(state="approved", verdict=Verdict.EDIT, decided_output="It was 7.")
    assert (case.ideal, case.approvable) == ("It was 7.", False)
    file, _ = make_case((make_decision("edit"),), reviewers=2, given=1)
    assert ideal_of(file) == ("mine", "The ideal output, as you edited it")


def test_a_report_inside_the_question_is_marked_there() -> None:
    """Where there is no context, the conversation is the place to look numbers up."""
    asked = (Message(role="user", content=f"{REPORT}\nSummarise it."),)
    _, case = make_case(messages=asked)
    table = case.turns[0].blocks[0]
    assert isinstance(table, Table)
    assert table.body[0][1].text == (("1,284.6", "both"),)
    beside, _ = make_case(messages=asked, context=(ContextDocument(id="d", text="9"),))
    turn = build_case(beside).turns[0].blocks[0]
    assert isinstance(turn, Table)
    assert turn.body[0][1].text == (("1,284.6", ""),)


def test_the_standing_says_what_this_reviewer_may_know() -> None:
    """A fresh case says nothing; one's own verdict is told, another's only once it is settled."""
    for mine, changes, said in (
        ((), {}, None),
        ((make_decision("skip"),), {}, "You skipped it."),
        ((make_decision("send"),), {}, "You passed it on to sam."),
        (
            (make_decision("approve"),),
            {"reviewers": 2, "given": 1},
            "You approved it. A colleague judges it too.",
        ),
        (
            (make_decision("reject"),),
            {"reviewers": 2, "given": 2, "state": "disputed"},
            "You rejected it. A colleague came to another verdict: a lead settles it.",
        ),
    ):
        file, _ = make_case(mine, **changes)
        assert say_standing(file) == said
    settled, _ = make_case(
        (make_decision("approve"),),
        (make_decision("reject", "lea", adjudicates=True), make_decision("reject", "sam")),
        reviewers=2,
        state="rejected",
        verdict=Verdict.REJECT,
        reviewer="lea",
        decided_at=MONDAY,
        decided_reason="wrong",
    )
    assert say_standing(settled) == (
        "Rejected by lea, 2025-01-06 09:00 UTC. wrong rosa approved; lea settled: rejected; "
        "sam rejected. A new decision takes its place."
    )


def test_a_dispute_shows_both_texts_and_no_name() -> None:
    """Compared with each other; letters follow neither time nor name."""
    sides = (make_decision("edit", "kim", output="It was 7."), make_decision("approve", "rosa"))
    file, case = make_case((), sides, state="disputed", reviewers=2, given=2)
    assert [side.letter for side in case.sides] == ["A", "B"]
    assert {side.said for side in case.sides} == {
        "approves another text",
        "approves it as proposed",
    }
    assert {"".join(p.text for p in side.pieces) for side in case.sides} == {"It was 7.", IDEAL}
    assert any(p.kind != "same" for side in case.sides for p in side.pieces)
    shown = repr(case.sides)
    assert "kim" not in shown
    assert "rosa" not in shown
    assert disputed_by(file) == disputed_by(file._replace(others=sides[::-1]))


def test_a_rejection_against_an_approval_has_one_text() -> None:
    """Nothing to compare: the other side has its reason."""
    sides = (make_decision("reject", "sam"), make_decision("approve", "rosa"))
    _, case = make_case((), sides, state="disputed", reviewers=2, given=2)
    by_said = {side.said: side for side in case.sides}
    assert by_said["rejects it"].pieces == ()
    assert by_said["rejects it"].why == "no"
    assert [p.kind for p in by_said["approves it as proposed"].pieces] == ["same"]


def test_who_may_not_know_sees_no_sides() -> None:
    """The desk gives such a one no others; and one of the two settles nothing, lead or not."""
    sides = (make_decision("reject", "sam"),)
    own = (make_decision("approve", "rosa"),)
    assert make_case(own, sides, state="disputed", reviewers=2, given=2)[1].sides == ()
    _, case = make_case((make_decision("approve"),), (), state="disputed", reviewers=2, given=2)
    assert case.sides == ()


def test_where_it_comes_from_names_what_is_known() -> None:
    """Time, cost and tokens where the application told them; nothing is made up."""
    _, case = make_case(
        model="v2", latency_ms=2310.0, cost_usd=0.0123, input_tokens=2412, wordings=2
    )
    origin = dict(case.origin)
    assert origin["Took"] == "2.3 s"
    assert origin["Cost"] == "$0.0123"
    assert origin["Tokens"] == "2,412 in, 0 out"
    assert origin["Asked"] == "1 answer to 1 user, in 2 wordings"
    assert "Provider" not in origin
    assert "Tokens" not in dict(make_case()[1].origin)


def test_a_long_conversation_shows_its_last_turns() -> None:
    """What the answer is about is in sight; what came before is folded, and all there."""
    turns = [
        Message(role="assistant" if number % 2 else "user", content=f"Turn {number}.")
        for number in range(41)
    ]
    case = build_case(CaseFile(make_view(messages=tuple(turns)), (), (), None))
    assert [len(case.earlier), len(case.turns)] == [38, 3]
    assert [turn.role for turn in case.turns] == ["user", "assistant", "user"]
    short = build_case(CaseFile(make_view(messages=tuple(turns[:5])), (), (), None))
    assert [len(short.earlier), len(short.turns)] == [0, 5]
