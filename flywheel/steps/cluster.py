"""Finds which cases are one: what is new is compared with all history, by bands, in SQL.

A step of its own, as scoring is, and no part of ingest's transaction: it is derived from the facts,
costs time for each new text, and whoever needs it (curate, import, promote) asks for it. What is
not compared yet is what has no core, so a killed run is simply continued. Texts are read in one
transaction, compared without any, and written in another; when somebody else wrote in between,
the chunk is compared again.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import polars as pl
from pydantic import TypeAdapter

from flywheel.clusters import VERSION, Core, Part, answer_key, core_of, find_part, group
from flywheel.copies import VERSION as SIGNATURES
from flywheel.copies import bands
from flywheel.pseudonym import keyed_hash
from flywheel.settings import Settings
from flywheel.store import Connection, Store
from flywheel.store.sql import fetch_rows, run_script, sql
from schemas.base import Record
from schemas.candidate import Target
from schemas.event import ContextDocument, Message
from schemas.example import Example

CHUNK: Final = 5000
"""Cases compared at once."""
_MESSAGES: Final = TypeAdapter(tuple[Message, ...])
_CONTEXT: Final = TypeAdapter(tuple[ContextDocument, ...])
_CORES: Final = {
    "case_id": pl.String, "core_id": pl.String, "ask_key": pl.String, "size": pl.Int64,
    "figures": pl.UInt64,
}  # fmt: skip
_BANDS: Final = {"core_id": pl.String, "figures": pl.UInt64, "band": pl.UInt64}


class ClusterReport(Record):
    """What comparing the new cases with the others found."""

    compared: int = 0
    """Cases that nobody had compared before."""
    joined: int = 0
    """Those of them that are another case's wording or copy."""
    moved: int = 0
    """Cores that changed their cluster: two became one, or one turned out to be two."""

    def __add__(self, other: "ClusterReport") -> "ClusterReport":
        return ClusterReport(
            compared=self.compared + other.compared,
            joined=self.joined + other.joined,
            moved=self.moved + other.moved,
        )


class _Overtaken(Exception):
    """Another process added cores meanwhile."""


class _Chunk(NamedTuple):
    """New cases with their cores, and what has to be compared."""

    frame: pl.DataFrame
    bands: pl.DataFrame
    cores: dict[str, Core]


class _Member(NamedTuple):
    """A core as the store knows it."""

    core_id: str
    size: int
    seq: int
    founded: str
    cluster_id: str
    answer_key: str | None
    wholes: list[str]


def update_clusters(store: Store, settings: Settings) -> ClusterReport:
    """Compare what is new with everything, then part what got different right answers."""
    report = ClusterReport()
    while True:
        with store.transaction() as connection:
            # One more than are compared at once tells whether there are more.
            rows = connection.execute(sql("cluster_unsigned"), {"limit": CHUNK + 1}).fetchall()
        try:
            if rows:
                report += _compare(store, settings.key, _sign(settings.key, rows))
        except _Overtaken:
            continue
        if len(rows) <= CHUNK:
            return report + ClusterReport(moved=_follow_answers(store, settings.key))


def find_clusters(connection: Connection, cases: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The cluster of each case, given with its core; a core that nobody knows is its own."""
    values = {"core_ids": [core_id for _, core_id in cases]}
    known = dict(connection.execute(sql("cluster_of_cores"), values).fetchall())
    return {case_id: known.setdefault(core_id, case_id) for case_id, core_id in cases}


def with_current_cases(store: Store, key: bytes, examples: Sequence[Example]) -> list[Example]:
    """The examples, each under the case that it belongs to today.

    A release keeps the cases of its day: an example of the bank may have become a copy of a golden
    one since, cut short or rearranged. Where the store does not know both, they are compared here.
    """
    cores = [core_of(key, one.messages, one.context) for one in examples]
    with store.transaction() as connection:
        values = {"core_ids": sorted({core.id for core in cores})}
        known = dict(connection.execute(sql("cluster_of_cores"), values).fetchall())
    golden = defaultdict[tuple[str, str], list[tuple[Core, str]]](list)
    found = []
    for one, core in sorted(zip(examples, cores, strict=True), key=_golden_first):
        case = known.get(core.id, one.case_id)
        alike = golden[core.ask_key, answer_key(one.output)]
        if one.target is Target.GOLDEN:
            alike.append((core, case))
        else:
            strangers = (pair for pair in alike if not {core.id, pair[0].id} <= known.keys())
            case = next((its for other, its in strangers if find_part(core, other)), case)
        found.append(one.model_copy(update={"case_id": case}))
    return found


def _golden_first(pair: tuple[Example, Core]) -> bool:
    return pair[0].target is not Target.GOLDEN


def _sign(key: bytes, rows: Sequence[tuple[str, str, str]]) -> _Chunk:
    """The cores and bands of new cases; texts go no further than this."""
    cases = [(case_id, _core(key, messages, context)) for case_id, messages, context in rows]
    cores = {core.id: core for _, core in cases}
    frame = pl.DataFrame(
        [(case, core.id, core.ask_key, len(core.ground), core.figures) for case, core in cases],
        schema=_CORES,
        orient="row",
    )
    return _Chunk(frame, sign([core for core in cores.values() if core.has_ground]), cores)


def _core(key: bytes, messages: str, context: str) -> Core:
    return core_of(key, _MESSAGES.validate_json(messages), _CONTEXT.validate_json(context))


def sign(cores: Sequence[Core]) -> pl.DataFrame:
    """The bands of cores: `core_id`, `figures` and `band`.

    A band holds the question too: questions on one report never meet by their report.
    """
    if not cores:
        return pl.DataFrame(schema=_BANDS)
    found = bands([core.ground for core in cores], [_salt(core) for core in cores])
    columns = ([core.id for core in cores], [core.figures for core in cores], found)
    schema = _BANDS | {"band": pl.Array(pl.UInt64, found.shape[1])}
    return pl.DataFrame(dict(zip(_BANDS, columns, strict=True)), schema=schema).explode("band")


def _salt(core: Core) -> int:
    digest = hashlib.blake2b(f"{SIGNATURES} {core.ask_key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _compare(store: Store, key: bytes, chunk: _Chunk) -> ClusterReport:
    with store.transaction() as connection:
        newest = _newest(connection)
        fresh = chunk.cores.keys() - _known_ids(connection, chunk)
        bands = chunk.bands.filter(pl.col("core_id").is_in(fresh))
        connection.register("incoming_bands", bands)
        pairs = set(connection.execute(sql("cluster_collisions")).fetchall())
        known = _known(connection, key, {other for _, other in pairs} - fresh)
    parts = _parts(known | chunk.cores, pairs)
    with store.transaction() as connection:
        if _newest(connection) != newest:
            raise _Overtaken
        moved = _write(connection, chunk.frame, bands, parts)
    alone = len(fresh - moved)
    return ClusterReport(
        compared=len(chunk.frame), joined=len(chunk.frame) - alone, moved=len(moved)
    )


def _known_ids(connection: Connection, chunk: _Chunk) -> set[str]:
    rows = connection.execute(sql("known_cores"), {"core_ids": list(chunk.cores)}).fetchall()
    return {core_id for (core_id,) in rows}


def _newest(connection: Connection) -> int:
    row = connection.execute(sql("cluster_newest")).fetchone()
    return int(row[0]) if row else 0


def _known(connection: Connection, key: bytes, core_ids: set[str]) -> dict[str, Core]:
    """Known cores, made again from a text of theirs; those whose texts were erased are none."""
    if not core_ids:
        return {}
    rows = connection.execute(sql("cluster_texts"), {"core_ids": sorted(core_ids)}).fetchall()
    cores = [_core(key, messages, context) for messages, context in rows]
    return {core.id: core for core in cores}


def _parts(cores: dict[str, Core], pairs: Iterable[tuple[str, str]]) -> list[Part]:
    return sorted(
        part
        for one, other in {(min(pair), max(pair)) for pair in pairs}
        if one in cores and other in cores
        for part in find_part(cores[one], cores[other])
    )


def _write(
    connection: Connection, frame: pl.DataFrame, bands: pl.DataFrame, parts: Sequence[Part]
) -> set[str]:
    """Append the facts of a chunk; gives the cores that changed their cluster."""
    connection.register("incoming_cores", frame)
    connection.register("incoming_bands", bands)
    values = {
        "version": f"{VERSION} {SIGNATURES}",
        "part": [part.part for part in parts],
        "whole": [part.whole for part in parts],
    }
    run_script(connection, "insert_cores", values)
    return _regroup(connection, {core for part in parts for core in part})


def _regroup(connection: Connection, core_ids: set[str]) -> set[str]:
    """Group anew what hangs together with these cores; gives those that moved."""
    if not core_ids:
        return set()
    rows = connection.execute(sql("cluster_neighbours"), {"core_ids": sorted(core_ids)}).fetchall()
    members = {member.core_id: member for member in (_Member(*row) for row in rows)}
    moves = list(_moves(members))
    if moves:
        values = {
            "core_ids": [id for id, _, _ in moves],
            "from_clusters": [old for _, old, _ in moves],
            "cluster_ids": [new for _, _, new in moves],
        }
        connection.execute(sql("insert_moves"), values)
    return {id for id, _, _ in moves}


def _moves(members: dict[str, _Member]) -> Iterable[tuple[str, str, str]]:
    """Core, old and new cluster of each that does not stand where it belongs.

    A cluster has the id that its oldest core founded: one that is added changes nothing.
    """
    groups = group(
        members,
        [Part(one.core_id, whole) for one in members.values() for whole in one.wholes],
        {one.core_id: one.size for one in members.values()},
        {one.core_id: one.answer_key for one in members.values() if one.answer_key},
    )
    for ids in groups:
        oldest = min((members[id] for id in ids), key=lambda one: one.seq)
        for id in sorted(ids):
            if members[id].cluster_id != oldest.founded:
                yield id, members[id].cluster_id, oldest.founded


def _follow_answers(store: Store, key: bytes) -> int:
    """Group anew where a right answer became known, or another one."""
    with store.transaction() as connection:
        rows = fetch_rows(connection, "cluster_evidence")
        if not rows:
            return 0
        values = {
            "core_ids": [row["core_id"] for row in rows],
            "answer_keys": [_right_answer(key, row) for row in rows],
            "evidence_hashes": [row["evidence_hash"] for row in rows],
        }
        connection.execute(sql("insert_core_answers"), values)
        return len(_regroup(connection, {row["core_id"] for row in rows}))


def _right_answer(key: bytes, row: dict[str, Any]) -> str | None:
    """What a reviewer decided, else what most users corrected the answer to; as a keyed hash."""
    said = Counter(map(answer_key, row["decided"] or row["corrections"]))
    if not said:
        return None
    return keyed_hash(key, "right answer", max(said, key=lambda answer: (said[answer], answer)))
