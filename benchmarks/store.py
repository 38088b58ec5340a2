"""Parse, dedupe and store (scrub and checks excluded) against a plain script.

The script reads with `json`, checks with the same Pydantic models and inserts with `executemany`.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
from faker import Faker

from benchmarks.timing import Comparison, compare_pairs
from flywheel.frame import feedback_row, interaction_row
from flywheel.parse import parse_line
from flywheel.sources.lines import Limits, Position, batched
from flywheel.sources.native import read_source
from flywheel.steps.batch import Batch, write_batch, write_facts
from flywheel.store import Store
from schemas.event import Feedback, Interaction

INTERACTIONS = 4000
SHORT = 100
KEY = b"benchmark-key-0123"
_TABLE = "CREATE TABLE facts (id VARCHAR PRIMARY KEY, time TIMESTAMPTZ, kind VARCHAR, body VARCHAR)"


def _write_events(path: Path) -> None:
    """Interactions of realistic size, each with one feedback; every tenth line comes twice."""
    fake = Faker("en_US")
    fake.seed_instance(7)
    report = fake.text(1500)
    time = "2025-01-06T09:00:00Z"
    lines = []
    for n in range(INTERACTIONS):
        interaction = {
            "type": "interaction",
            "id": f"i{n}",
            "time": time,
            "feature": "report_qa",
            "messages": [{"role": "user", "content": f"What was revenue in {n}?"}],
            "context": [{"id": "d", "text": f"{report} {n}"}],
            "output": f"{n} million",
        }
        feedback = {"id": f"f{n}", "interaction_id": f"i{n}", "signal": "thumbs", "value": 1}
        lines += [interaction, {"type": "feedback", "time": time} | feedback]
    path.write_text("\n".join(json.dumps(line) for line in lines + lines[::10]) + "\n")


def _ours(source: Path, folder: Path) -> int:
    store = Store(folder / "ours.duckdb")
    stored = 0
    for raw in batched(read_source(source, "jsonl", Position(), 2**23), Limits(2000, 2**25, 2**23)):
        batch = Batch(str(source), read=len(raw.lines))
        interactions, feedback = {}, {}  # by id: a line that comes twice counts once
        for line in raw.lines:
            event = parse_line(line, batch.source)
            if isinstance(event, Interaction):
                interactions.setdefault(event.id, (line, interaction_row(event, KEY)))
            elif isinstance(event, Feedback):
                feedback.setdefault(event.id, (line, feedback_row(event, KEY)))
        batch.interactions, batch.feedback = list(interactions.values()), list(feedback.values())
        with store.transaction() as connection:
            written = write_facts(connection, batch)
            write_batch(connection, batch, written, "benchmark")
        stored += written.interactions + written.feedback
    return stored


def plain_script(source: Path, folder: Path) -> int:
    from schemas.event import EVENT

    rows = []
    for line in source.read_text().splitlines():
        event = EVENT.validate_python(json.loads(line), strict=False)
        body = event.model_dump_json()
        rows.append((event.id, event.time, hashlib.sha256(body.encode()).hexdigest(), body))
    with duckdb.connect(str(folder / "plain.duckdb")) as connection:
        connection.execute(_TABLE)
        connection.begin()
        connection.executemany("INSERT OR IGNORE INTO facts VALUES (?, ?, ?, ?)", rows)
        connection.commit()
        row = connection.execute("SELECT count(*) FROM facts").fetchone()
    return row[0] if row else 0


def compare() -> Iterator[Comparison]:
    """What goes in at once, and what a short look costs."""
    yield from _compare_storing()
    yield from _compare_short_ones()


def _compare_short_ones() -> Iterator[Comparison]:
    """Transactions that take their turn and find the engine running, against DuckDB opened anew."""
    look = "SELECT count(*) FROM quarantine_outcomes"
    with tempfile.TemporaryDirectory() as name:
        store = Store(Path(name) / "facts.duckdb")
        with store.transaction():
            pass

        def ours() -> None:
            for _ in range(SHORT):
                with store.transaction() as connection:
                    connection.execute(look).fetchone()

        def anew() -> None:
            for _ in range(SHORT):
                with duckdb.connect(str(store.path)) as connection:
                    connection.execute(look).fetchone()

        yield compare_pairs(f"{SHORT} short transactions", "duckdb.connect for each", ours, anew)


def _compare_storing() -> Iterator[Comparison]:
    """The same file through both, each into a new database; both must store the same number."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "events.jsonl"
        _write_events(source)

        def run(way: str) -> None:
            with tempfile.TemporaryDirectory(dir=name) as folder:
                stored = (_ours if way == "ours" else plain_script)(source, Path(folder))
            if stored != 2 * INTERACTIONS:
                raise SystemExit(f"{way}: stored {stored} of {2 * INTERACTIONS}")

        events = 2 * INTERACTIONS + 2 * INTERACTIONS // 10
        yield compare_pairs(
            f"store, {events:,} lines, scrub excluded",
            "json, Pydantic, executemany",
            lambda: run("ours"),
            lambda: run("plain"),
        )
