"""Batch expectations: which rows may go into the store, and static pages that show the counts."""

from flywheel.validate.docs import build_data_docs
from flywheel.validate.results import Expectation, Validation
from flywheel.validate.suites import validate_feedback, validate_interactions

__all__ = [
    "Expectation",
    "Validation",
    "build_data_docs",
    "validate_feedback",
    "validate_interactions",
]
