"""Brings the desk's tables up to date with the facts, a page of candidates at a time."""

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from flywheel.decisions import stored_decision
from flywheel.desk.outbox import decisions_about, keep
from flywheel.desk.own import Own, read_own
from flywheel.desk.standing import Question, stand
from flywheel.desk.tables import EDITION, Tables, forget, overwrite
from flywheel.errors import StoreError
from flywheel.steps.candidates import read_these
from flywheel.store import Store
from flywheel.store.sql import fetch_rows
from schemas.candidate import CandidateView
from schemas.target import Target

Progress = Callable[[int, int], None]
"""Hears how many candidates have been read, and of how many."""

_PAGE: Final = 5_000
_WRITTEN: Final = 200
"""Cases written in one transaction: a decision that comes meanwhile waits for no more."""
_SEARCHED_CHARS: Final = 4_000
_EXCERPT_CHARS: Final = 300
_NOT_DRAWN: Final = 2**62
_SEQUENCES: Final = ("decisions", "reopenings", "draws")


def refresh(
    tables: Tables, store: Store, progress: Progress | None = None, *, counts: bool = True
) -> bool:
    """Read what is new among the facts; False when nothing is. Raises `StoreError`.

    Without `counts`, how often each case was asked is left for another time: ingest changes it all
    the time, and all candidates have to be looked at.
    Killed in between, the next call goes on: the marks move when all of it is read.
    """
    with store.transaction() as connection:
        [news] = fetch_rows(connection, "desk_news")
    edition, marks = _read_marks(tables)
    if marks == news:
        return False
    if marks.get("erasures", 0) != news["erasures"]:
        forget(tables)
        overwrite(tables)
        edition, marks = _read_marks(tables)
    _read_decisions(tables, store, marks.get("decisions", 0))
    changed = _changed(tables, store, marks, news)
    for start in range(0, len(changed), _PAGE):
        _read_page(tables, store, changed[start : start + _PAGE])
        if progress is not None:
            progress(min(start + _PAGE, len(changed)), len(changed))
    asked_since = marks.get("interactions") != news["interactions"]
    if marks.get("moves") != news["moves"] or (counts and asked_since):
        _read_counts(tables, store)
    elif not counts:
        news = news | {"interactions": marks.get("interactions", -1)}
    _write_marks(tables, news, edition)
    return True


def _read_marks(tables: Tables) -> tuple[int, dict[str, int]]:
    """Which mirror it is, and how far it has come."""
    with tables.reading() as connection:
        marks = {row["name"]: row["value"] for row in connection.execute("SELECT * FROM marks")}
    return marks.pop(EDITION, 0), marks


def check_read(mirror: sqlite3.Connection) -> None:
    """Raise `StoreError` while the queue is read for the first time, or anew after an erasure.

    A case that is not here may be there in a moment: that it is unknown is no answer yet.
    """
    if mirror.execute("SELECT 1 FROM marks WHERE name <> ?", [EDITION]).fetchone() is None:
        raise StoreError("the queue is still being read: try again in a moment")


def _write_marks(tables: Tables, news: Mapping[str, int], edition: int) -> None:
    """Unless another process began anew meanwhile: what was read before that is gone."""
    with tables.writing() as connection:
        query = "SELECT value FROM marks WHERE name = ?"
        now = connection.execute(query, [EDITION]).fetchone()
        if (now[0] if now else 0) != edition:
            return
        connection.executemany("REPLACE INTO marks VALUES (?, ?)", list(news.items()))


def _read_decisions(tables: Tables, store: Store, after: int) -> None:
    while True:
        values = {"after": after, "limit": _PAGE}
        with store.transaction() as connection:
            rows = fetch_rows(connection, "page_of_decisions", values)
        with tables.writing() as mirror:
            for row in rows:
                keep(mirror, stored_decision(row), seq=row["seq"])
        if len(rows) < _PAGE:
            return
        after = rows[-1]["seq"]


def _changed(
    tables: Tables, store: Store, marks: Mapping[str, int], news: Mapping[str, int]
) -> list[str]:
    """Candidates to read: those that something happened to, and those that are new."""
    since = {name: marks.get(name, 0) for name in _SEQUENCES}
    with store.transaction() as connection:
        rows = fetch_rows(connection, "desk_changed", since)
        changed = {row["candidate_id"] for row in rows}
        if marks.get("candidates") == news["candidates"]:
            return sorted(changed)
        there = [row["candidate_id"] for row in fetch_rows(connection, "desk_candidates")]
    known = _known(tables) - changed
    return [candidate_id for candidate_id in there if candidate_id not in known]


def _known(tables: Tables) -> set[str]:
    with tables.reading() as connection:
        return {row[0] for row in connection.execute("SELECT candidate_id FROM cases")}


def _read_page(tables: Tables, store: Store, candidate_ids: Sequence[str]) -> None:
    views = read_these(store, candidate_ids)
    standing = {row["candidate_id"]: row for row in _read_standing(store, list(candidate_ids))}
    cases = [  # a view without a row was erased in between
        (view, _values(view, standing[view.candidate_id]))
        for view in views
        if view.candidate_id in standing
    ]
    for start in range(0, len(cases), _WRITTEN):
        with tables.writing() as mirror:
            for view, values in cases[start : start + _WRITTEN]:
                _write_case(mirror, view, values)


def _read_standing(store: Store, candidate_ids: list[str] | None) -> list[dict[str, Any]]:
    with store.transaction() as connection:
        rows = fetch_rows(connection, "desk_standing", {"candidate_ids": candidate_ids})
        own = read_own(connection, rows)
    return [row | _own(row, own.get(row["candidate_id"])) for row in rows]


def _own(row: Mapping[str, Any], own: Own | None) -> dict[str, Any]:
    elsewhere = own is not None and row["reopened"] is not None and own.reopened is None
    return {"own": own and own.model_dump_json(), "elsewhere": int(elsewhere)}


def _write_case(mirror: sqlite3.Connection, view: CandidateView, values: Mapping[str, Any]) -> None:
    columns = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values)
    [id] = mirror.execute(
        f"INSERT INTO cases ({columns}) VALUES ({places}) "  # noqa: S608 - names of this file
        f"ON CONFLICT (candidate_id) DO UPDATE SET {changes} RETURNING id",
        values,
    ).fetchone()
    mirror.execute("DELETE FROM texts WHERE rowid = ?", [id])
    searched = [
        _cut(text, _SEARCHED_CHARS) for text in (_question(view), view.output, _ideal(view))
    ]
    mirror.execute(
        "INSERT INTO texts (rowid, question, answer, ideal) VALUES (?, ?, ?, ?)", [id, *searched]
    )
    restand(mirror, view.candidate_id)


def _values(view: CandidateView, row: Mapping[str, Any]) -> dict[str, Any]:
    p_good = 0.5 if view.p_good is None else view.p_good
    same = ("candidate_id", "cluster_id", "feature", "tenant", "model", "reason_code", "reason",
            "day", "p_good", "variants", "users", "reviewers", "stratum", "probability",
            "population", "drawn_why")  # fmt: skip
    return {name: getattr(view, name) for name in same} | {
        "state": view.state,
        "target": view.target.value,
        "goes_to": view.goes_to.value,
        "signals": f" {' '.join(sorted({item.signal.value for item in view.evidence}))} ",
        "question": _cut(_question(view), _EXCERPT_CHARS),
        "answer": _cut(view.output, _EXCERPT_CHARS),
        "ideal": _cut(_ideal(view), _EXCERPT_CHARS),
        "time": _iso(view.time),
        "proposed_at": _iso(view.proposed_at),
        "unwritten": view.proposed_output is None,
        "reopened": row["reopened"],
        "because": row["because"],
        "own": row["own"],
        "elsewhere": row["elsewhere"],
        "merged": view.state == "merged",
        "given": view.given,
        "place": _NOT_DRAWN if view.drawn_seq is None else view.drawn_seq,
        "doubt": 0.5 - abs(p_good - 0.5),
        "view": zlib.compress(view.model_dump_json().encode("utf-8", "surrogatepass"), 1),
    }


def _question(view: CandidateView) -> str:
    return view.messages[-1].text if view.messages else ""


def _ideal(view: CandidateView) -> str | None:
    return view.decided_output or view.proposed_output or view.suggested_output


def _cut(text: str | None, length: int) -> str | None:
    return text if text is None or len(text) <= length else text[: length - 1] + "…"


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="seconds")


def restand(mirror: sqlite3.Connection, candidate_id: str) -> None:
    """Write anew where a case stands, by the decisions that are here."""
    query = "SELECT target, unwritten, reviewers, reopened, merged, view FROM cases"
    row = mirror.execute(f"{query} WHERE candidate_id = ?", [candidate_id]).fetchone()
    if row is None:
        return
    made = decisions_about(mirror, candidate_id)
    proposed = None if row["unwritten"] or not made else read_view(row["view"]).proposed_output
    question = Question(
        Target(row["target"]), proposed, row["reviewers"], row["reopened"], bool(row["merged"])
    )
    standing = stand(question, made)
    decision = standing.made.decision if standing.made else None
    mirror.execute(
        "UPDATE cases SET state = :state, given = :given, decision_id = :decision_id, "
        "verdict = :verdict, reviewer = :reviewer, decided_at = :decided_at, "
        "decided_reason = :reason, sent_to = :sent_to, goes_to = coalesce(:goes_to, target) "
        "WHERE candidate_id = :candidate_id",
        {
            "candidate_id": candidate_id,
            "state": standing.state,
            "given": standing.given,
            "decision_id": standing.made.decision_id if standing.made else None,
            "verdict": decision.verdict.value if decision else None,
            "reviewer": decision.reviewer if decision else None,
            "decided_at": _iso(decision.time) if decision else None,
            "reason": decision.reason if decision else None,
            "sent_to": standing.sent_to,
            "goes_to": decision.target.value if decision and decision.target else None,
        },
    )


def read_view(blob: bytes) -> CandidateView:
    """The candidate that a row of `cases` holds, as it was when it was read from the facts."""
    return CandidateView.model_validate_json(zlib.decompress(blob))


def _read_counts(tables: Tables, store: Store) -> None:
    """Which candidates are one case, how often it was asked: what ingest changes all the time."""
    rows = _read_standing(store, None)
    names = ("cluster_id", "merged", "reopened", "variants", "users", "own", "elsewhere")
    with tables.reading() as mirror:
        query = f"SELECT candidate_id, {', '.join(names)} FROM cases"  # noqa: S608
        known = {row["candidate_id"]: tuple(row)[1:] for row in mirror.execute(query)}
    changed = []
    for row in rows:
        values = row | {"merged": int(row["state"] == "merged")}
        now = tuple(values[name] for name in names)
        if known.get(row["candidate_id"], now) != now:
            changed.append((row["candidate_id"], dict(zip(names, now, strict=True))))
    _write_counts(tables, changed)


def _write_counts(tables: Tables, changed: Iterable[tuple[str, dict[str, Any]]]) -> None:
    rest = iter(changed)
    while some := list(islice(rest, _WRITTEN)):
        _write_some_counts(tables, some)


def _write_some_counts(tables: Tables, some: Sequence[tuple[str, dict[str, Any]]]) -> None:
    with tables.writing() as mirror:
        for candidate_id, values in some:
            changes = ", ".join(f"{name} = :{name}" for name in values)
            mirror.execute(
                f"UPDATE cases SET {changes} WHERE candidate_id = :id",  # noqa: S608
                values | {"id": candidate_id},
            )
            restand(mirror, candidate_id)
