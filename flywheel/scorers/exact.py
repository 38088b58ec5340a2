"""Exact match after normalisation."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from flywheel.scorers.base import Case
from schemas.evaluation import CaseScore

_ARTICLES: Final = re.compile(r"\b(?:a|an|the)\b\s*")
_EDGES: Final = " \t\n.,;:!?\"'“”‘’`*_()[]"
_ITEMS: Final = re.compile(r"(?<!\d),\s*|,\s+|;\s*|\n+|,?\s+and\s+")


def normalise_answer(text: str) -> str:
    """NFKC, casefolded, one space between words, without articles and punctuation at the ends.

    As in SQuAD's evaluation (Rajpurkar et al. 2016), except that inner punctuation stays: it
    tells 1.5 from 15.
    """
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    text = re.sub(r"\s+", " ", _ARTICLES.sub("", text))
    return text.strip(_EDGES)


@dataclass(frozen=True)
class Exact:
    """1 where the answers are equal, or list the same items in another order; else 0."""

    name: str = "exact"
    version: str = "1"

    def score(self, case: Case, answer: str) -> CaseScore:
        """Always scored."""
        ideal, given = normalise_answer(case.ideal), normalise_answer(answer)
        if ideal == given:
            return self._result(1.0, "equal")
        if len(_items(ideal)) > 1 and _items(ideal) == _items(given):
            return self._result(1.0, "the same items in another order")
        return self._result(0.0, "the answer is empty" if not given else "not equal")

    def _result(self, value: float, reason: str) -> CaseScore:
        return CaseScore(
            scorer=self.name, version=self.version, value=value, status="scored", reason=reason
        )


def _items(text: str) -> list[str]:
    return sorted(item for part in _ITEMS.split(text) if (item := part.strip(_EDGES)))
