"""Whether each number of an answer stands in the sources or follows from them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flywheel.derivation import evaluate_derivation
from flywheel.numbers import Number, find_numbers, same_number
from flywheel.rows import content_words
from flywheel.scorers.base import Case
from schemas.evaluation import CaseScore

_YEAR: Final = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Grounded:
    """The share of the answer's numbers that stand in the context, the question or an earlier
    turn, or follow from the derivation in the case's tags.

    A number matches with or without the scale that a table's heading gives, and without its sign.
    A case without a derivation of its own lets its reviewed ideal answer stand for it.
    """

    name: str = "grounded"
    version: str = "1"

    def score(self, case: Case, answer: str) -> CaseScore:
        """Not applicable to an answer without numbers."""
        numbers = find_numbers(answer)
        if not numbers:
            return self._result(None, "no number in the answer")
        sources = "\n".join((*case.context, case.question, *case.history))
        derivation = case.tags.get("derivation", "")
        known = find_numbers(sources if derivation else f"{sources}\n{case.ideal}")
        years = {word for word in content_words(sources) if _YEAR.fullmatch(word)}
        steps = evaluate_derivation(derivation) if derivation else []
        invented = [n for n in numbers if not _is_grounded(n, known, years, steps)]
        share = 1 - len(invented) / len(numbers)
        if not invented:
            return self._result(1.0, "every number stands in the sources or follows from them")
        return self._result(share, f"{len(invented)} of {len(numbers)} numbers from nowhere")

    def _result(self, value: float | None, reason: str) -> CaseScore:
        return CaseScore(
            scorer=self.name,
            version=self.version,
            value=value,
            status="not_applicable" if value is None else "scored",
            reason=reason,
        )


def _is_grounded(
    number: Number, known: list[Number], years: set[str], steps: list[Decimal]
) -> bool:
    if number.year and str(number.written) in years:
        return True
    if any(_stands(number, other) for other in known):
        return True
    return any(_follows(number, step) for step in steps)


def _stands(number: Number, other: Number) -> bool:
    if number.written == other.written or abs(number.value) == abs(other.value):
        return True
    return number.percent == other.percent and (
        same_number(other, number) and number.rounded and other.step < number.step
    )


def _follows(number: Number, step: Decimal) -> bool:
    """Whether a derived value, or that value as a percentage, rounds to the number."""
    place = Decimal(10) ** min(int(number.written.as_tuple().exponent), 0)
    candidates = [abs(step), abs(step) * 100]
    return any(abs(number.written - value) <= place / 2 for value in candidates) or any(
        abs(abs(number.value) - value) <= number.step / 2 for value in candidates
    )
