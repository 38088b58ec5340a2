"""Precision, recall and F2 of what was found, by type, over characters and over entities."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.eval_scrub.cases import Case, Label

SAME: Final = 0.5
"""Characters that a finding and a label share, of those that either has, to be the same entity."""

ALL: Final = "all"
ANY: Final = "any type"


@dataclass(frozen=True)
class Score:
    """Counts of one type, over characters or entities."""

    right: int
    found: int
    labelled: int

    @property
    def precision(self) -> float:
        """What of the found is labelled; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """What of the labelled is found; 1 where nothing is labelled."""
        return self.right / self.labelled if self.labelled else 1.0

    @property
    def f2(self) -> float:
        """F-measure in which recall weighs twice: a leak costs more than a lost figure."""
        weighed = 4 * self.precision + self.recall
        return 5 * self.precision * self.recall / weighed if weighed else 0.0


@dataclass
class _Tally:
    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    labelled: Counter[str] = field(default_factory=Counter)

    def scores(self) -> dict[str, Score]:
        types = sorted({*self.found, *self.labelled} - {ALL, ANY})
        rows = [*types, *(row for row in (ALL, ANY) if row in self.labelled)]
        return {row: Score(self.right[row], self.found[row], self.labelled[row]) for row in rows}


def score_characters(cases: Iterable[Case], found: Iterable[Sequence[Label]]) -> dict[str, Score]:
    """Each character with its type; "any type" asks only whether it is gone."""
    tally = _Tally()
    for case, labels in zip(cases, found, strict=True):
        truth, guess = _typed(case.text, case.labels), _typed(case.text, labels)
        for true, said in zip(truth, guess, strict=True):
            if true:
                tally.labelled.update((true, ALL, ANY))
            if said:
                tally.found.update((said, ALL, ANY))
            if true and said:
                tally.right[ANY] += 1
            if true and true == said:
                tally.right.update((true, ALL))
    return tally.scores()


def score_entities(cases: Iterable[Case], found: Iterable[Sequence[Label]]) -> dict[str, Score]:
    """Each entity that has the label's type and at least half of its extent."""
    tally = _Tally()
    for case, labels in zip(cases, found, strict=True):
        tally.labelled.update(kind for label in case.labels for kind in (label.type, ALL))
        tally.found.update(kind for label in labels for kind in (label.type, ALL))
        left = list(labels)
        for label in case.labels:
            if same := next((one for one in left if _is_same(one, label)), None):
                left.remove(same)
                tally.right.update((label.type, ALL))
    return tally.scores()


def _typed(text: str, labels: Iterable[Label]) -> list[str]:
    types = [""] * len(text)
    for label in labels:
        for at in range(label.start, label.end):
            if not text[at].isspace():
                types[at] = label.type
    return types


def _is_same(one: Label, other: Label) -> bool:
    both = min(one.end, other.end) - max(one.start, other.start)
    either = max(one.end, other.end) - min(one.start, other.start)
    return one.type == other.type and both / either >= SAME
