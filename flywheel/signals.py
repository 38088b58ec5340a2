"""P(good) of an answer from what users did with it: a log-odds sum with its evidence.

Each vote adds the log-likelihood ratio of its signal to the prior, as if signals were independent
given the answer (naive Bayes; I. J. Good, "Probability and the Weighing of Evidence", 1950). What
keeps that honest: one vote a user and signal, and bounds on implicit signals (`weights`).
"""

import difflib
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from flywheel.dedupe import normalise
from flywheel.evidence import describe
from flywheel.weights import (
    AGREEMENT,
    IMPLICIT_BOUND,
    NUMBER_REPLACED,
    OVERRULED,
    PRIOR,
    VERDICTS,
    WEIGHTS,
    Fitted,
    weights_version,
)
from schemas.score import Evidence, Score
from schemas.signal import SIGNALS, Signal

_NUMBER: Final = re.compile(r"\d(?:[\d.,]*\d)?")


class Vote(NamedTuple):
    """One piece of feedback, as far as scoring needs it."""

    id: str
    time: datetime
    signal: Signal
    user: str | None = None
    value: float | None = None
    correction: str | None = None


class _Weighed(NamedTuple):
    vote: Vote
    log_odds: float


def score(
    interaction_id: str,
    output: str,
    votes: Iterable[Vote],
    feedback_hash: str,
    version: str | None = None,
    fitted: Fitted | None = None,
) -> Score:
    """P(good) of one answer; the evidence's log-odds and the prior sum to its logit.

    The same votes give the same score in whatever order they come. `version` is that of the
    weights, for callers that score many and hash the table once; `fitted` is what decisions made
    of them.
    """
    counted = count_votes(votes)
    praised = {vote.user for vote in counted if vote.user and _is_praise(vote)}
    weighed = [
        _Weighed(vote, _factor(vote, fitted) * _log_odds(vote, output, praised)) for vote in counted
    ]
    weighed = _bound_implicit(weighed)
    evidence = _evidence(weighed)
    return Score(
        interaction_id=interaction_id,
        p_good=sigmoid(prior_of(fitted) + math.fsum(part.log_odds for part in evidence)),
        evidence=evidence,
        weights_version=weights_version(fitted) if version is None else version,
        feedback_hash=feedback_hash,
    )


def prior_of(fitted: Fitted | None) -> float:
    """Log-odds of an answer that nobody said or did anything about."""
    return PRIOR if fitted is None else fitted.prior


def sigmoid(log_odds: float) -> float:
    """The probability of these log-odds, without overflow."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


def count_votes(votes: Iterable[Vote]) -> list[Vote]:
    """One vote a user and signal, the newest; feedback without a user counts each event once."""
    newest: dict[tuple[str, str], Vote] = {}
    for vote in votes:
        voter = ("event " + vote.id) if vote.user is None else ("user " + vote.user)
        before = newest.get((voter, vote.signal))
        if before is None or (before.time, before.id) < (vote.time, vote.id):
            newest[voter, vote.signal] = vote
    return sorted(newest.values(), key=lambda vote: (vote.signal, vote.time, vote.id))


def differs(output: str, correction: str) -> bool:
    """Whether a correction says something else than the answer."""
    return normalise(output) != normalise(correction)


def replaces_a_number(output: str, edited: str) -> bool:
    """Whether a number of the answer is gone and another one stands in the edited text."""
    before, after = _numbers(output), _numbers(edited)
    return bool(before - after) and bool(after - before)


def share_changed(output: str, edited: str) -> float:
    """How much of a text an edit changed, by words: 0 nothing, 1 all (Ratcliff/Obershelp)."""
    before, after = normalise(output).split(), normalise(edited).split()
    if before == after:
        return 0.0
    return 1 - difflib.SequenceMatcher(None, before, after).ratio()


def _numbers(text: str) -> set[str]:
    return {match.replace(",", "") for match in _NUMBER.findall(text)}


def _is_praise(vote: Vote) -> bool:
    return vote.signal in (Signal.THUMBS, Signal.RATING) and WEIGHTS[vote.signal].of(vote.value) > 0


def _factor(vote: Vote, fitted: Fitted | None) -> float:
    return 1.0 if fitted is None else fitted.factors.get(vote.signal, 1.0)


def _log_odds(vote: Vote, output: str, praised: set[str]) -> float:
    weight = WEIGHTS[vote.signal]
    if vote.signal is Signal.COMMENT and vote.user in praised:
        return 0.0
    if vote.correction is None:
        return weight.of(vote.value)
    if vote.signal is Signal.CORRECTION:
        return weight.of(None) if differs(output, vote.correction) else AGREEMENT
    if replaces_a_number(output, vote.correction):
        return NUMBER_REPLACED
    value = vote.value
    return weight.of(share_changed(output, vote.correction) if value is None else value)


def _bound_implicit(weighed: Sequence[_Weighed]) -> list[_Weighed]:
    """Scale the implicit votes so that their sum stays in its bound, and below the verdicts."""
    implicit = math.fsum(w.log_odds for w in weighed if SIGNALS[w.vote.signal].kind == "implicit")
    verdicts = math.fsum(w.log_odds for w in weighed if w.vote.signal in VERDICTS)
    bound = IMPLICIT_BOUND
    if implicit * verdicts < 0:
        bound = min(bound, OVERRULED * abs(verdicts))
    if abs(implicit) <= bound:
        return list(weighed)
    factor = bound / abs(implicit)
    return [
        w._replace(log_odds=w.log_odds * factor) if SIGNALS[w.vote.signal].kind == "implicit" else w
        for w in weighed
    ]


def _evidence(weighed: Sequence[_Weighed]) -> tuple[Evidence, ...]:
    """One row for each signal and direction, the weightiest first."""
    groups: dict[tuple[Signal, int], list[_Weighed]] = defaultdict(list)
    for w in weighed:
        groups[w.vote.signal, (w.log_odds > 0) - (w.log_odds < 0)].append(w)
    rows = [
        Evidence(
            signal=signal,
            kind=SIGNALS[signal].kind,
            votes=len(group),
            log_odds=math.fsum(w.log_odds for w in group),
            note=describe(
                signal,
                sign,
                users=sum(w.vote.user is not None for w in group),
                unnamed=sum(w.vote.user is None for w in group),
                values=[w.vote.value for w in group],
            ),
        )
        for (signal, sign), group in groups.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-abs(row.log_odds), row.signal)))
