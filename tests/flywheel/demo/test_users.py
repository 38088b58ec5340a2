"""What users do: each reaction carries what its signal needs, and says what it gives away."""

from collections import Counter

import pytest

from flywheel.demo.companies import make_companies
from flywheel.demo.people import make_people
from flywheel.demo.questions import Question, ask
from flywheel.demo.seeds import chance, seeds
from flywheel.demo.users import Reaction, react

PERSON = make_people(1)[0]
MISTAKEN = "what a mistaken user claims"


@pytest.fixture(scope="module")
def question() -> Question:
    """One question."""
    return ask(chance(1, "test"), make_companies(1)[0], PERSON)


def _many(question: Question, right: bool, count: int = 3000) -> list[Reaction]:
    random = chance(1, f"reactions {right}")
    return [r for _ in range(count) for r in react(random, PERSON, question, right, MISTAKEN)]


@pytest.mark.parametrize("right", [True, False])
def test_each_signal_comes_as_often_as_the_seeds_say(question: Question, right: bool) -> None:
    """And no other signal."""
    shares = seeds("behaviour")["right" if right else "wrong"]
    counts = Counter(reaction.signal for reaction in _many(question, right))
    assert set(counts) == set(shares)
    for signal, share in shares.items():
        assert counts[signal] / 3000 == pytest.approx(share, abs=0.035), signal


def test_thumbs_follow_the_answer(question: Question) -> None:
    """Up for a right one, down for a wrong one."""
    for right, value in ((True, 1), (False, -1)):
        thumbs = [r.value for r in _many(question, right) if r.signal == "thumbs"]
        assert set(thumbs) == {value}


def test_a_correction_is_the_truth_but_for_some_mistaken_ones(question: Question) -> None:
    """By the share that the seeds say."""
    corrections = [r.correction for r in _many(question, False) if r.signal == "correction"]
    counts = Counter(corrections)
    assert set(counts) == {question.truth, MISTAKEN}
    stated = seeds("behaviour")["texts"]["correction_wrong"]
    assert counts[MISTAKEN] / len(corrections) == pytest.approx(stated, abs=0.08)


def test_every_reaction_carries_what_its_signal_needs(question: Question) -> None:
    """Comments where the format wants text, a share where it wants one."""
    for reaction in _many(question, False) + _many(question, True):
        needs_text = reaction.signal in ("rewrite", "comment", "flag", "follow_up")
        assert bool(reaction.comment) == needs_text
        if reaction.signal == "copy":
            assert reaction.value is not None
            assert 0.5 <= reaction.value <= 1
        assert reaction.delay_s > 0


def test_what_a_text_gives_away_is_listed(question: Question) -> None:
    """Each listed value stands in it, and some texts have some."""
    telling = [r for r in _many(question, False) if r.planted]
    assert telling
    assert all(value in (r.comment or "") for r in telling for value, _ in r.planted)
    silent = [r for r in _many(question, False) if r.comment and not r.planted]
    for value in (PERSON.name, PERSON.email, PERSON.phone, PERSON.card):
        assert not [r for r in silent if value in (r.comment or "")]


def test_a_rewrite_asks_the_question_again(question: Question) -> None:
    """Most of them word for word."""
    rewrites = [r.comment or "" for r in _many(question, False) if r.signal == "rewrite"]
    assert all(question.bare in text for text in rewrites)
