"""Sources are found by name, known by content, and a change of theirs is noticed."""

import gzip
import os
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir

import pytest

from flywheel.errors import SourceError
from flywheel.sources.files import (
    HEAD_BYTES,
    discover,
    take_fingerprint,
)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """A folder with events at two depths, and other files."""
    folder = tmp_path / "events"
    (folder / "deep" / "er").mkdir(parents=True)
    for name in ("b.jsonl", "a.jsonl.gz", "deep/c.parquet", "deep/er/d.jsonl", "note.txt", "x.gz"):
        (folder / name).write_bytes(b"")
    return folder


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_a_folder_gives_all_events_below_it(events: Path) -> None:
    """Sorted, and nothing else."""
    assert names(discover([str(events)])) == ["a.jsonl.gz", "b.jsonl", "c.parquet", "d.jsonl"]


def test_a_glob_gives_what_it_matches(events: Path) -> None:
    """With `**` for folders; a folder that matches is no file."""
    assert names(discover([f"{events}/*"])) == ["a.jsonl.gz", "b.jsonl"]
    assert names(discover([f"{events}/**/*.jsonl"])) == ["b.jsonl", "d.jsonl"]


def test_a_file_named_twice_comes_once(events: Path) -> None:
    """By its folder, by a glob, by its name and by a link."""
    (events / "deep" / "link.jsonl").symlink_to(events / "b.jsonl")
    found = discover([str(events), f"{events}/b.*", str(events / "deep" / ".." / "b.jsonl")])
    assert names(found).count("b.jsonl") == 1 and "link.jsonl" not in names(found)


def test_a_name_with_brackets_is_a_file_first(tmp_path: Path) -> None:
    """What exists under a name is meant, though the name could be a glob."""
    path = tmp_path / "day[1].jsonl"
    path.write_bytes(b"")
    assert discover([str(path)]) == [path.resolve()]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("nowhere", "no such file or folder"),
        ("*.jsonl", "holds no .jsonl, .jsonl.gz, .parquet"),
        (".", "holds no .jsonl"),
        ("note.txt", "not one of .jsonl"),
        ("s3://bucket/events", "s3:// sources are not supported; give files, folders or globs"),
        ("gs://bucket/key.jsonl", "gs:// sources are not supported"),
        ("", "empty name; for this folder, give ."),
        ("a" * 5000, "cannot be read (File name too long)"),
    ],
)
def test_a_source_that_names_nothing_is_a_mistake(
    source: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line that says what is there instead."""
    (tmp_path / "note.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError) as caught:
        discover([source])
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("source", [".", "home", "**/*"])
def test_what_was_written_into_the_home_is_no_source(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Releases and reports end like events; who names a folder around them means neither."""
    monkeypatch.chdir(tmp_path)
    for name in ("home/releases/1/golden.jsonl", "home/reports/a/b.jsonl", "home/gx/c.parquet"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"{}\n")
    for name in ("mine/releases", "home/events"):  # a name alone says nothing
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "a.jsonl").write_bytes(b"{}\n")
    mine, inside = tmp_path / "mine/releases/a.jsonl", tmp_path / "home/events/a.jsonl"
    expected = {".": [mine], "home": [inside], "**/*": [inside, mine]}[source]
    assert discover([source], Path("home")) == expected


def test_links_that_go_round_are_no_trap(tmp_path: Path) -> None:
    """A link to a folder is not followed; a link to itself and a pipe are refused, not awaited."""
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "self.jsonl").symlink_to(tmp_path / "self.jsonl")
    os.mkfifo(tmp_path / "pipe.jsonl")
    found = discover([str(tmp_path)])
    assert names(found) == ["a.jsonl", "pipe.jsonl", "self.jsonl"]
    for path, why in zip(found[1:], ("not a file: a pipe", "symbolic links"), strict=True):
        with pytest.raises(SourceError, match=why):
            take_fingerprint(path)


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Reports and quarantine could not name it; the message can be printed all the same."""
    path = tmp_path / os.fsdecode(b"caf\xe9.jsonl")
    path.write_bytes(b"{}\n")
    with pytest.raises(SourceError) as caught:
        take_fingerprint(path)
    assert (
        str(caught.value).encode().endswith(b"caf\\udce9.jsonl: its name is not UTF-8; rename it")
    )


def test_a_closed_folder_is_named_and_its_neighbours_go_on(tmp_path: Path) -> None:
    """Who may not look into a folder hears of it: its events would be missing in silence."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    code = (
        "import os, sys\n"
        "from flywheel.errors import SourceError\n"
        "from flywheel.sources.files import discover, take_fingerprint\n"
        "if os.geteuid() == 0: os.setresuid(65534, 65534, 65534)\n"
        "for path in discover(['.']):\n"
        "    try: print(take_fingerprint(path).kind)\n"
        "    except SourceError as error: print(error)\n"
    )
    for folder in (tmp_path, *tmp_path.parents):  # another user must get here
        if folder.stat().st_uid == os.geteuid() and folder.is_relative_to(gettempdir()):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["jsonl", f"{closed}: cannot be read (Permission denied)"]


def test_the_kind_is_told_by_content(tmp_path: Path) -> None:
    """A proxy may have unpacked a `.gz`, or packed a plain file."""
    unpacked, packed = tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl"
    unpacked.write_bytes(b"{}\n")
    packed.write_bytes(gzip.compress(b"{}\n"))
    assert take_fingerprint(unpacked).kind == "jsonl"
    assert take_fingerprint(packed).kind == "jsonl.gz"
    assert take_fingerprint(tmp_path / "b.jsonl").head_bytes == packed.stat().st_size


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """Gone between discovery and reading."""
    with pytest.raises(SourceError, match=r"gone\.jsonl: cannot be read"):
        take_fingerprint(tmp_path / "gone.jsonl")


def test_only_the_head_is_hashed(tmp_path: Path) -> None:
    """Telling whether a file of any size changed reads 64 KiB of it."""
    path = tmp_path / "big.jsonl"
    path.write_bytes(b"x" * (3 * HEAD_BYTES))
    seen = take_fingerprint(path)
    assert (seen.size, seen.head_bytes) == (3 * HEAD_BYTES, HEAD_BYTES)
