"""What is remembered across runs: findings without text, and never believed when damaged."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from flywheel.scrub import Scrubber
from flywheel.scrub.cache import Cache, Key, fingerprint_of
from flywheel.scrub.engine import Engine
from flywheel.scrub.found import Span
from flywheel.settings import ScrubSettings
from tests.flywheel.scrub.conftest import KEY

FOUND: dict[Key, tuple[Span, ...]] = {
    (True, "Ann Lee"): (Span(0, 7, "PERSON", 0.8),),
    (False, "Ann Lee"): (),
}
TEXT = "My name is Nora Keller, mail nora.keller@example.com or call +44 20 7946 0958."


def new_cache(path: Path, fingerprint: str = "1", most: int = 100) -> Cache:
    return Cache(path / "scrub.sqlite", KEY, fingerprint, most)


def spoil(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path / "scrub.sqlite")) as connection, connection:
        connection.execute(statement)


def test_it_gives_back_what_was_put_in(tmp_path: Path) -> None:
    """A text looked through for names and without are two; what is unknown is not there."""
    cache = new_cache(tmp_path)
    assert cache.get(FOUND) == {}
    cache.put(FOUND)
    assert new_cache(tmp_path).get([*FOUND, (True, "x")]) == FOUND


def test_another_key_or_fingerprint_finds_nothing(tmp_path: Path) -> None:
    """Findings of other settings, models or code are not these."""
    new_cache(tmp_path).put(FOUND)
    assert new_cache(tmp_path, fingerprint="2").get(FOUND) == {}
    assert Cache(tmp_path / "scrub.sqlite", b"another", "1", 100).get(FOUND) == {}


def test_the_fingerprint_follows_the_settings() -> None:
    """And a model that is no package has one, too."""
    assert fingerprint_of(ScrubSettings()) == fingerprint_of(ScrubSettings())
    for other in ({"score_threshold": 0.5}, {"allow": ("x",)}, {"spacy_model": "none_such"}):
        assert fingerprint_of(ScrubSettings(**other)) != fingerprint_of(ScrubSettings())  # type: ignore[arg-type]


def test_no_text_is_in_the_file(tmp_path: Path) -> None:
    """And only its owner may read it."""
    scrubber = Scrubber(ScrubSettings(), KEY, tmp_path / "cache" / "scrub.sqlite")
    assert "Nora" not in scrubber.scrub_text(TEXT)
    files = list((tmp_path / "cache").iterdir())
    stored = b"".join(path.read_bytes() for path in files)
    assert b"PERSON" in stored
    assert not [word for word in (b"Nora", b"nora", b"7946", b"My name") if word in stored]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_later_run_gives_the_same_and_looks_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cached equals uncached."""
    path = tmp_path / "scrub.sqlite"
    group = [("messages", TEXT), ("context", f"Nora Keller | 1,234 | {TEXT}")]
    [first] = Scrubber(ScrubSettings(), KEY, path).scrub_groups([group])  # type: ignore[list-item]

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a remembered text was looked through again")

    monkeypatch.setattr(Engine, "analyze", refuse)
    assert Scrubber(ScrubSettings(), KEY, path).scrub_groups([group]) == [first]  # type: ignore[list-item]
    assert "Nora" not in first[1].text


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\1" * 5000]
)
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    """The run goes on as if there were none."""
    (tmp_path / "scrub.sqlite").write_bytes(content)
    cache = new_cache(tmp_path)
    assert cache.get(FOUND) == {}
    cache.put(FOUND)
    assert cache.get(FOUND) == FOUND


def test_another_versions_file_is_made_anew(tmp_path: Path) -> None:
    """Its rows may mean something else."""
    cache = new_cache(tmp_path)
    cache.put(FOUND)
    spoil(tmp_path, "PRAGMA user_version = 99")
    assert cache.get(FOUND) == {}
    cache.put(FOUND)
    assert cache.get(FOUND) == FOUND


@pytest.mark.parametrize("value", ["x'5b5d'", "x''", "zeroblob(16) || x'5b5d'", "'[]'"])
def test_a_damaged_row_is_not_believed(tmp_path: Path, value: str) -> None:
    """Otherwise "nothing found" written over a row would let a text pass."""
    cache = new_cache(tmp_path)
    cache.put(FOUND)
    spoil(tmp_path, f"UPDATE findings SET found = {value}")
    assert cache.get(FOUND) == {}


def test_a_row_under_another_name_is_not_believed(tmp_path: Path) -> None:
    """A row is bound to its text."""
    cache = new_cache(tmp_path)
    cache.put(FOUND)
    spoil(
        tmp_path, "UPDATE findings SET found = (SELECT found FROM findings ORDER BY name LIMIT 1)"
    )
    assert len(cache.get(FOUND)) == 1


def test_it_is_bounded(tmp_path: Path) -> None:
    """What was not asked for longest goes first; findings too large are not kept."""
    cache = new_cache(tmp_path, most=50)
    cache.put({(True, "old"): ()})
    spoil(tmp_path, "UPDATE findings SET used = 1")
    cache.put({(True, f"text {number}"): () for number in range(50)})
    assert cache.get([(True, "old")]) == {}
    kept = cache.get([(True, f"text {number}") for number in range(50)])
    assert 40 <= len(kept) <= 50
    large = {(True, "large"): tuple(Span(n, n + 1, "PERSON", 0.5) for n in range(10_000))}
    cache.put(large)
    assert cache.get(large) == {}


def test_a_home_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "cache").write_text("")
    cache = new_cache(tmp_path / "cache")
    cache.put(FOUND)
    assert cache.get(FOUND) == {}


def test_many_write_at_once(tmp_path: Path) -> None:
    """Each with a connection of its own, as processes have."""
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(10):
                cache = new_cache(tmp_path)
                cache.put({(True, f"{number} {step}"): (Span(0, 1, "PERSON", 0.5),)})
                assert cache.get([(True, f"{number} {step}")])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
