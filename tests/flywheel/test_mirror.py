"""Releases in an object store: uploaded whole, switched on a condition, read by clients there."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from flywheel.errors import ConfigError, ReleaseError
from flywheel.mirror import Mirror
from flywheel_client import Bank, ReleaseDamaged, StoreUnreachable
from flywheel_client.objects import ObjectSource, connect
from flywheel_client.release import GOLDEN, MANIFEST, POINTER, VECTORS
from tests.client.gcs import serve_gcs
from tests.client.place import Place
from tests.client.releases import example, publish
from tests.client.s3 import serve_s3
from tests.client.trigrams import Trigrams


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Place]]:
    """One of each kind for all tests here: each has a folder of its own in the bucket."""
    with serve_s3() as s3, serve_gcs(tmp_path_factory.mktemp("keys")) as gcs:
        yield {"s3": s3, "gs": gcs}


@pytest.fixture(params=["s3", "gs"])
def remote(request: pytest.FixtureRequest, servers: dict[str, Place], tmp_path: Path) -> Place:
    """An empty place in each kind of store behind a network."""
    place = servers[request.param]
    return replace(place, address=f"{place.address}/{tmp_path.name}")


@pytest.fixture(params=["s3", "gs", "file"])
def address(request: pytest.FixtureRequest, servers: dict[str, Place], tmp_path: Path) -> str:
    """An empty place in each kind of store."""
    if request.param in servers:
        return f"{servers[request.param].address}/{tmp_path.name}"
    (tmp_path / "objects").mkdir()
    return f"file://{tmp_path / 'objects'}"


def _open(address: str, tmp_path: Path) -> Bank:
    return Bank.open(address, Trigrams(), cache=tmp_path / "cache", refresh_s=None)


def test_a_client_reads_what_was_copied_there(address: str, tmp_path: Path) -> None:
    """Published, followed, rolled back: the client goes along at each look."""
    mirror, releases = Mirror(address), tmp_path / "releases"
    first = publish(releases, [example("a")])
    assert mirror.follow(releases, first)
    assert not mirror.follow(releases, first), "it is there already"
    bank = _open(address, tmp_path)
    assert bank.select("What?").ids == ["a"]
    second = publish(releases, [example("b")])
    mirror.follow(releases, second)
    assert bank.refresh()
    assert bank.select("What?").release == second
    mirror.follow(releases, first)
    assert bank.refresh()
    assert bank.select("What?").ids == ["a"]
    assert not list((tmp_path / "cache").rglob(GOLDEN))


def test_an_unchanged_pointer_is_not_sent_again(address: str, tmp_path: Path) -> None:
    """The store compares the ETag and says only that nothing changed."""
    releases = tmp_path / "releases"
    first = publish(releases, [example("a")])
    Mirror(address).follow(releases, first)
    source = ObjectSource(connect(address), address)
    assert source.pointer() == source.pointer() == first
    tag = source._known
    Mirror(address).follow(releases, publish(releases, [example("b")]))
    assert source.pointer() != first
    assert source._known != tag


def test_two_publishers_do_not_overwrite_each_other(remote: Place, tmp_path: Path) -> None:
    """Who looked before the other switched the pointer is refused, at its first time and later."""
    releases = tmp_path / "releases"
    first, second = (publish(releases, [example(id)]) for id in "ab")
    late, mirror = Mirror(remote.address), Mirror(remote.address)
    for release_id, other in ((first, second), (second, first)):
        _, tag = late._pointer()
        mirror.follow(releases, release_id)
        with pytest.raises(ReleaseError, match="another publisher"):
            late._switch(other, tag)
        assert mirror._pointer()[0] == release_id


def test_of_two_publishers_at_once_one_wins(remote: Place, tmp_path: Path) -> None:
    """Both looked, both switch: the store takes one, and tells the other."""
    releases = tmp_path / "releases"
    ids = [publish(releases, [example(id)]) for id in "abcd"]
    Mirror(remote.address).follow(releases, ids[0])
    _, tag = Mirror(remote.address)._pointer()
    start = threading.Barrier(3)

    def switch(release_id: str) -> str | None:
        mirror = Mirror(remote.address)
        start.wait()
        try:
            mirror._switch(release_id, tag)
        except ReleaseError:
            return None
        return release_id

    with ThreadPoolExecutor(3) as pool:
        won = [one for one in pool.map(switch, ids[1:]) if one is not None]
    assert won == [Mirror(remote.address)._pointer()[0]]


def test_a_file_of_several_parts_arrives_whole(address: str, tmp_path: Path) -> None:
    """A release may be a gigabyte: it goes and comes piece by piece."""
    releases = tmp_path / "releases"
    release_id = publish(releases, [example("a")])
    long = releases / release_id / "long.bin"
    long.write_bytes(bytes(range(256)) * 25_000)
    Mirror(address).follow(releases, release_id)
    assert not Mirror(address).follow(releases, release_id)
    source = ObjectSource(connect(address), address)
    assert source.download(release_id, "long.bin", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == long.read_bytes()


def test_what_was_damaged_there_is_not_served(address: str, tmp_path: Path) -> None:
    """The last good one goes on, until the damage is mended; the pointer may be what is damaged."""
    mirror, releases, store = Mirror(address), tmp_path / "releases", connect(address)
    first, second = (publish(releases, [example(id)]) for id in "ab")
    mirror.follow(releases, first)
    bank = _open(address, tmp_path)
    mirror.follow(releases, second)
    store.put(f"{second}/{VECTORS}", b"damaged")
    assert not bank.refresh()
    assert isinstance(bank.problem, ReleaseDamaged)
    assert bank.select("What?").ids == ["a"]
    store.put(POINTER, b"../../etc")
    assert not bank.refresh()
    assert isinstance(bank.problem, ReleaseDamaged)
    assert mirror.follow(releases, second)
    assert bank.refresh()
    assert bank.select("What?").ids == ["b"]


def test_an_interrupted_upload_is_finished_by_the_next_call(address: str, tmp_path: Path) -> None:
    """The manifest comes last: until then there is no release for a client to find."""
    releases = tmp_path / "releases"
    release_id = publish(releases, [example("a")])
    store = connect(address)
    store.put(f"{release_id}/{VECTORS}", b"half")
    store.put(POINTER, release_id.encode())
    bank = _open(address, tmp_path)
    assert bank.release is None
    Mirror(address).follow(releases, release_id)
    assert (
        bytes(store.get(f"{release_id}/{VECTORS}").bytes())
        == (releases / release_id / VECTORS).read_bytes()
    )
    assert bank.refresh()
    assert bank.select("What?").ids == ["a"]


def test_a_store_that_is_down_leaves_the_cached_release(remote: Place, tmp_path: Path) -> None:
    """At the start of a process and while it runs; the publisher is told to run again."""
    releases, address = tmp_path / "releases", remote.address
    first = publish(releases, [example("a")])
    Mirror(address).follow(releases, first)
    assert _open(address, tmp_path).release == first
    with pytest.MonkeyPatch.context() as patch:
        for name, value in remote.down.items():
            patch.setenv(name, value)
        bank = _open(address, tmp_path)
        assert bank.select("What?").ids == ["a"]
        assert isinstance(bank.problem, StoreUnreachable)
        assert bank.metrics()["poll_errors"] == 1
        with pytest.raises(ReleaseError, match="published here, but not there"):
            Mirror(address).follow(releases, first)


def test_old_releases_are_removed_and_others_stay(address: str, tmp_path: Path) -> None:
    """What this home never published is somebody else's."""
    mirror, releases = Mirror(address), tmp_path / "releases"
    ids = [publish(releases, [example(name)]) for name in "abc"]
    for release_id in ids:
        mirror.follow(releases, release_id)
    store = connect(address)
    store.put(f"{'f' * 16}/{MANIFEST}", b"{}")
    mirror.remove(ids[1:], ids)
    listed = [one["path"].split("/") for page in store.list() for one in page]
    there = {path[-2] for path in listed if path[-1] == MANIFEST}
    assert there == {*ids[1:], "f" * 16}


def test_a_wrong_address_is_a_wrong_setting() -> None:
    """One line that names it."""
    with pytest.raises(ConfigError, match="FLYWHEEL_RELEASE__URL"):
        Mirror("gopher://bank")
