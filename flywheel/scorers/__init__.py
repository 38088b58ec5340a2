"""Scorers, one a file, and which of them decides about a case."""

from typing import Final

from flywheel.scorers.base import Case, Scorer, case_of
from flywheel.scorers.exact import Exact
from flywheel.scorers.grounded import Grounded
from flywheel.scorers.numeric import Numeric
from flywheel.scorers.refusal import Refusal

SCORERS: Final[tuple[Scorer, ...]] = (Exact(), Numeric(), Grounded(), Refusal())
"""The scorers that need no model, in the order of the report."""

__all__ = ["SCORERS", "Case", "Scorer", "case_of"]
