"""Releases in an object store: uploaded whole, switched on a condition, read by clients there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flywheel.errors import ConfigError, ReleaseError
from flywheel.mirror import Mirror
from flywheel_client import Bank, StoreUnreachable
from flywheel_client.objects import ObjectSource, connect
from flywheel_client.release import GOLDEN, MANIFEST, POINTER, VECTORS
from tests.client.releases import example, publish
from tests.client.s3 import BUCKET, serve_s3
from tests.client.trigrams import Trigrams


@pytest.fixture(scope="module")
def s3() -> Iterator[pytest.MonkeyPatch]:
    """One server for all tests here: each has a folder of its own in the bucket."""
    with serve_s3() as patch:
        yield patch


@pytest.fixture(params=["s3", "file"])
def address(request: pytest.FixtureRequest, s3: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An empty place in each kind of store."""
    if request.param == "s3":
        return f"{BUCKET}/{tmp_path.name}"
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


def test_two_publishers_do_not_overwrite_each_other(s3: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who read an older pointer is refused by the store, and told so."""
    releases, address = tmp_path / "releases", f"{BUCKET}/{tmp_path.name}"
    first, second = publish(releases, [example("a")]), publish(releases, [example("b")])
    one, other = Mirror(address), Mirror(address)
    before_the_first = one._pointer()
    other.follow(releases, first)
    with pytest.raises(ReleaseError, match="another publisher"):
        one._switch(second, before_the_first[1])
    seen = one._pointer()
    other.follow(releases, second)
    with pytest.raises(ReleaseError, match="another publisher"):
        one._switch(first, seen[1])
    assert other._pointer()[0] == second


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


def test_a_store_that_is_down_leaves_the_cached_release(
    s3: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """At the start of a process and while it runs; the publisher is told to run again."""
    releases, address = tmp_path / "releases", f"{BUCKET}/{tmp_path.name}"
    first = publish(releases, [example("a")])
    Mirror(address).follow(releases, first)
    assert _open(address, tmp_path).release == first
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
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
