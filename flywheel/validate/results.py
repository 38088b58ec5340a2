"""What a suite found: counts by expectation and the rows that failed, never a value."""

from schemas.base import Record


class Expectation(Record):
    """One expectation's counts."""

    name: str
    """Great Expectations' own name with the column: `expect_column_values_to_be_between(value)`."""
    success: bool
    unexpected: int
    checked: int


class Validation(Record):
    """One batch against one suite."""

    results: tuple[Expectation, ...]
    failures: dict[int, str]
    """Row position in the frame to the name of the first expectation that it failed."""
