"""Releases are written whole or not at all, and switched in one step."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from flywheel.bank import (
    is_whole,
    open_bank,
    publishing,
    read_bank,
    read_golden,
    switch,
    write_release,
)
from flywheel.embed import get_embedder, name_of
from flywheel.errors import ReleaseError
from flywheel.release_files import content_id
from flywheel.settings import Settings, load_settings
from flywheel_client import Bank
from flywheel_client.release import BANK, GOLDEN, MANIFEST, POINTER, VECTORS, open_release
from flywheel_client.rows import parse_array
from schemas.candidate import Target
from schemas.event import ContextDocument
from schemas.release import Manifest
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams
from tests.golden import make_example, publish_examples

TRIGRAMS = name_of(Trigrams())
FILES = [
    "bank.parquet",
    "filter_keys.npy",
    "filter_rows.npy",
    "golden.jsonl",
    "rows.jsonl",
    "rows.npy",
    "vectors.npy",
]


def test_the_bank_reads_back_as_it_was_written(settings: Settings) -> None:
    """Every field of every example."""
    examples = [make_example(number, Target.BANK) for number in range(3)]
    publish_examples(settings, [*examples, make_example(9)])
    assert read_bank(settings) == examples


def test_the_id_is_of_the_content() -> None:
    """Not of the order, the parent or the time; of every text, id and side, and the embedder."""
    one, two = example("a"), example("b")
    id = content_id([one, two], TRIGRAMS)
    assert id == content_id([two, one], TRIGRAMS)
    others = [
        content_id([one], TRIGRAMS),
        content_id([one, two, example("c")], TRIGRAMS),
        content_id([one, example("b", output="else")], TRIGRAMS),
        content_id([one, example("b", target=Target.GOLDEN)], TRIGRAMS),
        content_id([one, example("b", tags={"lang": "en"})], TRIGRAMS),
        content_id([one, two], name_of(Trigrams("2"))),
        content_id([], TRIGRAMS),
    ]
    assert len({id, *others}) == 8


def test_the_same_content_is_the_same_folder(tmp_path: Path) -> None:
    """Written at another time from another parent: the folder that is there stays as it is."""
    first = publish(tmp_path, [example("a")])
    before = {path.name: path.read_bytes() for path in (tmp_path / first).iterdir()}
    manifest = write_release(
        tmp_path, [example("a")], Trigrams(), parent="f" * 16, created_at="another time"
    )
    assert manifest.id == first
    assert {path.name: path.read_bytes() for path in (tmp_path / first).iterdir()} == before


def test_a_release_holds_examples_vectors_and_a_manifest(tmp_path: Path) -> None:
    """Counts, parent, embedder and a hash for each file."""
    parent = publish(tmp_path, [example("a")])
    golden = example("g", target=Target.GOLDEN, context=(ContextDocument(id="1", text="page"),))
    id = publish(tmp_path, [example("a"), example("b"), golden], parent=parent)
    manifest = Manifest.model_validate_json((tmp_path / id / MANIFEST).read_bytes())
    assert (manifest.golden, manifest.bank, manifest.parent) == (1, 2, parent)
    assert manifest.embedder == TRIGRAMS
    assert sorted(manifest.files) == FILES
    assert sorted(path.name for path in (tmp_path / id).iterdir()) == sorted([*FILES, MANIFEST])
    assert (tmp_path / POINTER).read_text() == f"{id}\n"


def test_vectors_of_the_parent_are_used_again(tmp_path: Path) -> None:
    """Only new questions are embedded; each question once, however many examples ask it."""
    parent = publish(tmp_path, [example("a", "Old question"), example("b", "Gone question")])
    embedder = Trigrams()
    examples = [
        example("a", "Old question"),
        example("c", "New question"),
        example("d", "New question"),
    ]
    publish(tmp_path, examples, embedder, parent)
    assert embedder.embedded == ["Old question", "New question"], "the first one is a trial"
    release = open_release(tmp_path)
    vectors = parse_array(release.read(VECTORS))
    asked = [str(one.messages[0].content) for one in examples]
    assert np.array_equal(vectors, Trigrams().embed(asked).astype(np.float16))


@pytest.mark.parametrize("parent", ["0" * 16, None])
def test_without_a_usable_parent_all_is_embedded(tmp_path: Path, parent: str | None) -> None:
    """A missing parent costs time, nothing else."""
    embedder = Trigrams()
    publish(tmp_path, [example("a")], embedder, parent)
    assert embedder.embedded == ["What was revenue?"]


def test_a_parent_of_another_embedder_is_not_used(tmp_path: Path) -> None:
    """Its vectors would be wrong without looking wrong."""
    parent = publish(tmp_path, [example("a")], Trigrams("1"))
    embedder = Trigrams("2")
    id = publish(tmp_path, [example("a")], embedder, parent)
    assert id != parent
    assert embedder.embedded == ["What was revenue?"]


def test_a_damaged_release_is_built_anew(tmp_path: Path) -> None:
    """Content that the store still has heals its folder."""
    id = publish(tmp_path, [example("a")])
    (tmp_path / id / BANK).write_bytes(b"damaged")
    assert not is_whole(tmp_path / id)
    assert publish(tmp_path, [example("a")]) == id
    assert is_whole(tmp_path / id)
    publish(tmp_path, [example("b")])
    assert not list(tmp_path.glob(".aside-*")), "what was damaged is cleared away"


def test_a_file_in_the_way_is_moved_aside(tmp_path: Path) -> None:
    """Whatever stands under the release's name, the release takes the name."""
    (tmp_path / content_id([example("a")], TRIGRAMS)).write_text("in the way")
    assert is_whole(tmp_path / publish(tmp_path, [example("a")]))


@contextmanager
def _files_no_larger_than(size: int) -> Iterator[None]:
    """Writing more fails with EFBIG, as a full disk fails with ENOSPC."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 400, 3000])
def test_a_full_disk_publishes_nothing(tmp_path: Path, size: int) -> None:
    """Readers keep the old release whole, the error is one line, and the next try succeeds."""
    first = publish(tmp_path, [example("a")])
    examples = [example("a"), example("b"), example("g", target=Target.GOLDEN)]
    with _files_no_larger_than(size), pytest.raises(ReleaseError, match="cannot be written"):
        publish(tmp_path, examples)
    assert Bank.open(tmp_path, Trigrams()).release == first
    second = publish(tmp_path, examples)
    assert Bank.open(tmp_path, Trigrams()).release == second
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([first, second, POINTER])


def test_a_full_disk_does_not_lose_the_pointer(tmp_path: Path) -> None:
    """The pointer is replaced by a whole one or stays."""
    first = publish(tmp_path, [example("a")])
    second = write_release(tmp_path, [example("b")], Trigrams(), parent=first, created_at="now").id
    with _files_no_larger_than(4), pytest.raises(ReleaseError, match="current"):
        switch(tmp_path, second)
    assert Bank.open(tmp_path, Trigrams()).release == first


def test_a_damaged_or_missing_release_never_becomes_current(tmp_path: Path) -> None:
    """Each file is checked before the switch."""
    first = publish(tmp_path, [example("a")])
    second = publish(tmp_path, [example("b")])
    (tmp_path / first / GOLDEN).write_text("damaged")
    for id, why in ((first, GOLDEN), ("0" * 16, "no such release"), ("../x", "not a release id")):
        with pytest.raises(ReleaseError, match=why):
            switch(tmp_path, id)
    assert Bank.open(tmp_path, Trigrams()).release == second


def test_readers_always_see_a_whole_release(tmp_path: Path) -> None:
    """While releases are published one after the other, no reader meets a half one."""
    publish(tmp_path, [example("e0", output="0")])
    done = threading.Event()
    seen: list[int] = []
    errors: list[BaseException] = []

    def read() -> None:
        try:
            while not done.is_set():
                found = Bank.open(tmp_path, Trigrams()).select("What was revenue?", k=100)
                assert {one.output for one in found} == {str(len(found) - 1)}
                seen.append(len(found))
        except BaseException as error:
            errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for size in range(2, 20):
            publish(tmp_path, [example(f"e{i}", output=str(size - 1)) for i in range(size)])
    finally:
        done.set()
        reader.join()
    assert not errors
    assert seen == sorted(seen)


def test_the_golden_set_is_read_from_the_current_release(settings: Settings) -> None:
    """As examples, by id, for evaluation."""
    golden = [example(id, target=Target.GOLDEN) for id in ("b", "a")]
    publish(settings.releases_path, [*golden, example("c")])
    assert read_golden(settings) == sorted(golden, key=lambda one: one.id)


def test_a_golden_set_that_cannot_be_trusted_is_an_error(settings: Settings) -> None:
    """No release, a changed file: an evaluation must not run on it."""
    with pytest.raises(ReleaseError, match="no release is published"):
        read_golden(settings)
    id = publish(settings.releases_path, [example("a", target=Target.GOLDEN)])
    (settings.releases_path / id / GOLDEN).write_text("")
    with pytest.raises(ReleaseError, match=GOLDEN):
        read_golden(settings)


def test_the_bank_is_opened_as_production_opens_it(settings: Settings) -> None:
    """With the embedder of the settings; what is wrong is a user's error here."""
    with pytest.raises(ReleaseError, match="flywheel promote"):
        open_bank(settings)
    id = publish(settings.releases_path, [example("a")], get_embedder(settings))
    assert open_bank(settings).release == id


def test_a_second_writer_waits_and_then_says_so(tmp_path: Path) -> None:
    """One writer at a time; a stuck one is not waited for forever."""
    settings = load_settings(tmp_path).model_copy(update={"lock_timeout_s": 0.05})
    with (
        publishing(settings),
        pytest.raises(ReleaseError, match="another process"),
        publishing(settings),
    ):
        pass
    with publishing(settings) as releases:
        assert releases == settings.releases_path
