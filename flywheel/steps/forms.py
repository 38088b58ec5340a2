"""Takes the queue to other labelling tools, and their answers in as decisions."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, Literal, NamedTuple

from flywheel.decisions import Given, check_time, decision_id, stored_decision
from flywheel.desk.outbox import settle
from flywheel.desk.records import text_version
from flywheel.errors import InputError
from flywheel.forms import FORMS, Tool
from flywheel.forms.people import Named
from flywheel.forms.questions import Answered, Reviewed, decisions_of
from flywheel.lines import write_bytes
from flywheel.settings import Settings
from flywheel.steps.candidates import read_these
from flywheel.steps.decide import (
    DecisionsReport,
    Tally,
    append_batch,
    check_texts,
    known_people,
)
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows, sql
from schemas.candidate import State
from schemas.decision import JUDGEMENTS, Decision

_CHUNK: Final = 500
_NO_LIST: Final = "no JSON list of records, nor a record a line"


class Exported(NamedTuple):
    """What an export wrote."""

    records: int
    config: Path | None


def export_records(
    settings: Settings,
    tool: Tool,
    path: Path | None,
    state: Literal["pending", "all"],
    config: Path | None = None,
) -> Exported:
    """Write the queue as a tool's records (None: to standard output), and how to set it up.

    `config` is where the latter goes; by default beside the records. Raises `InputError`.
    """
    written = write_bytes(record_lines(settings, tool, state), path)
    form = FORMS[tool]
    if config is None and path is not None:
        config = path.with_name(f"{path.name}{form.config_name}")
    if config is not None:
        write_bytes([form.configure(criteria_of(settings)).encode()], config)
    return Exported(max(0, written - 2), config)


def criteria_of(settings: Settings) -> tuple[str, ...]:
    """What the rubric grades."""
    return settings.page.criteria


def record_lines(
    settings: Settings, tool: Tool, state: Literal["pending", "all"], *, disputed: bool = True
) -> Iterator[bytes]:
    """A JSON list with a record a line; the brackets are pieces of their own.

    `disputed`: with the verdicts that differ, in their names.
    """
    settle(settings)
    store = open_store(settings)
    between = "\n"
    yield b"["
    for reviewed in _reviewed(store, state, ("pending",) if disputed else ("pending", "disputed")):
        record = json.dumps(FORMS[tool].encode(reviewed), ensure_ascii=False)
        yield f"{between}{record}".encode("utf-8", "replace")
        between = ",\n"
    yield b"\n]\n"


def import_records(
    settings: Settings,
    tool: Tool,
    file: IO[bytes],
    on_finished: Callable[[int], object] | None = None,
    people: dict[str, str] | None = None,
) -> DecisionsReport:
    """Append what people answered; a bad record is refused by number and the rest goes in.

    `people` says who is meant by an id or an address of the tool's. Whom it does not name decides
    under the tool's own id: a file alone puts no words into anybody's mouth.
    """
    settle(settings)
    store, tally = open_store(settings), Tally()
    named = Named(known_people(settings, store), people or {})
    answers = _answers(tool, file, tally)
    while batch := list(islice(answers, _CHUNK)):
        numbers, given = _choose(store, settings, batch, named, tally)
        append_batch(settings, store, numbers, given, tally)
    return tally.report(on_finished)


def import_record_file(
    settings: Settings,
    tool: Tool,
    path: Path,
    on_finished: Callable[[int], object] | None = None,
    people: dict[str, str] | None = None,
) -> DecisionsReport:
    """`import_records` of a file; raises `InputError` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return import_records(settings, tool, file, on_finished, people)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _reviewed(store: Store, state: str, untold: Sequence[State]) -> Iterator[Reviewed]:
    """`untold`: in these states no verdict is told, lest one of two who judge blind, or who
    settles it, could see whose it is.
    """
    with store.transaction() as connection:
        values = {"state": None if state == "all" else state}
        ids = [row[0] for row in connection.execute(sql("queue_ids"), values).fetchall()]
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        views = read_these(store, chunk)
        judged = _judged(store, [view.candidate_id for view in views if view.state not in untold])
        for view in views:
            made = tuple(judged.get(view.candidate_id, ()))
            yield Reviewed(view, made, text_version(view))


def _judged(store: Store, candidate_ids: Sequence[str]) -> dict[str, list[Decision]]:
    """Each reviewer's newest judgement that stands."""
    if not candidate_ids:
        return {}
    with store.transaction() as connection:
        rows = fetch_rows(connection, "judged_decisions", {"candidate_ids": list(candidate_ids)})
    found: dict[str, list[Decision]] = defaultdict(list)
    for row in rows:
        decision = stored_decision(row)
        if decision.verdict in JUDGEMENTS:
            found[decision.candidate_id].append(decision)
    return found


def _answers(tool: Tool, file: IO[bytes], tally: Tally) -> Iterator[tuple[int, Answered]]:
    """Everybody's answers with the number of their record; a record without any is ignored."""
    for number, record in enumerate(_records(file, tally), start=1):
        try:
            if not isinstance(record, dict):
                raise InputError("must be an object")
            found = list(FORMS[tool].decode(record))
        except InputError as error:
            tally.count(number, str(error))
            continue
        tally.ignored += not found
        yield from ((number, answered) for answered in found)


def _records(file: IO[bytes], tally: Tally) -> Iterator[Any]:
    """The records of a list, or a record a line; a file may be larger than memory."""
    import ijson

    start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    file.seek(0)
    prefix = "item" if start == b"[" else ""
    number = 0
    try:
        for record in ijson.items(file, prefix, multiple_values=True, use_float=True):
            number += 1
            yield record
    except (ijson.JSONError, UnicodeDecodeError, ValueError, RecursionError):
        tally.count(number + 1, f"from here on {_NO_LIST}")


def _choose(
    store: Store,
    settings: Settings,
    batch: Sequence[tuple[int, Answered]],
    people: Named,
    tally: Tally,
) -> tuple[list[int], list[Given]]:
    """Of each answer the decision that it was when it was exported, or else a new one."""
    now, tolerance_s = datetime.now(UTC), settings.ingest.future_tolerance_s
    readings: list[tuple[int, list[tuple[Decision, bool]]]] = []
    for number, answered in batch:
        try:
            decisions = decisions_of(replace(answered, reviewer=people.of(answered)), now)
            for decision, _ in decisions:
                check_texts(decision, settings)
            check_time(decisions[-1][0], now, tolerance_s)
        except InputError as error:
            tally.count(number, str(error))
        else:
            readings.append((number, decisions))
    known = _known(store, [decision_id(one[0][0]) for _, one in readings])
    numbers = [number for number, _ in readings]
    return numbers, [_which(decisions, known) for _, decisions in readings]


def _which(decisions: Sequence[tuple[Decision, bool]], known: set[str]) -> Given:
    kept, timed = decisions[0]
    if timed and decision_id(kept) in known:
        return Given(kept, timed=True)
    return Given(decisions[-1][0], timed=False)


def _known(store: Store, ids: list[str]) -> set[str]:
    with store.transaction() as connection:
        rows = connection.execute(sql("known_decisions"), {"decision_ids": ids}).fetchall()
    return {row[0] for row in rows}
