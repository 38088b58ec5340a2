"""The telling of the scenes that a good run does not show."""

from pathlib import Path

import pytest
from rich.console import Console

from flywheel.demo.scenes import Closing, Opening, Scene, Searched, Working
from flywheel.demo.summary import summarise
from flywheel.demo.telling import WIDTH, tell


def _told(scene: Scene) -> str:
    console = Console(width=WIDTH, record=True, quiet=False, file=None)
    with console.capture() as capture:
        tell(console, scene)
    return capture.get()


def test_work_under_way_prints_nothing() -> None:
    """It is a spinner's business."""
    assert _told(Working("thinking")) == ""


def test_the_opening_says_what_is_simulated_and_where_raw_logs_lie() -> None:
    """And that an earlier demo was cleared, when it was."""
    told = _told(Opening(3, Path("h"), cleared=True, logs=Path("somewhere/logs")))
    assert "simulated and invented (seed 3)" in told
    assert "somewhere/logs" in told
    assert "cleared" in told
    assert "cleared" not in _told(Opening(3, Path("h"), cleared=False, logs=None))


def test_a_leftover_is_shouted() -> None:
    """By kind, never by value."""
    scene = Searched({"PERSON": 3}, files=2, bytes=4096, left={"PERSON": 1})
    assert "FOUND 1 names" in _told(scene)


def test_a_story_that_went_wrong_does_not_claim_success() -> None:
    """Nor does it hide the way to the report."""
    closing = Closing(Path("h"), stopped=False, seconds=9.6, gate_page="g.html", data_docs=None)
    told = _told(closing)
    assert "did not go as it must" in told
    assert "v2 was stopped" not in told
    assert "g.html" in told
    assert "10 s" in told


def test_a_path_to_copy_is_never_wrapped() -> None:
    """However long it is."""
    page = "/" + "deep/" * 40 + "report.html"
    closing = Closing(Path("h"), stopped=True, seconds=1, gate_page=page, data_docs=None)
    assert f"  {page}\n" in _told(closing)


def test_a_story_without_its_end_has_no_summary() -> None:
    """Half a summary would be a lie."""
    with pytest.raises(ValueError, match="Ingested"):
        summarise([Opening(1, Path("h"), cleared=False, logs=None)])
