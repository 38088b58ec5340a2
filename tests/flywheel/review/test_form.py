"""What a form stands for, and what it refuses."""

from typing import Any

import pytest

from flywheel.errors import InputError
from flywheel.review.form import DecisionForm, decide_by, decision_now, reason_of, sides_of
from flywheel.settings import PageSettings
from schemas.decision import Verdict
from schemas.target import Target
from tests.flywheel.review.test_case import IDEAL, make_decision, make_view

ASKS = PageSettings()


def _decide(form: DecisionForm, asks: PageSettings = ASKS, **changes: Any) -> Any:
    return decide_by(form, make_view(**changes), "rosa", asks)


def test_all_that_a_reviewer_says_is_in_the_decision() -> None:
    """Target, critical, labels, note, rubric, seconds and the text's version."""
    form = DecisionForm(
        verdict="edit",
        output="It was 7.",
        target="golden",
        critical=True,
        labels=" swap , q4,",
        note=" look ",
        rubric={"accuracy": "5", "tone": "3", "unknown": "4", "formatting": "x"},
        text_version="t-1",
        seconds="12.5",
    )
    made = _decide(form, target=Target.BANK)
    assert (made.verdict, made.output, made.target) == (Verdict.EDIT, "It was 7.", Target.GOLDEN)
    assert (made.critical, made.labels, made.note) == (True, ("swap", "q4"), "look")
    assert made.rubric == {"accuracy": 5, "tone": 3}
    assert (made.seconds, made.text_version, made.reviewer) == (12.5, "t-1", "rosa")


def test_an_edit_that_changes_nothing_is_an_approval() -> None:
    """And the target that was proposed needs no word."""
    made = _decide(DecisionForm(verdict="edit", output=IDEAL, target="golden"))
    assert (made.verdict, made.output, made.target) == (Verdict.APPROVE, None, None)


def test_approving_what_users_suggest_adopts_their_text() -> None:
    """The decision holds the text that the reviewer saw."""
    made = _decide(DecisionForm("approve"), proposed_output=None, suggested_output="It was 9.")
    assert (made.verdict, made.output) == (Verdict.EDIT, "It was 9.")


def test_a_rejection_goes_nowhere_and_is_not_critical() -> None:
    """What was chosen for an approval does not stick to it."""
    form = DecisionForm("reject", reason="no", target="bank", critical=True, labels="x")
    made = _decide(form)
    assert (made.target, made.critical, made.labels) == (None, None, ("x",))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (DecisionForm("edit", output=" "), "Write the ideal output"),
        (DecisionForm("reject"), "Say why"),
        (DecisionForm("send", sent_to=" "), "Say whom"),
        (DecisionForm("edit", output="x", target="bank", critical=True), "Only a golden case"),
        (DecisionForm("edit", output="x", labels="<script>"), "A label is a word"),
        (DecisionForm("edit", output="x", labels="a," * 21), "20 labels at the most"),
        (DecisionForm("edit", output="x", rubric={"tone": "9"}), "rubric"),
        (DecisionForm("side-A"), "not disputed any more"),
    ],
)
def test_what_does_not_add_up_is_refused_in_a_line(form: DecisionForm, said: str) -> None:
    """The message says what to do and quotes nothing typed."""
    with pytest.raises(InputError, match=said) as refused:
        _decide(form)
    assert "script" not in str(refused.value)


@pytest.mark.parametrize(
    ("needed_for", "asked"), [("golden", True), ("bank", False), ("all", True)]
)
def test_a_rubric_is_asked_where_the_settings_ask(needed_for: str, asked: bool) -> None:
    """A proposal for the golden set, with each setting; a skip never needs one."""
    asks = PageSettings.model_validate({"rubric_for": needed_for, "criteria": ("accuracy", "tone")})
    if asked:
        with pytest.raises(InputError, match="Rate it first, under “More”: tone"):
            _decide(DecisionForm("approve", rubric={"accuracy": "4"}), asks)
    else:
        assert _decide(DecisionForm("approve"), asks).rubric is None
    assert _decide(DecisionForm("skip"), asks).verdict is Verdict.SKIP


def test_without_the_choice_everything_goes_where_it_was_proposed() -> None:
    """A setting for teams whose policy keeps the two apart."""
    asks = PageSettings(choose_target=False)
    assert _decide(DecisionForm("approve", target="bank"), asks).target is None


@pytest.mark.parametrize("seconds", ["", "-1", "nan", "inf", "1e99", "soon"])
def test_seconds_that_cannot_be_are_not_recorded(seconds: str) -> None:
    """A page without script sends none."""
    assert _decide(DecisionForm("skip", seconds=seconds)).seconds is None


def test_settling_as_one_says_is_the_leads_own_decision() -> None:
    """The verdict with all that belongs to it, under the lead's name, marked as settling."""
    sides = sides_of([make_decision("edit", "sam", target="bank"), make_decision("reject", "kim")])
    view = make_view(state="disputed", reviewers=2, given=2)
    made = {
        letter: decide_by(DecisionForm(f"side-{letter}"), view, "lea", ASKS, sides=sides)
        for letter in "AB"
    }
    by_verdict = {one.verdict: one for one in made.values()}
    assert by_verdict[Verdict.EDIT].output == "mine"
    assert by_verdict[Verdict.EDIT].target is Target.BANK
    assert by_verdict[Verdict.REJECT].reason == "no"
    assert {one.reviewer for one in made.values()} == {"lea"}
    assert all(one.adjudicates for one in made.values())
    with pytest.raises(InputError):
        sides.by_letter("C")


def test_reasons_and_words_become_one() -> None:
    """Either is enough."""
    assert reason_of("a", " b ") == "a: b"
    assert reason_of("", "b") == "b"


def test_an_error_of_the_schema_quotes_nothing() -> None:
    """Whatever was typed where it does not belong."""
    values = {"candidate_id": "c", "verdict": "send", "sent_to": " ", "reviewer": "secret"}
    with pytest.raises(InputError) as refused:
        decision_now(values)
    assert "secret" not in str(refused.value)
