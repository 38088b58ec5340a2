"""Which test files come first, so that no worker is left alone with a long one at the end."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

_TESTS: Final = Path(__file__).resolve().parent

LONGEST_FIRST: Final = (
    "flows/test_up.py",
    "flywheel/steps/test_ingest_killed.py",
    "flows",  # one after another: a worker starts Prefect's server for the package, and keeps it
    "flywheel/steps/test_promote_killed.py",
    "flywheel/review/test_browser_work.py",
    "flywheel/demo",
    "test_network.py",
)
"""Files and folders of tests that start processes, servers and browsers; the others follow."""


def place(path: Path) -> int:
    """Where a test file stands in the order; those with the same place keep theirs."""
    names = [str(one.relative_to(_TESTS)) for one in _lineage(path)]
    found = (at for at, name in enumerate(LONGEST_FIRST) if name in names)
    return next(found, len(LONGEST_FIRST))


def _lineage(path: Path) -> Iterable[Path]:
    return (one for one in (path, *path.parents) if one.is_relative_to(_TESTS))
