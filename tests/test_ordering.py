"""The suite's long files come first, on all workers, and in the order of the list."""

from pathlib import Path

from flywheel.settings import PROJECT
from tests.ordering import LONGEST_FIRST, place

TESTS = PROJECT / "tests"


def test_every_name_in_the_list_is_there() -> None:
    """A file that was renamed would fall back among the others, and nobody would notice."""
    assert [name for name in LONGEST_FIRST if not (TESTS / name).exists()] == []


def test_a_long_file_comes_before_its_folder_and_both_before_the_rest() -> None:
    """The first name in the list that fits counts."""
    names = ["flows/test_up.py", "flows/test_main.py", "flywheel/test_tree.py", "test_docs.py"]
    places = [place(TESTS / name) for name in names]
    assert places == [0, LONGEST_FIRST.index("flows"), len(LONGEST_FIRST), len(LONGEST_FIRST)]
    assert place(Path("/elsewhere/test_up.py")) == len(LONGEST_FIRST)


def test_make_test_hands_the_files_out_in_this_order() -> None:
    """By itself xdist gives out the file with the most tests first: the long ones have few."""
    line = next(one for one in (PROJECT / "Makefile").read_text().splitlines() if "-n auto" in one)
    assert "--dist loadfile" in line
    assert "--no-loadscope-reorder" in line
