"""A file of lines appears whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flywheel.errors import InputError
from flywheel.lines import write_lines


def test_lines_are_counted_and_folders_made(tmp_path: Path) -> None:
    """One line each, UTF-8, an empty one too."""
    path = tmp_path / "made" / "out.jsonl"
    assert write_lines(["a", "", "–"], path) == 3
    assert path.read_bytes() == "a\n\n–\n".encode()


def test_a_file_that_is_there_keeps_its_content_until_the_new_one_is_complete(
    tmp_path: Path,
) -> None:
    """A source that fails half-way leaves the old file and no other beside it."""
    path = tmp_path / "out.jsonl"
    path.write_text("old")

    def lines() -> Iterator[str]:
        yield "new"
        assert path.read_text() == "old"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_lines(lines(), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder in the file's place, a file in the folder's place."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "out.jsonl"):
        with pytest.raises(InputError, match="cannot be written"):
            write_lines(["a"], path)


def test_no_path_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """For pipes."""
    assert write_lines(["a", "b"], None) == 2
    assert capsys.readouterr().out == "a\nb\n"
