"""Releases in Azure Blob Storage, with Microsoft's emulator: what S3 is tried with in the suite."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.client.place import Place
from tests.flywheel.test_mirror import (  # noqa: F401  collected here again: this is Azure's turn
    test_a_client_reads_what_was_copied_there,
    test_a_file_of_several_parts_arrives_whole,
    test_a_store_that_is_down_leaves_the_cached_release,
    test_an_interrupted_upload_is_finished_by_the_next_call,
    test_an_unchanged_pointer_is_not_sent_again,
    test_of_two_publishers_at_once_one_wins,
    test_old_releases_are_removed_and_others_stay,
    test_two_publishers_do_not_overwrite_each_other,
    test_what_was_damaged_there_is_not_served,
)
from tests.tools.azurite import serve_azure


@pytest.fixture(scope="module")
def azure() -> Iterator[Place]:
    """One server for all tests here: each has a folder of its own in the container."""
    with serve_azure() as place:
        yield place


@pytest.fixture
def remote(azure: Place, tmp_path: Path) -> Place:
    """An empty place."""
    return replace(azure, address=f"{azure.address}/{tmp_path.name}")


@pytest.fixture
def address(remote: Place) -> str:
    """Its address."""
    return remote.address
