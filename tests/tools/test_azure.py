"""Releases in Azure Blob Storage: what S3 is tried with in the suite, with Microsoft's emulator."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flywheel.errors import ReleaseError
from flywheel.mirror import Mirror
from flywheel_client import Bank
from flywheel_client.objects import ObjectSource, connect
from flywheel_client.release import POINTER
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams
from tests.tools.azurite import ADDRESS, serve_azure


@pytest.fixture(scope="module")
def azure() -> Iterator[pytest.MonkeyPatch]:
    """One server for all tests here: each has a folder of its own in the container."""
    with serve_azure() as patch:
        yield patch


@pytest.fixture
def address(azure: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An empty place."""
    return f"{ADDRESS}/{tmp_path.name}"


def test_a_client_follows_what_is_published_there(address: str, tmp_path: Path) -> None:
    """Published, switched, rolled back, removed: the client goes along at each look."""
    mirror, releases = Mirror(address), tmp_path / "releases"
    first = publish(releases, [example("a")])
    assert mirror.follow(releases, first)
    assert not mirror.follow(releases, first), "it is there already"
    bank = Bank.open(address, Trigrams(), cache=tmp_path / "cache", refresh_s=None)
    assert bank.select("What?").ids == ["a"]
    second = publish(releases, [example("b")])
    assert mirror.follow(releases, second)
    assert bank.refresh()
    assert bank.select("What?").release == second
    assert mirror.follow(releases, first)
    assert bank.refresh()
    assert bank.select("What?").ids == ["a"]
    mirror.remove([first], [first, second])
    assert connect(address).list_with_delimiter()["common_prefixes"] == [first]


def test_two_publishers_do_not_overwrite_each_other(address: str, tmp_path: Path) -> None:
    """Who looked before the other switched the pointer is refused, at its first time and later."""
    releases = tmp_path / "releases"
    first, second = (publish(releases, [example(id)]) for id in "ab")
    late, mirror = Mirror(address), Mirror(address)
    for release_id, other in ((first, second), (second, first)):
        _, tag = late._pointer()
        mirror.follow(releases, release_id)
        with pytest.raises(ReleaseError, match="another publisher"):
            late._switch(other, tag)
        assert bytes(connect(address).get(POINTER).bytes()).decode().strip() == release_id


def test_an_unchanged_pointer_is_not_sent_again(address: str, tmp_path: Path) -> None:
    """The store compares the ETag and says only that nothing changed."""
    releases = tmp_path / "releases"
    first = publish(releases, [example("a")])
    Mirror(address).follow(releases, first)
    source = ObjectSource(connect(address), address)
    assert source.pointer() == first
    known = source._known
    assert source.pointer() == first
    assert source._known is known, "304: nothing was read anew"
    second = publish(releases, [example("b")])
    Mirror(address).follow(releases, second)
    assert source.pointer() == second
