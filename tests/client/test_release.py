"""A release is whole, or it is refused with what is wrong with it."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flywheel_client import Bank, ReleaseDamaged, ReleaseMissing, ReleaseTooNew
from flywheel_client.release import (
    BANK,
    GOLDEN,
    INDEX,
    MANIFEST,
    POINTER,
    VECTORS,
    open_release,
)
from flywheel_client.rows import FILTER_KEYS, FILTER_ROWS, ROW_INDEX, ROWS
from tests.client.releases import example, open_bank, publish
from tests.client.trigrams import Trigrams


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The folder of the one release that is current."""
    return tmp_path / publish(tmp_path, [example("a"), example("b")])


def _open(release: Path) -> Bank:
    return open_bank(release.parent, Trigrams())


def _edit_manifest(release: Path, **changes: Any) -> None:
    manifest = json.loads((release / MANIFEST).read_text())
    (release / MANIFEST).write_text(json.dumps(manifest | changes))


def _replace(release: Path, name: str, content: bytes) -> None:
    """Another file, with a manifest that vouches for it."""
    import hashlib

    (release / name).write_bytes(content)
    files = json.loads((release / MANIFEST).read_text())["files"]
    _edit_manifest(release, files=files | {name: hashlib.sha256(content).hexdigest()})


@pytest.mark.parametrize("name", [BANK, VECTORS])
def test_one_flipped_bit_is_noticed(release: Path, name: str) -> None:
    """Every file that is read is held against the manifest's hash."""
    content = bytearray((release / name).read_bytes())
    content[len(content) // 2] ^= 1
    (release / name).write_bytes(content)
    with pytest.raises(ReleaseDamaged, match=name):
        _open(release)


@pytest.mark.parametrize("wrong", ["bit", "kind", "gone"])
def test_a_damaged_index_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """It is checked beside the other files, and opened only once its hash fits."""
    monkeypatch.setattr("flywheel.release_files.INDEX_FROM", 1)
    release = tmp_path / publish(tmp_path, [example("a"), example("b")])
    assert _open(release).select("What?").ids == ["a", "b"]
    content = bytearray((release / INDEX).read_bytes())
    content[len(content) // 2] ^= 1
    if wrong == "kind":
        _replace(release, INDEX, b"no index")
    elif wrong == "gone":
        (release / INDEX).unlink()
    else:
        (release / INDEX).write_bytes(content)
    with pytest.raises(ReleaseDamaged, match="cannot be read" if wrong == "kind" else INDEX):
        _open(release)


@pytest.mark.parametrize("name", [BANK, VECTORS, MANIFEST])
def test_a_missing_file_is_noticed(release: Path, name: str) -> None:
    """A half copied folder is not half a bank."""
    (release / name).unlink()
    with pytest.raises(ReleaseDamaged, match=release.name):
        _open(release)


def test_a_damaged_golden_set_does_not_stop_production(release: Path) -> None:
    """Prompts do not read it; whoever does gets the error."""
    (release / GOLDEN).write_text("damaged")
    assert len(_open(release)) == 2
    with pytest.raises(ReleaseDamaged, match=GOLDEN):
        open_release(release).verify()


def test_a_folder_without_releases_says_so(tmp_path: Path) -> None:
    """Nothing published yet is another thing than something broken."""
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ReleaseMissing, match="no release is published"):
            open_bank(path)


def test_a_pointer_to_nothing_says_so(release: Path) -> None:
    """The pointer is right and the folder is not there: a copy that is not finished."""
    (release.parent / POINTER).write_text("0123456789abcdef\n")
    with pytest.raises(ReleaseMissing, match="0123456789abcdef"):
        _open(release)


@pytest.mark.parametrize("content", ["", "../../etc", "A B", "ü" * 16, "\x00" * 16])
def test_a_damaged_pointer_is_noticed(release: Path, content: str) -> None:
    """What stands there is an id or an error, never a path out of the folder."""
    (release.parent / POINTER).write_text(content, "utf-8")
    with pytest.raises(ReleaseDamaged, match=POINTER):
        _open(release)


def test_a_release_copied_under_another_name_opens(release: Path, tmp_path: Path) -> None:
    """An image may carry one release in a folder of its own, without the pointer."""
    copy = shutil.copytree(release, tmp_path / "elsewhere" / "bank")
    assert open_bank(copy, Trigrams()).release == release.name


def test_a_newer_format_asks_for_an_upgrade(release: Path) -> None:
    """An old client does not guess at a new format."""
    _edit_manifest(release, schema_version=3, files="in another form")
    with pytest.raises(ReleaseTooNew, match="upgrade"):
        _open(release)


@pytest.mark.parametrize(
    "changes",
    [{"files": None}, {"files": {}}, {"embedder": {}}, {"bank": "many"}, {"id": "someone-elses"}],
)
def test_a_damaged_manifest_is_noticed(release: Path, changes: dict[str, Any]) -> None:
    """Wrong types, missing entries, and the manifest of another release."""
    _edit_manifest(release, **changes)
    with pytest.raises(ReleaseDamaged):
        _open(release)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *[(name, b"no array") for name in (VECTORS, ROW_INDEX, FILTER_KEYS, FILTER_ROWS)],
        (VECTORS, b""),
        (ROWS, b"no rows"),
        (ROWS, b""),
    ],
)
def test_files_of_another_kind_are_noticed(release: Path, name: str, content: bytes) -> None:
    """A hash that fits does not make it a table."""
    _replace(release, name, content)
    with pytest.raises(ReleaseDamaged, match="cannot be read"):
        _open(release)


def _npy(array: Any) -> bytes:
    import io

    sink = io.BytesIO()
    np.save(sink, array)
    return sink.getvalue()


def test_vectors_of_another_shape_are_noticed(release: Path) -> None:
    """A row more or less would put every answer beside the wrong question."""
    _replace(release, VECTORS, _npy(np.zeros((3, 64), np.float32)))
    with pytest.raises(ReleaseDamaged, match=r"\(3, 64\)"):
        _open(release)
    _replace(release, VECTORS, _npy(np.zeros((2, 64), np.int16)))
    with pytest.raises(ReleaseDamaged, match="int16"):
        _open(release)
    _edit_manifest(release, bank=3)
    with pytest.raises(ReleaseDamaged, match="2 examples, the manifest says 3"):
        _open(release)


@pytest.mark.parametrize("kind", [np.float32, np.int8])
def test_vectors_of_another_precision_are_read(release: Path, kind: Any) -> None:
    """Half precision is what is written; 8 bits take half of its room on disk."""
    exact = Trigrams().embed(["What was revenue?"] * 2)
    _replace(release, VECTORS, _npy((exact * (127 if kind is np.int8 else 1)).astype(kind)))
    selection = _open(release).select("What was revenue?", k=2)
    assert selection.ids == ["a", "b"]
    assert selection.examples[0].score == pytest.approx(1, abs=1e-3)
