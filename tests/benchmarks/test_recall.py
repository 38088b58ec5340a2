"""The figures of docs/personal-data.md come from here: what is measured, and that they stand."""

import re
from pathlib import Path

import pytest

from benchmarks import recall
from flywheel.scrub import Scrubber
from flywheel.settings import ScrubSettings

DOC = Path(__file__).resolve().parents[2] / "docs" / "personal-data.md"


@pytest.fixture(scope="module")
def rows() -> dict[str, recall.Row]:
    """A tenth of the full measurement."""
    scrubber = Scrubber(ScrubSettings(), b"benchmark-key-0123")
    return {row.what: row for row in recall.measure(scrubber, 40)}


def test_what_a_rule_finds_is_found(rows: dict[str, recall.Row]) -> None:
    """Values with a form or a cue: at most one in fifty is missed, and no figure is lost."""
    held_out = ("names, held out", "phones alone", "cards, grouped")
    for what, row in rows.items():
        if not what.startswith(held_out):
            assert row.done >= 0.98 * row.total, what
    assert rows["figures that stay"].done == rows["figures that stay"].total > 1000


def test_the_document_shows_every_row_that_is_measured(rows: dict[str, recall.Row]) -> None:
    """A row added or renamed here stands in the document too."""
    documented = re.findall(r"^\| ([^|]+?) \| [\d,]+ of [\d,]+ \|", DOC.read_text("utf-8"), re.M)
    assert documented == list(rows)


def test_what_is_not_taken_out_is_counted_as_missed() -> None:
    """A value that no rule knows stays, and the measure says so."""
    scrubber = Scrubber(ScrubSettings(), b"benchmark-key-0123")
    planted = [recall._Planted("The row of zq-17 is off.", ("zq-17",))]
    assert recall._recall(scrubber, "nothing to find", planted).done == 0
