"""Examples reviewed elsewhere, line by line: new, there already, or refused and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import ValidationError

from flywheel.frame import texts_of
from flywheel.promote import Side, leaks
from flywheel.sources.lines import RawLine
from schemas.base import Record
from schemas.candidate import Target
from schemas.decision import Label
from schemas.event import Interaction, Tags
from schemas.example import ImportedExample

ID_TAKEN: Final = "its id is used by another example"
REJECTED: Final = "a reviewer rejected this case"
OTHER_OUTPUT: Final = "its case is there already, with another ideal output"
NOT_GOLDEN: Final = "critical: only a golden case can be critical"
OUTPUT_EMPTY: Final = "output: must not be empty"

_KNOWN_KEYS: Final = {*ImportedExample.model_fields, "role", "content", "text"}
_BOM: Final = b"\xef\xbb\xbf"


class Marked(Interaction):
    """An example of a file, with the reviewer's marks."""

    critical: bool = False
    labels: tuple[Label, ...] = ()


class RefusedLine(Record):
    """A line that did not go in."""

    line: int
    """1-based."""
    reason: str
    """In words; never quotes the line."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One line, scrubbed."""

    line: int
    example: Marked
    case_id: str
    question_key: str
    core_id: str
    """See `clusters.core_of`."""
    cluster_id: str = ""
    """The case of all its wordings, once the store was asked."""

    @property
    def in_cluster(self) -> str:
        """What tells its case from others."""
        return self.cluster_id or self.case_id


@dataclass(frozen=True, slots=True)
class Known:
    """What the store has for the id or the case of a line."""

    candidate_id: str
    example_id: str
    case_id: str
    target: Target
    state: str
    proposed_output: str | None
    approved_output: str | None
    feature: str | None
    tenant: str | None
    tags: Tags


@dataclass(slots=True)
class Settled:
    """What becomes of the lines of a batch."""

    new: list[Incoming] = field(default_factory=list)
    adopted: list[tuple[str, Incoming]] = field(default_factory=list)
    """Lines whose case waits for a decision, with its candidate: the line decides it."""
    unchanged: int = 0
    refused: list[RefusedLine] = field(default_factory=list)


def parse_example(line: RawLine, now: datetime, max_chars: int) -> Marked | str | None:
    """The example as an interaction at `now`, why it is refused, or None for a blank line."""
    if line.fault is not None:
        return "longer than FLYWHEEL_INGEST__MAX_LINE_BYTES"
    data = line.data.removeprefix(_BOM) if line.offset == 0 else line.data
    if not data.strip():
        return None
    try:
        parsed = ImportedExample.model_validate_json(data)
    except ValidationError as error:
        return _rule(error.errors(include_input=False, include_context=False, include_url=False)[0])
    if not parsed.output.strip():
        return OUTPUT_EMPTY
    content = {name: getattr(parsed, name) for name in ImportedExample.model_fields}
    example = Marked.model_validate({"type": "interaction", "time": now.isoformat(), **content})
    if any(len(text) > max_chars for _, text in texts_of(example)):
        return "a text is longer than FLYWHEEL_SCRUB__MAX_CHARS"
    return example


def settle(
    lines: Iterable[Incoming], known: Iterable[Known], target: Target, other: Side
) -> Settled:
    """Hold scrubbed lines against what is known; the first of two lines of one case counts.

    `known` covers the ids and cases of the lines, `other` is the side that they must not touch.
    """
    settled = Settled()
    by_id: dict[str, Known] = {}
    by_case: dict[str, Known] = {}
    for one in known:
        by_id[one.example_id] = one
        if one.target is target:
            by_case[one.case_id] = one
    for line in lines:
        fate, reason = _fate(line, by_id, by_case, target, other)
        if fate == "refused":
            settled.refused.append(RefusedLine(line=line.line, reason=reason))
        elif fate == "unchanged":
            settled.unchanged += 1
        elif fate == "adopted":
            candidate = by_case[line.in_cluster]
            settled.adopted.append((candidate.candidate_id, line))
            by_case[line.in_cluster] = _approved(line, target, candidate.candidate_id)
        else:
            settled.new.append(line)
            by_id[line.example.id] = by_case[line.in_cluster] = _approved(line, target, "")
    return settled


def _fate(
    line: Incoming,
    by_id: dict[str, Known],
    by_case: dict[str, Known],
    target: Target,
    other: Side,
) -> tuple[Literal["new", "adopted", "unchanged", "refused"], str]:
    if line.example.critical and target is Target.BANK:
        return "refused", NOT_GOLDEN
    leak = leaks(line.in_cluster, line.question_key, other)
    if leak is not None:
        return "refused", leak
    same_id = by_id.get(line.example.id)
    if same_id is not None:
        same = _same(same_id, line, target)
        return ("unchanged", "") if same else ("refused", ID_TAKEN)
    same_case = by_case.get(line.in_cluster)
    if same_case is None:
        return "new", ""
    if same_case.state == "rejected":
        return "refused", REJECTED
    if same_case.state == "pending":
        return "adopted", ""
    same = same_case.approved_output == line.example.output
    return ("unchanged", "") if same else ("refused", OTHER_OUTPUT)


def _same(known: Known, line: Incoming, target: Target) -> bool:
    example = line.example
    return (
        known.target is target
        and known.case_id == line.in_cluster
        and known.proposed_output == example.output
        and known.feature == example.feature
        and known.tenant == example.tenant
        and known.tags == example.tags
    )


def _approved(line: Incoming, target: Target, candidate_id: str) -> Known:
    example = line.example
    return Known(
        candidate_id=candidate_id,
        example_id=example.id,
        case_id=line.in_cluster,
        target=target,
        state="approved",
        proposed_output=example.output,
        approved_output=example.output,
        feature=example.feature,
        tenant=example.tenant,
        tags=example.tags,
    )


def _rule(problem: Any) -> str:
    """Where and which rule; a key that somebody made up is not named."""
    path: list[str] = []
    for part in problem["loc"]:
        if isinstance(part, int) or part in _KNOWN_KEYS:
            path.append(str(part))
        if part == "tags":
            break
    return f"{'.'.join(path) or 'line'}: {problem['msg']}"
