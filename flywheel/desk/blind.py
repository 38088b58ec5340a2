"""What is told of a case that two judge, before it is settled: to nobody who they are, and each
verdict to who gave it alone until both are there.

While one is missing, leads may still be the second; while the two differ, whoever may settle it
has to do so by what was said. The audit, too, is read by those who settle.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from flywheel.desk.records import Made, Viewer
from schemas.decision import JUDGEMENTS, Decision

UNSETTLED: Final = "reviewers > 1 AND decision_id IS NULL"
"""Of a row of `cases`; one that was settled and is back keeps what everybody knew."""
COLLEAGUE: Final = "A colleague"
"""Who has such a case open: perhaps one of the two."""
_LETTERS: Final = "ABCDEFGH"


def is_unsettled(row: Mapping[str, Any]) -> bool:
    """The same in Python."""
    return row["reviewers"] > 1 and row["decision_id"] is None


def told_given(row: Mapping[str, Any]) -> int:
    """How many have judged a case; that one has is for nobody to know who may be the second."""
    blind = is_unsettled(row) and row["state"] == "pending"
    return 0 if blind else int(row["given"])


def told_others(row: Mapping[str, Any], made: Iterable[Made], viewer: Viewer) -> tuple[Made, ...]:
    """Everybody else's decisions that stand, the newest first, as far as this viewer may know."""
    all = tuple(made)
    others = [m for m in reversed(all) if m.decision.reviewer != viewer.name and not m.undone]
    if row["reviewers"] == 1 or row["state"] in ("approved", "rejected"):
        return tuple(others)
    if row["state"] != "disputed" or not viewer.adjudicates:
        return ()
    if not is_unsettled(row):
        return tuple(others)
    own = any(is_verdict(m) and m.decision.reviewer == viewer.name for m in all)
    return () if own else _nameless(filter(is_verdict, others))


def in_order(made: Iterable[Made]) -> list[Made]:
    """In an order that tells neither time nor name: ids are hashes."""
    return sorted(made, key=lambda one: one.decision_id)


def _nameless(verdicts: Iterable[Made]) -> tuple[Made, ...]:
    newest: dict[str, Made] = {}
    for one in verdicts:  # the newest first
        newest.setdefault(one.decision.reviewer, one)
    lettered = zip(_LETTERS, in_order(newest.values()), strict=False)
    return tuple(
        one._replace(decision=one.decision.model_copy(update={"reviewer": letter}))
        for letter, one in lettered
    )


def is_verdict(made: Made) -> bool:
    """Whether it is what one of those who judge a case says of it, and stands."""
    decision = made.decision
    return decision.verdict in JUDGEMENTS and not made.undone and not decision.adjudicates


class Withheld(NamedTuple):
    """What the audit does not tell yet."""

    blind: frozenset[str]
    """Cases that two still judge."""
    disputed: frozenset[str]
    """Cases on which two differ."""

    def tells(self, decision: Decision, name: str) -> bool:
        """Whether somebody of this name is told a decision."""
        return decision.reviewer == name or decision.candidate_id not in self.blind

    def names(self, decision: Decision, name: str) -> bool:
        """Whether they are told whose it is."""
        return decision.reviewer == name or decision.candidate_id not in self.disputed
