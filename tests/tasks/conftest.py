"""A Prefect server for the tests of what the flows share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL

from tests.prefect_server import harness


@pytest.fixture(scope="package")
def api(prefect_database: Path) -> Iterator[str]:
    """The address of a server of its own."""
    with harness(prefect_database):
        yield str(PREFECT_API_URL.value())
