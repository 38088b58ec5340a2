"""A raw line becomes an event, or a fault that names the rule it broke and never quotes it."""

from collections import Counter
from json import JSONDecoder
from typing import Any, Final

from pydantic import ValidationError

from flywheel.sources.lines import RawLine
from schemas.event import EVENT, Feedback, Interaction
from schemas.fault import Fault, Reason

_BOM: Final = b"\xef\xbb\xbf"

KNOWN_KEYS: Final = frozenset(Interaction.model_fields) | frozenset(Feedback.model_fields) | {
    "role",
    "content",
    "text",
    "name",
    "version",
    "release",
    "ids",
    "withheld",
    "probability",
    "input_tokens",
    "output_tokens",
}  # fmt: skip

_BY_ERROR: Final = {
    "json_invalid": Reason.NOT_JSON,
    "dict_type": Reason.NOT_OBJECT,
    "union_tag_not_found": Reason.TYPE_MISSING,
    "union_tag_invalid": Reason.TYPE_UNKNOWN,
    "missing": Reason.KEY_MISSING,
    "too_short": Reason.LIST_EMPTY,
    "greater_than_equal": Reason.NUMBER_RANGE,
    "less_than_equal": Reason.NUMBER_RANGE,
    "finite_number": Reason.NUMBER_NOT_FINITE,
    "enum": Reason.SIGNAL_UNKNOWN,
}


class _BrokenRule(Exception):
    """A rule that a validated event no longer shows."""

    def __init__(self, reason: Reason, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


def _refuse_twins(pairs: list[tuple[str, Any]]) -> None:
    """Of a key that comes twice readers take the first or the last: the scrubber must not guess."""
    if len({key for key, _ in pairs}) != len(pairs):
        names = Counter(key for key, _ in pairs)
        twin = next(name for name, count in names.items() if count > 1)
        raise _BrokenRule(Reason.KEY_TWICE, twin if twin in KNOWN_KEYS else None)


def _refuse_constant(name: str) -> None:
    raise _BrokenRule(Reason.NUMBER_NOT_FINITE)


_STRICT: Final = JSONDecoder(
    object_pairs_hook=_refuse_twins,
    parse_constant=_refuse_constant,
    parse_int=len,  # a number of any length costs nothing
    parse_float=len,
)
_OWN_CODES: Final = frozenset(Reason)


def parse_line(line: RawLine, source: str) -> Interaction | Feedback | Fault | None:
    """The event of a line, its fault, or None for a blank line.

    The fault's reason is that of the first broken rule in the order of the event format.
    """
    if line.fault is not None:
        return fault_of(line, source, line.fault)
    data = line.data.removeprefix(_BOM) if line.offset == 0 else line.data
    if not data.strip():
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return fault_of(line, source, Reason.NOT_UTF8)
    try:
        event = EVENT.validate_json(data)
        _STRICT.decode(text)
        return event
    except _BrokenRule as broken:
        return fault_of(line, source, broken.reason, field=broken.field)
    except ValidationError as error:
        problem = _first_problem(error)
    reason = _reason_of(problem)
    return fault_of(line, source, reason, field=_path_of(problem["loc"]) or _field_of(reason))


def fault_of(
    line: RawLine, source: str, reason: str, *, field: str | None = None, stage: Any = "parse"
) -> Fault:
    """The fault of a line: its place, its hash and a reason."""
    return Fault(
        source=source,
        line=line.number,
        offset=line.offset,
        reason=str(reason),
        field=field,
        sha256=line.sha256,
        stage=stage,
    )


def may_still_grow(line: RawLine, fault: Fault) -> bool:
    """Whether a last line without an end of line is a line half written, not a broken one."""
    half = (Reason.NOT_JSON, Reason.NOT_UTF8, Reason.NOT_OBJECT, Reason.LINE_TOO_LONG)
    return not line.terminated and fault.reason in half


def _first_problem(error: ValidationError) -> Any:
    problems = error.errors(include_input=False, include_context=False, include_url=False)
    # `content` is a string or a list: each branch complains, and the list's complaint tells more
    # unless what stands there is no list at all.
    in_list = [p for p in problems if "list[TextPart]" in p["loc"] and p["type"] != "list_type"]
    if in_list and problems[0]["loc"][-1] == "str":
        return in_list[0]
    return problems[0]


def _reason_of(problem: Any) -> Reason:
    code, loc = problem["type"], problem["loc"]
    if code in _OWN_CODES:
        return Reason(code)
    if code == "literal_error":
        return Reason.ROLE_UNKNOWN if loc[-1] == "role" else Reason.PART_UNKNOWN
    if code == "dict_type" and loc:
        return Reason.KEY_TYPE
    if code not in _BY_ERROR and loc[-1:] == ("time",):
        return Reason.TIME_INVALID
    return _BY_ERROR.get(code, Reason.KEY_TYPE)


def _field_of(reason: Reason) -> str | None:
    """Rules across keys complain about the whole event; their codes begin with the key."""
    key = reason.value.split("_")[0]
    return key if key in KNOWN_KEYS else None


def _path_of(loc: tuple[int | str, ...]) -> str | None:
    """The known keys on the way to the problem; a key that a user made up is not named."""
    path: list[str] = []
    for part in loc[1:]:
        if part in KNOWN_KEYS:
            path.append(str(part))
        if part == "tags":
            break
    return ".".join(path) or None
