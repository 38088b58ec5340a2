"""P(good): one vote a user and signal, explicit over implicit, evidence that adds up."""

import math
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.signals import (
    Vote,
    count_votes,
    differs,
    replaces_a_number,
    score,
    share_changed,
    sigmoid,
)
from flywheel.weights import PRIOR, VERDICTS, Fitted, weights_version
from schemas.score import Score
from schemas.signal import SIGNALS, Signal

MONDAY = datetime(2025, 1, 6, 9, tzinfo=UTC)
ANSWER = "Revenue was $85.1 million in 2019."


def vote(
    signal: str,
    value: float | None = None,
    *,
    user: str | None = "u-1",
    correction: str | None = None,
    id: str | None = None,
    minute: int = 0,
) -> Vote:
    """A vote whose id is that of its content, unless one is given."""
    name = id or f"{signal}-{value}-{user}-{minute}-{correction}"
    time = MONDAY + timedelta(minutes=minute)
    return Vote(name, time, Signal(signal), user, value, correction)


def judged(*votes: Vote, output: str = ANSWER) -> Score:
    return score("i-1", output, votes, "hash")


def notes(*votes: Vote) -> list[str]:
    return [part.note for part in judged(*votes).evidence]


def votes() -> st.SearchStrategy[Vote]:
    """Any vote that the event format allows."""

    def of(signal: Signal) -> st.SearchStrategy[Vote]:
        rule = SIGNALS[signal]
        values: st.SearchStrategy[float | None]
        if signal is Signal.THUMBS:
            values = st.sampled_from([-1, 1])
        elif rule.low is None:
            values = st.none()
        else:
            high = 1000 if rule.high is None else rule.high
            values = st.floats(rule.low, high) if not rule.whole else st.integers(0, 9)
        text = st.sampled_from(["", "$85.1 million", "$58.1 million", ANSWER])
        return st.builds(
            Vote,
            id=st.text("0123456789abcdef", min_size=8, max_size=8),
            time=st.integers(0, 50).map(lambda m: MONDAY + timedelta(minutes=m)),
            signal=st.just(signal),
            user=st.sampled_from([None, "u-1", "u-2", "u-3"]),
            value=values,
            correction=text if "correction" in rule.texts else st.none(),
        )

    return st.sampled_from(list(Signal)).flatmap(of)


def test_no_feedback_leaves_the_prior() -> None:
    """Silence is no verdict."""
    assert judged().p_good == sigmoid(PRIOR) == 0.5
    assert judged().evidence == ()


@given(st.lists(votes(), max_size=8, unique_by=lambda v: v.id))
def test_the_evidence_adds_up_to_the_score(given: list[Vote]) -> None:
    """A reviewer can check it: the prior and the rows' log-odds are the logit of P(good)."""
    result = judged(*given)
    total = PRIOR + math.fsum(part.log_odds for part in result.evidence)
    assert result.p_good == pytest.approx(sigmoid(total))
    assert 0 <= result.p_good <= 1
    assert sum(part.votes for part in result.evidence) == len(count_votes(given))


@given(st.lists(votes(), max_size=6, unique_by=lambda v: v.id), st.randoms())
def test_the_order_of_the_feedback_does_not_matter(given: list[Vote], random: object) -> None:
    """The same votes in another order are the same score, to the last bit."""
    shuffled = list(given)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert judged(*shuffled) == judged(*given)


@given(st.lists(votes(), max_size=8, unique_by=lambda v: v.id))
def test_what_users_say_is_the_sign_of_the_answer(given: list[Vote]) -> None:
    """Whatever implicit signals pile up, they never turn the explicit verdicts' sum around."""
    said = [v for v in given if v.signal in VERDICTS]
    verdict = judged(*said).p_good - 0.5
    others = [v for v in given if v.signal in VERDICTS or SIGNALS[v.signal].kind == "implicit"]
    both = judged(*others).p_good - 0.5
    assert verdict * both >= 0


def test_one_thumb_outweighs_any_pile_of_implicit_signals() -> None:
    """Forty users who copied and shared do not undo one thumb down."""
    pile = [vote(s, user=f"u-{n}") for n in range(40) for s in ("copy", "share", "accept")]
    assert judged(*pile).p_good > 0.85
    assert judged(*pile, vote("thumbs", -1)).p_good < 0.5


def test_a_later_thumb_of_the_same_user_replaces_the_earlier() -> None:
    """One vote a user and signal, whichever comes in first."""
    before, after = vote("thumbs", -1, minute=1), vote("thumbs", 1, minute=2)
    for order in permutations([before, after]):
        result = judged(*order)
        assert result.p_good == judged(after).p_good
        assert result.evidence[0].votes == 1


def test_at_the_same_time_the_larger_id_wins() -> None:
    """Two votes of one instant have a winner that does not depend on their order."""
    first, second = vote("thumbs", -1, id="a"), vote("thumbs", 1, id="b")
    assert count_votes([first, second]) == count_votes([second, first]) == [second]


def test_feedback_without_a_user_counts_by_event() -> None:
    """Nobody can say whether two unnamed events are one person: each counts."""
    unnamed = [vote("rewrite", user=None, id=f"f-{n}") for n in range(2)]
    assert notes(*unnamed, vote("rewrite")) == [
        "1 user and 2 unnamed visitors rewrote their prompt"
    ]


def test_an_unnamed_event_never_stands_for_a_user_of_that_name() -> None:
    """A user whose key looks like an event's id is still another voter."""
    assert len(count_votes([vote("share", user=None, id="x"), vote("share", user="x")])) == 2


def test_each_direction_has_its_own_row() -> None:
    """Two up and one down are told apart, so that support can be counted."""
    given = [vote("thumbs", 1, user="a"), vote("thumbs", 1, user="b"), vote("thumbs", -1)]
    assert [(p.votes, p.log_odds) for p in judged(*given).evidence] == [(2, 5.0), (1, -2.5)]
    assert notes(*given) == ["2 users gave a thumbs up", "1 user gave a thumbs down"]


def test_more_of_an_answer_copied_says_more() -> None:
    """Signals are read with their value."""
    shares = [judged(vote("copy", share)).p_good for share in (0.1, 0.5, 1.0)]
    assert shares == sorted(shares)
    assert judged(vote("rating", 0.2)).p_good < 0.5 < judged(vote("rating", 0.8)).p_good
    assert judged(vote("rank", 3)).p_good < 0.5 < judged(vote("rank", 0)).p_good


def test_a_correction_says_that_the_answer_was_wrong() -> None:
    """However little it changes: a year is one digit."""
    assert judged(vote("correction", correction="2018"), output="2019").p_good < 0.1


def test_a_correction_that_equals_the_answer_is_agreement() -> None:
    """Case, width and white space do not make a correction."""
    same = vote("correction", correction="REVENUE was  $85.1 million\nin 2019.")
    assert judged(same).p_good > 0.8
    assert notes(same) == ["1 user gave the same answer as the right one"]


def test_a_small_edit_says_nearly_right_and_a_rewrite_says_wrong() -> None:
    """The share that changed is read from the texts when it did not come."""
    kept = vote("edit", correction="Revenue was $85.1 million in 2019")
    rewritten = vote("edit", correction="Ask the finance team about this, please.")
    assert judged(kept).p_good > 0.5 > judged(rewritten).p_good
    assert judged(vote("edit", 0.05, correction=ANSWER + " Thanks.")).p_good > 0.7


def test_an_edit_that_replaces_a_number_is_a_correction_in_all_but_name() -> None:
    """Two digits swapped are a small edit and a wrong answer."""
    swapped = vote("edit", 0.02, correction="Revenue was $58.1 million in 2019.")
    assert judged(swapped).p_good < 0.2
    assert notes(swapped) == ["1 user changed it: 2% edited"]


@pytest.mark.parametrize(
    ("edited", "replaced"),
    [
        ("Revenue was $85.1 million.", False),
        ("Revenue was $85.1 million in 2019, up from $70 million.", False),
        ("Revenue was $85.1 million in 2018.", True),
        ("Revenue was $85.1 million in FY 2019", False),
    ],
)
def test_a_number_is_replaced_when_one_goes_and_another_comes(edited: str, replaced: bool) -> None:
    """To drop or to add a number is an edit of another kind."""
    assert replaces_a_number(ANSWER, edited) is replaced


def test_thousands_separators_are_no_other_number() -> None:
    """1,234 and 1234 are the same figure."""
    assert not replaces_a_number("1,234 in all", "1234 in all")


def test_a_comment_beside_praise_of_the_same_user_is_no_complaint() -> None:
    """Comments carry no polarity: alone they lean to a complaint, beside a thumb up to nothing."""
    up, words = vote("thumbs", 1), vote("comment")
    assert judged(words).p_good < 0.5
    assert judged(up, words).p_good == judged(up).p_good
    assert "1 user left a comment beside praise" in notes(up, words)
    assert judged(up, vote("comment", user="u-2")).p_good < judged(up).p_good


def test_flags_weigh_most_and_waiting_says_next_to_nothing() -> None:
    """The strengths keep their order."""
    ranked = [
        judged(vote("flag")),
        judged(vote("thumbs", -1)),
        judged(vote("rewrite")),
        judged(vote("regenerate")),
        judged(vote("dismiss")),
        judged(vote("comment")),
        judged(vote("abandon")),
        judged(vote("dwell", 0)),
        judged(vote("follow_up")),
        judged(),
        judged(vote("dwell", 120)),
        judged(vote("copy")),
        judged(vote("share")),
        judged(vote("thumbs", 1)),
    ]
    assert [one.p_good for one in ranked] == sorted(one.p_good for one in ranked)


@pytest.mark.parametrize(
    ("given", "note"),
    [
        (vote("rating", 0.8), "1 user rated it 80%"),
        (vote("copy", 0.6), "1 user copied 60% of it"),
        (vote("copy"), "1 user copied it"),
        (vote("correction", correction="no"), "1 user corrected it"),
        (vote("flag"), "1 user flagged it"),
        (vote("dwell", 42), "1 user stayed on it for 42 s"),
        (vote("rank", 0), "1 user ranked it among the best answers"),
        (vote("rank", 4), "1 user ranked it below other answers"),
        (vote("edit", 0.9, correction="another"), "1 user changed it: 90% edited"),
        (vote("follow_up", user=None), "1 unnamed visitor asked a further question"),
    ],
)
def test_the_evidence_is_in_words(given: Vote, note: str) -> None:
    """A reviewer reads what was done, not a weight."""
    assert notes(given) == [note]


@given(votes())
def test_every_possible_vote_has_words(given: Vote) -> None:
    """No signal, value or direction is without a sentence."""
    [part] = judged(given).evidence
    assert part.note.split(" ", 2)[0] == "1"
    assert part.kind == SIGNALS[given.signal].kind


def test_extreme_log_odds_do_not_overflow() -> None:
    """A thousand thumbs are sure, not an error."""
    assert judged(*[vote("thumbs", -1, user=f"u-{n}") for n in range(1000)]).p_good < 1e-300
    assert sigmoid(1e6) == 1 and sigmoid(-1e6) == 0


def test_the_share_changed_counts_words() -> None:
    """0 for the same words in other case, 1 for nothing in common."""
    assert share_changed("The answer", "the  ANSWER") == 0
    assert share_changed("one two", "three four") == 1
    assert 0 < share_changed("one two three", "one two four") < 1
    assert differs("one", "two") and not differs("One ", "one")


def factors() -> st.SearchStrategy[dict[Signal, float]]:
    """Any that a fit could find."""
    return st.fixed_dictionaries({signal: st.floats(0.01, 5) for signal in Signal})


@given(st.lists(votes(), max_size=8, unique_by=lambda v: v.id), factors(), st.floats(-2, 2))
def test_fitted_weights_keep_every_rule(
    given: list[Vote], factors: dict[Signal, float], prior: float
) -> None:
    """The evidence adds up from the fitted prior, and what users say stays the sign."""
    fitted = Fitted(prior, factors)
    result = score("i-1", ANSWER, given, "hash", fitted=fitted)
    total = prior + math.fsum(part.log_odds for part in result.evidence)
    assert result.p_good == pytest.approx(sigmoid(total))
    assert result.weights_version == weights_version(fitted)
    said = [v for v in given if v.signal in VERDICTS]
    others = [v for v in given if v.signal in VERDICTS or SIGNALS[v.signal].kind == "implicit"]
    verdict, both = (
        math.fsum(part.log_odds for part in score("i", ANSWER, some, "", fitted=fitted).evidence)
        for some in (said, others)
    )
    assert verdict * both >= 0


def test_factors_of_one_are_the_table() -> None:
    """A fit that found what was thought changes no score."""
    given = (vote("thumbs", -1), vote("copy", 0.7), vote("edit", user="u-2", correction="$1"))
    same = score("i-1", ANSWER, given, "hash", fitted=Fitted(PRIOR, dict.fromkeys(Signal, 1.0)))
    assert same.evidence == judged(*given).evidence
    assert same.p_good == judged(*given).p_good
