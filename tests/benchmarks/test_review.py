"""Two review servers on one home, killed under load; `make chaos` is the long version."""

from pathlib import Path

import pytest

from benchmarks import review, review_chaos
from benchmarks.review_load import Acknowledged
from flywheel.settings import Settings
from flywheel.store import open_store
from tests.approve import decide
from tests.facts import add_candidate


@pytest.mark.timeout(600)
def test_no_acknowledged_decision_is_lost_when_the_servers_are_killed(tmp_path: Path) -> None:
    """Each is a fact afterwards, none twice, and what was typed stands in no file."""
    report = review_chaos.run(tmp_path, rounds=1, candidates=300)
    assert report.faults == []
    assert report.starts == 1 and report.kills == 3 and len(report.acknowledged) >= 4


def test_a_lost_decision_and_one_that_is_there_twice_are_seen(settings: Settings) -> None:
    """A judge that lets everything pass would make the run worthless."""
    store = open_store(settings)
    there, gone = add_candidate(store), add_candidate(store, question="Another?")
    id = decide(store, there)
    assert review.lost(settings, [Acknowledged(there, id), Acknowledged(there, None)]) == []
    for ack in (Acknowledged(gone, None), Acknowledged(there, "d-other")):
        [fault] = review.lost(settings, [ack])
        assert "lost" in fault


def test_a_typed_text_on_the_disk_is_seen(tmp_path: Path) -> None:
    """In whatever file, however deep."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "desk.sqlite-wal").write_bytes(b"\0\1 maria.huber@example.org \2")
    assert review.readable(tmp_path, "maria.huber@example.org") == [
        "what was typed stands in a/desk.sqlite-wal"
    ]
    assert review.readable(tmp_path, "somebody else") == []
