"""Erases one user: every fact and every byte of it, and leaves a receipt."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

from flywheel.desk.outbox import settle
from flywheel.desk.tables import erase_desk
from flywheel.promote import ERASED
from flywheel.settings import Settings
from flywheel.store import Connection, open_store
from flywheel.store.compact import compact
from flywheel.store.sql import fetch_rows, run_script, sql
from schemas.base import Record
from schemas.evaluation import GateReport

_BLANK: Final = json.dumps([{"role": "user", "content": "[erased]"}])


class Erasable(Record):
    """What is stored about a user."""

    interactions: int
    feedback: int
    """The user's own, and all about the user's interactions."""
    scores: int
    candidates: int
    """Deleted with what was decided about them; one that stands is blanked instead."""
    withdrawn: tuple[str, ...]
    """Those of the candidates that stand as examples: out of the next release."""

    @property
    def nothing(self) -> bool:
        """Whether the store has never heard of the user."""
        return not (self.interactions or self.feedback or self.candidates)


class EraseReport(Erasable):
    """What was erased, and what a person still has to do."""

    user_key: str
    erasure_id: str | None
    """The receipt; none when there was nothing to erase."""
    reports: tuple[str, ...]
    """Evaluations whose reports quoted the cases; they were written anew without them."""
    releases: tuple[str, ...]
    """Folders of releases that still hold the user's examples, withdrawn now or before."""
    remaining: tuple[str, ...]
    """What an erasure cannot do by itself, in words."""


def find_erasable(settings: Settings, user_key: str) -> Erasable:
    """Count what an erasure would take; changes nothing."""
    with open_store(settings).transaction() as connection:
        return _find(connection, user_key)


def erase_user(settings: Settings, user_key: str, reason: str | None = None) -> EraseReport:
    """Delete what is stored under a user's key, and write the database anew without it.

    `reason` is scrubbed, and kept in the receipt. Safe to run again after a kill: the database is
    written anew even when no row is left.
    """
    settle(settings)
    store = open_store(settings)
    reason = _scrubbed(settings, reason)
    erasure_id: str | None = None
    with store.transaction() as connection:
        _find(connection, user_key)
        quoting = _quoting(connection)
    # The files before the rows: killed in between, the rows still tell which files to write anew.
    reports = [_write_without(settings, report, cases) for report, cases in quoting]
    with store.transaction() as connection:
        found = _find(connection, user_key)
        candidates = {candidate_id for candidate_id, _ in _ids(connection)}
        if not found.nothing:
            erasure_id = uuid4().hex
            _delete(connection, found, erasure_id, user_key, reason)
            _update_reports(connection, reports)
    compact(store)
    erase_desk(settings, candidates)
    releases = tuple(_releases_with(settings.releases_path, candidates))
    return EraseReport(
        **dict(found),
        user_key=user_key,
        erasure_id=erasure_id,
        reports=tuple(report.evaluation_id for report in reports),
        releases=releases,
        remaining=tuple(_remaining(found, reports, releases)),
    )


def _scrubbed(settings: Settings, reason: str | None) -> str | None:
    from flywheel.scrub import get_scrubber

    return None if reason is None else get_scrubber(settings).scrub_text(reason, "reason")


def _find(connection: Connection, user_key: str) -> Erasable:
    run_script(connection, "erase_find", {"user_key": user_key})
    (row,) = fetch_rows(connection, "erase_count")
    return Erasable(**row | {"withdrawn": tuple(row["withdrawn"])})


def _delete(
    connection: Connection, found: Erasable, erasure_id: str, user_key: str, reason: str | None
) -> None:
    run_script(connection, "erase_delete", {"reason": ERASED, "blank": _BLANK})
    receipt = {
        "erasure_id": erasure_id,
        "user_key": user_key,
        "interactions": found.interactions,
        "feedback": found.feedback,
        "candidates": found.candidates,
        "reason": reason,
    }
    connection.execute(sql("insert_erasure"), receipt)


def _ids(connection: Connection) -> list[tuple[str, str]]:
    """Candidate and case of all that `_find` found."""
    return connection.execute(sql("erase_ids")).fetchall()


def _quoting(connection: Connection) -> list[tuple[GateReport, frozenset[str]]]:
    """Reports that may quote an erased case, with the erased cases."""
    cases = frozenset(case_id for _, case_id in _ids(connection))
    rows = connection.execute(sql("erase_reports")).fetchall()
    return [(GateReport.model_validate_json(report), cases) for _, report in rows]


def _write_without(settings: Settings, report: GateReport, cases: frozenset[str]) -> GateReport:
    from flywheel.report import write_reports

    worst = tuple(case for case in report.worst if case.case_id not in cases)
    critical = tuple(case for case in report.critical if case.case_id not in cases)
    report = report.model_copy(update={"worst": worst, "critical": critical})
    folder = settings.home / "reports" / report.evaluation_id
    return write_reports(report, folder) if folder.is_dir() else report


def _update_reports(connection: Connection, reports: Sequence[GateReport]) -> None:
    for report in reports:
        values = {"evaluation_id": report.evaluation_id, "report": report.model_dump_json()}
        connection.execute(sql("update_report"), values)


def _remaining(
    found: Erasable, reports: Sequence[GateReport], releases: tuple[str, ...]
) -> Iterator[str]:
    if found.withdrawn:
        yield "Run `flywheel promote`: it publishes a release without the examples."
    if releases:
        yield f"Then delete the older releases that hold them: {', '.join(releases)}"
    if reports:
        yield "Delete copies of evaluation reports that were taken elsewhere, a CI's for example."
    if not found.nothing:
        yield "Delete the events in their source files too: a file read anew brings them back."


def _releases_with(folder: Path, candidate_ids: set[str]) -> Iterator[str]:
    """Releases are immutable: who deletes one has to know which."""
    if not candidate_ids or not folder.is_dir():
        return
    for release in sorted(path for path in folder.iterdir() if path.is_dir()):
        if candidate_ids & _candidates_of(release):
            yield str(release)


def _candidates_of(release: Path) -> set[str]:
    import pyarrow.parquet as pq

    found: set[str] = set()
    golden, bank = release / "golden.jsonl", release / "bank.parquet"
    if golden.exists():
        with golden.open("rb") as lines:
            found.update(json.loads(line)["candidate_id"] for line in lines)
    if bank.exists():
        found.update(pq.read_table(bank, columns=["candidate_id"])["candidate_id"].to_pylist())
    return found
