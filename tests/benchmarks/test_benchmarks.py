"""The benchmarks run, do the same work on both sides, and refuse a name they do not know."""

from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import scrub, store
from benchmarks.timing import compare_pairs
from flywheel.scrub import Scrubber
from flywheel.settings import ScrubSettings


def test_the_store_benchmark_checks_that_both_sides_stored_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A side that lost lines would look fast: the run stops instead."""
    monkeypatch.setattr(store, "INTERACTIONS", 30)
    monkeypatch.setattr(store, "SHORT", 2)
    row, short = store.compare()
    assert row.ours_s > 0 and row.peer_s > 0 and short.ours_s > 0 and short.peer_s > 0
    monkeypatch.setattr(store, "_ours", lambda source, folder: 59)
    with pytest.raises(SystemExit, match="stored 59 of 60"):
        list(store.compare())


def test_the_scrub_benchmark_compares_different_and_repeated_texts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two rows: every text another, and each text ten times."""
    monkeypatch.setattr(scrub, "TEXTS", 20)
    rows = list(scrub.compare())
    assert [row.what for row in rows] == [
        "scrub, 20 texts, different texts",
        "scrub, 20 texts, each text ten times",
    ]
    assert all(low <= middle <= high for low, middle, high in (row.ratios for row in rows))


def test_the_scrub_stage_comes_out_as_by_the_plain_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without the shared data a stream of its shape is made; a difference would be counted."""
    monkeypatch.setenv("FLYWHEEL_SHARED_DATA", str(tmp_path))
    monkeypatch.setenv(scrub.LIMIT, "40")
    source, groups = scrub._load("as they come")
    assert source == "generated, finchat's shape, first 40" and len(groups) == 40
    assert scrub._differing(groups) == {"figure": 0}
    monkeypatch.setattr(scrub, "_fresh", lambda: Scrubber(ScrubSettings(), b"a wholly other key"))
    assert scrub._differing(groups)["figure"] >= 40


def test_pairs_run_in_turn() -> None:
    """A B A B: a machine that slows down slows both."""
    order: list[str] = []
    compare_pairs("x", "y", lambda: order.append("a"), lambda: order.append("b"), pairs=2)
    assert order == ["a", "b", "a", "b"]


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error names what there is."""
    assert benchmarks.main(["stroe"]) == 2
    assert "no such benchmark: stroe (there are: scrub, store)" in capsys.readouterr().out
