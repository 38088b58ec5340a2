"""The demo's home: cleared only when the demo made it."""

from pathlib import Path

import pytest

from flywheel.demo.folder import MARKER, start_anew
from flywheel.errors import InputError


def test_a_new_folder_gets_a_marker_and_the_same_salt_for_the_same_seed(tmp_path: Path) -> None:
    """Readable by its owner only."""
    assert not start_anew(tmp_path / "a" / "home", 7)
    start_anew(tmp_path / "b", 7)
    start_anew(tmp_path / "c", 8)
    salts = [(tmp_path / name / "salt").read_text() for name in ("a/home", "b", "c")]
    assert salts[0] == salts[1] != salts[2]
    assert (tmp_path / "b" / "salt").stat().st_mode & 0o777 == 0o600


def test_its_own_folder_is_cleared(tmp_path: Path) -> None:
    """Files, folders and links in it, but not what a link points to."""
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    home = tmp_path / "home"
    start_anew(home, 7)
    (home / "releases" / "r1").mkdir(parents=True)
    (home / "releases" / "r1" / "golden.jsonl").write_text("{}")
    (home / "link").symlink_to(outside)
    assert start_anew(home, 7)
    assert sorted(path.name for path in home.iterdir()) == [MARKER, "salt"]
    assert outside.read_text() == "mine"


def test_a_folder_of_somebody_else_is_refused_and_stays(tmp_path: Path) -> None:
    """Whatever is in it."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="did not make"):
        start_anew(tmp_path, 7)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    """Nothing can be lost."""
    assert not start_anew(tmp_path, 7)
    assert (tmp_path / MARKER).is_file()


@pytest.mark.parametrize("kind", ["file", "link"])
def test_something_else_than_a_folder_is_refused(tmp_path: Path, kind: str) -> None:
    """A file, or a link to a folder."""
    home = tmp_path / "home"
    if kind == "file":
        home.write_text("x")
    else:
        (tmp_path / "real").mkdir()
        home.symlink_to(tmp_path / "real")
    with pytest.raises(InputError, match="not a plain folder"):
        start_anew(home, 7)
