"""What every test may use: settings in a home of its own, a clean environment, sample data."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from flywheel.settings import Settings, go_offline, load_settings

go_offline()  # before any test module imports Prefect or Great Expectations


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No FLYWHEEL_* or OPENAI_* of the caller reaches a test."""
    for name in list(os.environ):
        if name.startswith(("FLYWHEEL_", "OPENAI_")) and name != "FLYWHEEL_SHARED_DATA":
            monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home of their own."""
    return load_settings(tmp_path / "home")


@pytest.fixture(scope="session")
def shared_data() -> Iterator[Path]:
    """Real event streams for measuring, which are not in the repository."""
    path = Path(os.environ.get("FLYWHEEL_SHARED_DATA", "../shared/data"))
    if not path.is_dir():
        pytest.skip(f"no sample streams at {path}; name their folder in FLYWHEEL_SHARED_DATA")
    yield path
