"""The release's page, drawn from reports."""

from flywheel.steps.promote import PromoteReport, Refused
from flywheel.steps.release import FileCheck, ShownRelease
from schemas.release import EmbedderName, Manifest
from tasks.release import draw_release


def _report(release: str | None = "r-2", published: bool = True) -> PromoteReport:
    return PromoteReport(
        added={"golden": 2, "bank": 5},
        withdrawn={"golden": 1, "bank": 0},
        refused=(Refused("c-9", "its case is in the golden set"),),
        release=release,
        published=published,
    )


def _shown(whole: bool = True, parent: str | None = "r-1") -> ShownRelease:
    manifest = Manifest(
        id="r-2",
        parent=parent,
        created_at="2025-01-06T09:00:00+00:00",
        golden=12,
        bank=34,
        embedder=EmbedderName(name="wordllama", version="l2", dimensions=256),
    )
    file = FileCheck(name="bank.parquet", sha256="ab" * 32, whole=whole)
    return ShownRelease(manifest=manifest, current=True, whole=whole, files=(file,))


def test_the_page_says_what_changed_and_what_is_in_it() -> None:
    """Counts of both sides, the parent, each file with the start of its hash."""
    page = draw_release(_report(), _shown())
    assert page.startswith("# Release r-2 published\n")
    assert "| added | 2 | 5 |" in page
    assert "| withdrawn | 1 | 0 |" in page
    assert "| **in the release** | **12** | **34** |" in page
    assert "after `r-1`" in page
    assert "| `bank.parquet` | `abababababababab…` | whole |" in page


def test_the_first_release_has_no_parent() -> None:
    """And says so in words."""
    assert "the first one" in draw_release(_report(), _shown(parent=None))


def test_refusals_are_listed_with_their_reason() -> None:
    """A reviewer sees why an approval did not arrive."""
    page = draw_release(_report(), _shown())
    assert "| `c-9` | its case is in the golden set |" in page


def test_a_damaged_file_is_not_called_whole() -> None:
    """The page checks the files, it does not repeat the manifest."""
    assert "**damaged**" in draw_release(_report(), _shown(whole=False))


def test_without_a_release_the_page_says_so() -> None:
    """Nothing is approved yet."""
    page = draw_release(_report(release=None, published=False), None)
    assert page.startswith("# No release yet")
