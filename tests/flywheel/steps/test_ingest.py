"""Ingest reads what is new, writes it once, and says what became of every line."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from flywheel.errors import ScrubError, SourceError
from flywheel.settings import Settings
from flywheel.sources.plan import Cursor, Plan
from flywheel.steps import ingest
from flywheel.steps.facts import facts_hash
from flywheel.steps.funnel import FUNNEL, IngestReport, SourceReport
from flywheel.steps.ingest import IngestSession, run_ingest
from flywheel.steps.quarantine import read_quarantine
from flywheel.steps.status import Status, read_status
from flywheel.store import open_store
from tests.facts import count_rows
from tests.streams import (
    BROKEN,
    PLANTED,
    as_line,
    bytes_below,
    feedback,
    interaction,
    stream,
    write,
    write_parquet,
)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return tmp_path / "events"


def small_batches(settings: Settings, **ingest: Any) -> Settings:
    """The same settings with batches of seven lines, so that a small file has several."""
    ingest = {"batch_lines": 7} | ingest
    return settings.model_copy(update={"ingest": settings.ingest.model_copy(update=ingest)})


def run(settings: Settings, *sources: Path) -> IngestReport:
    return run_ingest(settings, [str(source) for source in sources])


def status(settings: Settings) -> Status:
    return read_status(open_store(settings))


def hash_of(settings: Settings) -> str:
    return facts_hash(open_store(settings))


def adds_up(report: IngestReport | SourceReport) -> bool:
    return report.read == sum(getattr(report, name) for name in FUNNEL if name != "read")


def test_a_stream_goes_in(settings: Settings, events: Path) -> None:
    """Facts, quarantine, resent lines, and a funnel that adds up for all and for each source."""
    lines = stream(30)
    write(events / "a.jsonl", lines[:40])
    write(events / "b.jsonl.gz", [b"", *lines[40:]])
    report = run(settings, events)
    assert report.read == len(lines) + 1 and report.blank == 1
    assert (report.interactions, report.feedback) == (30, 40)
    assert (report.malformed, report.resent) == (len(BROKEN), 3)
    assert adds_up(report) and all(adds_up(source) for source in report.sources)
    assert sum(report.reasons.values()) == len(BROKEN)
    found = status(settings)
    assert (found.interactions, found.feedback, found.resent) == (30, 40, 3)
    assert (found.quarantined, found.orphan_feedback) == (len(BROKEN), 0)
    assert report.data_docs is not None and Path(report.data_docs).exists()


def test_the_batches_rows_add_up_too(settings: Settings, events: Path) -> None:
    """Each row of `batches`, and their sum is the report."""
    write(events / "a.jsonl", stream(20))
    report = run(small_batches(settings), events)
    with open_store(settings).transaction() as connection:
        rows = connection.execute(
            "SELECT lines_read, blank + malformed + failed_expectations + resent + interactions "
            "+ feedback + outside, run_id FROM batches"
        ).fetchall()
    assert len(rows) == -(-report.read // 7) > 3
    assert all(read == rest for read, rest, _ in rows)
    assert sum(row[0] for row in rows) == report.read
    assert {row[2] for row in rows} == {report.run_id}


def test_the_same_again_changes_no_fact(settings: Settings, events: Path) -> None:
    """Nothing is read, nothing is written."""
    write(events / "a.jsonl", stream(10))
    run(settings, events)
    before = (hash_of(settings), status(settings), count_rows(open_store(settings), "batches"))
    report = run(settings, events)
    assert [source.note for source in report.sources] == ["unchanged"] and report.read == 0
    assert report.data_docs is None
    after = (hash_of(settings), status(settings), count_rows(open_store(settings), "batches"))
    assert after == before


def test_order_and_files_do_not_matter(settings: Settings, events: Path) -> None:
    """The same lines shuffled, split otherwise and in other batches are the same facts."""
    lines = stream(24)
    write(events / "a.jsonl", lines)
    run(settings, events)
    other = settings.model_copy(update={"home": settings.home.parent / "other"})
    other.home.mkdir()
    (other.home / "salt").write_bytes((settings.home / "salt").read_bytes())
    random.Random(3).shuffle(lines)
    for n in range(3):
        write(events / "split" / f"{n}.jsonl{'.gz' * (n % 2)}", lines[n::3])
    run(small_batches(other), events / "split")
    assert hash_of(other) == hash_of(settings)
    assert status(other) == status(settings)


def test_another_fact_is_another_hash(settings: Settings, events: Path) -> None:
    """Else the test above could not fail."""
    write(events / "a.jsonl", stream(5))
    run(settings, events)
    before = hash_of(settings)
    write(events / "b.jsonl", [as_line(feedback("one more"))])
    run(settings, events)
    assert hash_of(settings) != before


def test_a_source_that_grew_is_read_on(settings: Settings, events: Path) -> None:
    """Only the new lines, and their numbers go on."""
    path = write(events / "a.jsonl", [as_line(interaction()), b"broken"])
    run(settings, path)
    with path.open("ab") as file:
        file.write(as_line(feedback()) + b"\nbroken too\n")
    report = run(settings, path).sources[0]
    assert (report.note, report.read, report.feedback, report.malformed) == ("grew", 2, 1, 1)
    faults = read_quarantine(open_store(settings))
    assert [fault.line for fault in faults] == [2, 4]
    assert path.read_bytes()[faults[1].offset :] == b"broken too\n"


def test_a_source_that_was_replaced_is_read_anew(settings: Settings, events: Path) -> None:
    """It is noticed; what was known is resent, what is new goes in."""
    path = write(events / "a.jsonl", [as_line(interaction("i-1")), as_line(feedback("f-1"))])
    run(settings, path)
    write(path, [as_line(interaction("i-2")), as_line(feedback("f-1"))])
    report = run(settings, path).sources[0]
    assert (report.note, report.interactions, report.resent) == ("replaced", 1, 1)
    assert run(settings, path).sources[0].note == "unchanged"


def test_a_half_written_line_waits_for_its_rest(settings: Settings, events: Path) -> None:
    """It is no fault; the next run takes it whole."""
    line = as_line(feedback())
    path = events / "a.jsonl"
    write(path, [as_line(interaction())])
    whole = path.read_bytes()
    path.write_bytes(whole + line[:30])
    for _ in range(2):
        report = run(settings, path).sources[0]
        assert report.note == "1 unfinished line left for the next run" and not report.malformed
    path.write_bytes(whole + line + b"\n")
    report = run(settings, path).sources[0]
    assert (report.feedback, report.note) == (1, "grew")
    assert status(settings).quarantined == 0


def test_a_last_line_without_an_end_is_taken_when_it_is_whole(
    settings: Settings, events: Path
) -> None:
    """Its late end is no line, and the line after it has the right number."""
    path = events / "a.jsonl"
    write(path, [as_line(interaction()), as_line(feedback())], end=b"\n")
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    report = run(settings, path).sources[0]
    assert (report.interactions, report.feedback, report.note) == (1, 1, None)
    assert run(settings, path).sources[0].note == "unchanged"
    with path.open("ab") as file:
        file.write(b"\nbroken\n")
    report = run(settings, path).sources[0]
    assert (report.read, report.malformed, report.blank) == (1, 1, 0)
    assert read_quarantine(open_store(settings))[0].line == 3


def test_windows_lines_and_a_byte_order_mark_are_tolerated(
    settings: Settings, events: Path
) -> None:
    """The same facts as without."""
    lines = [as_line(interaction()), as_line(feedback())]
    path = write(events / "a.jsonl", lines, end=b"\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    report = run(settings, path)
    assert (report.interactions, report.feedback, report.malformed) == (1, 1, 0)


def test_a_truncated_gzip_is_read_on_when_it_is_whole(settings: Settings, events: Path) -> None:
    """Its complete lines are in before, each once."""
    rng = random.Random(1)
    lines = [as_line(feedback(f"f-{n}-{rng.random()}")) for n in range(300)]
    path = write(events / "a.jsonl.gz", lines)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    report = run(small_batches(settings, batch_lines=50), path).sources[0]
    assert report.note == "truncated gzip: its complete lines were read"
    assert 0 < report.feedback < 300 and not report.malformed
    path.write_bytes(whole)
    rest = run(settings, path).sources[0]
    assert rest.note == "grew" and rest.feedback == 300 - report.feedback and not rest.resent


def test_a_gzip_that_got_another_member_is_read_on(settings: Settings, events: Path) -> None:
    """Loggers append members."""
    path = write(events / "a.jsonl.gz", [as_line(feedback("f-1"))])
    run(settings, path)
    path.write_bytes(path.read_bytes() + gzip.compress(as_line(feedback("f-2")) + b"\n"))
    report = run(settings, path).sources[0]
    assert (report.note, report.read, report.feedback) == ("grew", 1, 1)


def test_parquet_gives_the_same_facts(settings: Settings, events: Path) -> None:
    """Rows or lines."""
    found = [interaction(f"i-{n}") for n in range(9)] + [feedback(f"f-{n}") for n in range(9)]
    events.mkdir()
    path = write_parquet(events / "a.parquet", found)
    report = run(small_batches(settings), path)
    assert (report.interactions, report.feedback, report.malformed) == (9, 9, 0)
    before = hash_of(settings)
    write(events / "a.jsonl", [as_line(event) for event in found])
    assert run(settings, events / "a.jsonl").resent == 18
    assert hash_of(settings) == before


def test_a_line_too_long_is_quarantined_unread(settings: Settings, events: Path) -> None:
    """The lines around it go in."""
    long = as_line(interaction("long", output="x" * 5000))
    path = write(events / "a.jsonl", [as_line(interaction("a")), long, as_line(feedback("b"))])
    report = run(small_batches(settings, max_line_bytes=2048), path)
    assert (report.interactions, report.feedback) == (1, 1)
    assert report.reasons == {"line_too_long": 1}


def test_equal_broken_lines_of_two_files_are_two_faults(settings: Settings, events: Path) -> None:
    """Each has its place; read anew, neither is added again."""
    lines = [as_line(interaction()), b"broken"]
    for name in ("a", "b"):
        write(events / f"{name}.jsonl", lines)
    run(settings, events)
    assert status(settings).quarantined == 2
    with open_store(settings).transaction() as connection:
        connection.execute("DELETE FROM cursors")
    assert run(settings, events).malformed == 2
    assert status(settings).quarantined == 2


def test_orphans_wait_for_their_interaction(settings: Settings, events: Path) -> None:
    """In another file, days later."""
    write(events / "a.jsonl", [as_line(feedback(interaction_id="late"))])
    run(settings, events)
    assert status(settings).orphan_feedback == 1
    write(events / "b.jsonl", [as_line(interaction("late"))])
    run(settings, events)
    assert status(settings).orphan_feedback == 0


def test_a_retry_under_a_new_id_is_a_duplicate(settings: Settings, events: Path) -> None:
    """Linked, not dropped."""
    one = interaction("i-1", messages=[{"role": "user", "content": "Revenue in 2019?"}])
    again = one | {"id": "i-2", "time": "2025-01-06T09:00:05Z"}
    write(events / "a.jsonl", [as_line(one), as_line(again)])
    run(settings, events)
    found = status(settings)
    assert (found.interactions, found.duplicates, found.cases) == (2, 1, 1)


def test_no_planted_data_is_in_any_byte_of_the_home(settings: Settings, events: Path) -> None:
    """Files, database and log; nor in what the tables hold, which the file may compress."""
    broken = b'{"type": "interaction", "output": "' + " ".join(PLANTED).encode()
    write(events / "a.jsonl", [*stream(30), broken])
    report = run(settings, events)
    with open_store(settings).transaction() as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        held = "".join(str(connection.table(name).fetchall()) for (name,) in tables)
    stored = bytes_below(settings.home) + held.encode() + report.model_dump_json().encode()
    assert b"segment" in stored
    assert not [planted for planted in (*PLANTED, "u-3") if planted.encode() in stored]


def test_a_scrubber_that_fails_writes_nothing_of_its_batch(
    settings: Settings, events: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch before it stays, and the next run goes on right there."""
    lines = [as_line(feedback(f"f-{n}", interaction_id=f"i-{n}")) for n in range(7)]
    lines += [as_line(interaction(f"i-{n}")) for n in range(7)]
    path = write(events / "a.jsonl", lines)
    session = IngestSession(small_batches(settings))

    def fail(groups: object) -> object:
        raise ScrubError("the model is gone")

    real = session.scrubber.try_groups
    calls: list[int] = []

    def second_fails(groups: Any) -> Any:
        calls.append(len(groups))
        return real(groups) if len(calls) == 1 else fail(groups)

    with monkeypatch.context() as patch:
        patch.setattr(session.scrubber, "try_groups", second_fails)
        with pytest.raises(ScrubError) as caught:
            session.ingest_source(path)
    assert "lines 8 to 14: the model is gone" in str(caught.value)
    assert (status(settings).feedback, status(settings).interactions) == (7, 0)
    assert session.ingest_source(path).interactions == 7


def test_a_source_that_cannot_be_read_does_not_stop_the_others(
    settings: Settings, events: Path
) -> None:
    """It is named in the report."""
    write(events / "b.jsonl", [as_line(feedback())])
    (events / "a.parquet").write_bytes(b"PAR1 half")
    report = run(settings, events)
    assert report.feedback == 1
    assert list(report.unreadable) == [str(events / "a.parquet")]
    assert "still being written" in report.unreadable[str(events / "a.parquet")]


def test_a_source_that_vanishes_while_it_is_read_is_named(
    settings: Settings, events: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rotation between the look at a file and its reading is no bug, and the others go in."""
    write(events / "a.jsonl", [as_line(feedback("f-1"))])
    write(events / "b.jsonl", [as_line(feedback("f-2"))])
    look = ingest.plan_reading

    def look_and_rotate(path: Path, cursor: Cursor | None, others: Any = None) -> Plan:
        plan = look(path, cursor, others)
        if path.name == "a.jsonl":
            path.rename(path.with_suffix(".1"))
        return plan

    monkeypatch.setattr(ingest, "plan_reading", look_and_rotate)
    report = run(settings, events)
    assert report.feedback == 1
    assert report.unreadable == {
        str(events / "a.jsonl"): f"{events}/a.jsonl: cannot be read (No such file or directory)"
    }


def test_an_unknown_format_says_what_there_is(settings: Settings, events: Path) -> None:
    """One line."""
    with pytest.raises(SourceError, match="--format csv: not known; there is: native"):
        run_ingest(settings, [str(events)], format="csv")


def test_progress_counts_bytes_over_all_sources(settings: Settings, events: Path) -> None:
    """It never goes back and ends at the whole."""
    for name in ("a.jsonl", "b.jsonl.gz", "c.jsonl"):
        write(events / name, stream(10, faults=False))
    seen: list[tuple[int, int | None]] = []
    run_ingest(small_batches(settings), [str(events)], progress=lambda *done: seen.append(done))
    total = sum(path.stat().st_size for path in events.iterdir())
    assert {of for _, of in seen} == {total} and seen[-1][0] == total
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(seen) > 10


def test_a_session_that_lives_on_reads_on(settings: Settings, events: Path) -> None:
    """Its own commits and another process's, without reading a line twice."""
    path = write(events / "a.jsonl", [as_line(feedback("f-1"))])
    long, other = IngestSession(settings), IngestSession(settings)
    assert long.ingest_source(path).feedback == 1
    assert long.ingest_source(path).note == "unchanged"
    for n, session in ((2, other), (3, long)):
        with path.open("ab") as file:
            file.write(as_line(feedback(f"f-{n}")) + b"\n")
        report = session.ingest_source(path)
        assert (report.note, report.read, report.feedback, report.resent) == ("grew", 1, 1, 0)


def test_two_readers_of_one_source_share_it(settings: Settings, events: Path) -> None:
    """A batch that another process committed first is thrown away and not counted."""
    lines = stream(20)
    path = write(events / "a.jsonl", lines)
    slow, fast = (IngestSession(small_batches(settings)) for _ in range(2))
    first = slow.ingest_source
    reports: list[SourceReport] = []

    def overtake(done: int, total: int | None) -> None:
        if not reports:
            reports.append(fast.ingest_source(path))

    reports.append(first(path, overtake))
    assert reports[0].read + reports[1].read == len(lines)
    assert reports[1].read == 7
    found = status(settings)
    assert (found.interactions, found.quarantined, found.resent) == (20, len(BROKEN), 2)
    with open_store(settings).transaction() as connection:
        offsets = connection.execute("SELECT next_offset FROM cursors ORDER BY seq").fetchall()
    assert offsets == sorted(offsets)


def test_a_report_is_plain_json(settings: Settings, events: Path) -> None:
    """A task's result or a script can hold it."""
    write(events / "a.jsonl", stream(3))
    report = run(settings, events)
    assert IngestReport.model_validate_json(report.model_dump_json()) == report
    assert set(FUNNEL) <= set(json.loads(report.model_dump_json()))
