"""Releases from elsewhere: copied once, kept for when the store is down."""

import shutil
from pathlib import Path

import pytest

from flywheel_client import (
    Bank,
    EmbedderMismatch,
    ReleaseDamaged,
    ReleaseMissing,
    StoreUnreachable,
)
from flywheel_client.release import GOLDEN, MANIFEST, POINTER, VECTORS
from flywheel_client.stores import CachedStore, FolderSource, LocalStore, default_cache, open_store
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams


@pytest.fixture
def mount(tmp_path: Path) -> Path:
    """A folder that may go away."""
    path = tmp_path / "mount"
    publish(path, [example("a")])
    return path


def _open(mount: Path, cache: Path) -> Bank:
    return Bank.open(mount, Trigrams(), cache=cache, refresh_s=None)


def test_a_store_that_is_down_is_stood_in_for_by_the_last_good_release(
    mount: Path, tmp_path: Path
) -> None:
    """Also in a process that never saw the store, and until it is back."""
    cache = tmp_path / "cache"
    assert _open(mount, cache).select("What?").ids == ["a"]
    away = mount.rename(tmp_path / "away")
    bank = _open(mount, cache)
    assert bank.select("What?").ids == ["a"]
    assert isinstance(bank.problem, ReleaseMissing)
    away.rename(mount)
    second = publish(mount, [example("b")])
    assert bank.refresh()
    assert bank.release == second


def test_an_empty_cache_and_no_store_give_nothing(mount: Path, tmp_path: Path) -> None:
    """It says so, and serves as soon as there is something."""
    away = mount.rename(tmp_path / "away")
    bank = _open(mount, tmp_path / "cache")
    found = bank.select("What?")
    assert found.ids == []
    assert found.problem is not None
    away.rename(mount)
    assert bank.refresh()
    assert bank.select("What?").ids == ["a"]


def test_what_is_cached_is_checked_like_all_else(mount: Path, tmp_path: Path) -> None:
    """A copy that was damaged on this machine is fetched anew."""
    cache = tmp_path / "cache"
    release = _open(mount, cache).release
    assert release is not None
    (cache / release / VECTORS).write_bytes(b"damaged")
    bank = _open(mount, cache)
    assert bank.release is None
    assert bank.refresh()
    assert bank.select("What?").ids == ["a"]


def test_a_truncated_original_hurts_no_reader_of_a_copy(mount: Path, tmp_path: Path) -> None:
    """What is served lies on this machine."""
    bank = _open(mount, tmp_path / "cache")
    for path in (mount / str(bank.release)).iterdir():
        path.write_bytes(b"")
    assert bank.select("What?").ids == ["a"]


def test_a_release_of_another_embedder_is_copied_once(
    mount: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is looked at: a release may be a gigabyte, and another copy is no better."""
    bank = _open(mount, tmp_path / "cache")
    second = publish(mount, [example("b")], Trigrams(version="2"))
    copied: list[str] = []
    download = FolderSource.download

    def counted(source: FolderSource, release_id: str, name: str, into: Path) -> bool:
        copied.append(name)
        return download(source, release_id, name, into)

    monkeypatch.setattr(FolderSource, "download", counted)
    assert [bank.refresh() for _ in range(3)] == [False] * 3
    assert isinstance(bank.problem, EmbedderMismatch)
    assert copied.count(VECTORS) == 1
    assert bank.metrics()["refused_embedder"] == 1
    assert (tmp_path / "cache" / second).is_dir()
    third = publish(mount, [example("c")])
    assert bank.refresh()
    assert bank.release == third


def test_a_half_uploaded_release_waits(mount: Path, tmp_path: Path) -> None:
    """Nothing of it stays in the cache, and the next look takes it whole."""
    bank = _open(mount, tmp_path / "cache")
    second = publish(mount, [example("b")])
    (mount / second / VECTORS).rename(tmp_path / VECTORS)
    assert not bank.refresh()
    assert isinstance(bank.problem, ReleaseMissing)
    names = {path.name for path in (tmp_path / "cache").iterdir()}
    assert names == {"last-good", bank.release}
    (tmp_path / VECTORS).rename(mount / second / VECTORS)
    assert bank.refresh()
    assert bank.select("What?").ids == ["b"]


def test_the_cache_keeps_two_releases_and_no_golden_set(mount: Path, tmp_path: Path) -> None:
    """Production has no business with the golden set; old copies go."""
    cache = tmp_path / "cache"
    bank = _open(mount, cache)
    ids = [publish(mount, [example(name)]) for name in "bcd"]
    for release_id in ids:
        (mount / POINTER).write_text(release_id)
        assert bank.refresh()
    copies = [path for path in cache.iterdir() if path.is_dir()]
    assert {path.name for path in copies} >= {ids[-1]}
    assert len(copies) == 2
    assert not any((path / GOLDEN).exists() for path in copies)
    assert all((path / MANIFEST).exists() for path in copies)


def test_a_release_that_stands_alone_is_copied_under_its_id(mount: Path, tmp_path: Path) -> None:
    """Whatever its folder is called; what else lies in the cache stays there."""
    release = (mount / POINTER).read_text().strip()
    alone = (mount / release).rename(tmp_path / "newest")
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "mine.txt").write_text("kept")
    bank = _open(alone, cache)
    assert (bank.problem, bank.release, bank.select("What?").ids) == (None, release, ["a"])
    assert bank.refresh()
    assert {path.name for path in cache.iterdir()} == {"last-good", release, "mine.txt"}
    manifest = (alone / MANIFEST).read_text()
    (alone / MANIFEST).write_text(manifest.replace(release, "."))
    assert not bank.refresh()
    assert isinstance(bank.problem, ReleaseDamaged)
    assert {path.name for path in cache.iterdir()} == {"last-good", release, "mine.txt"}


def test_a_cache_that_cannot_be_written_is_a_store_that_does_not_answer(
    mount: Path, tmp_path: Path
) -> None:
    """No release, one error of the tree, nothing half."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    store = CachedStore(FolderSource(mount), blocked)
    with pytest.raises(StoreUnreachable, match="cache"):
        store.fetch(store.pointer())
    assert store.last_good() is None
    store.keep("0" * 16)  # says nothing and stops nothing
    shutil.rmtree(mount)
    assert LocalStore(mount).fingerprint("0" * 16) == ()


def test_the_users_cache_is_by_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two banks on one machine do not share a folder; nobody else may read it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    one, other = default_cache("s3://one"), default_cache("s3://other")
    assert one != other
    assert one.parent == tmp_path / "flywheel-client"
    assert one.stat().st_mode & 0o077 == 0
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    fallback = default_cache("s3://one")
    assert fallback.is_dir()
    fallback.rmdir()


@pytest.mark.parametrize("address", ["gopher://bank/releases", "az://only-a-container/x"])
def test_an_address_that_no_store_understands_is_a_mistake(address: str, tmp_path: Path) -> None:
    """It would never come to serve anything."""
    with pytest.raises(ValueError, match="no such store"):
        open_store(address, tmp_path)
