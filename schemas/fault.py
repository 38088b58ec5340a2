"""Why a line did not go in: a place, a reason code and a hash, never its text."""

from enum import StrEnum
from typing import Literal

from schemas.base import Record


class Reason(StrEnum):
    """The reason codes of malformed lines; an expectation that failed gives its own name."""

    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    NOT_OBJECT = "not_object"
    TYPE_MISSING = "type_missing"
    TYPE_UNKNOWN = "type_unknown"
    KEY_MISSING = "key_missing"
    KEY_TYPE = "key_type"
    KEY_TWICE = "key_twice"
    STRING_EMPTY = "string_empty"
    LIST_EMPTY = "list_empty"
    TIME_INVALID = "time_invalid"
    NUMBER_RANGE = "number_range"
    NUMBER_NOT_FINITE = "number_not_finite"
    ROLE_UNKNOWN = "role_unknown"
    PART_UNKNOWN = "part_unknown"
    SIGNAL_UNKNOWN = "signal_unknown"
    VALUE_MISSING = "value_missing"
    VALUE_RANGE = "value_range"
    COMMENT_MISSING = "comment_missing"
    COMMENT_EMPTY = "comment_empty"
    CORRECTION_MISSING = "correction_missing"
    CORRECTION_EMPTY = "correction_empty"
    LINE_TOO_LONG = "line_too_long"
    SCRUB_FAILED = "scrub_failed"
    SCRUB_TIMEOUT = "scrub_timeout"
    TEXT_TOO_LONG = "text_too_long"
    LANGUAGE_UNKNOWN = "language_unknown"


class Fault(Record):
    """One line in quarantine."""

    source: str
    line: int
    """1-based; for Parquet the row."""
    offset: int
    """Bytes from the start of the (uncompressed) source; for Parquet the row, 0-based."""
    reason: str
    """A `Reason`, or the name of the expectation that the row failed."""
    field: str | None = None
    """The key that broke the rule, as a path of known keys."""
    sha256: str
    """Of the line's bytes without its end of line."""
    stage: Literal["parse", "scrub", "validate"]
