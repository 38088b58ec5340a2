"""The shapes of the story: commands that work when pasted, tables that align."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from flywheel.demo.layout import Command, columns, command_for, heading, quotes
from flywheel.demo.wording import KINDS, counted, sentence, shorten, words


def _printed(part: RenderableType, width: int = 80) -> str:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(part, soft_wrap=isinstance(part, Command))
    return capture.get()


@pytest.mark.parametrize("on_the_path", [True, False])
def test_a_printed_command_runs_when_it_is_pasted(
    on_the_path: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the program's folder on the path or not, from any folder."""
    programs = str(Path(sys.executable).parent) if on_the_path else "/nonexistent"
    monkeypatch.setenv("PATH", programs)
    monkeypatch.chdir(tmp_path)
    command = command_for("demo", "--help")
    assert command.startswith("flywheel ") == on_the_path
    done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Monday story" in done.stdout


def test_arguments_with_spaces_are_quoted() -> None:
    """So that a shell gives them back whole."""
    command = command_for("fewshot", "net income?", "--home", Path("/tmp/my demo"))
    assert shlex.split(command)[-3:] == ["net income?", "--home", "/tmp/my demo"]


def test_numbers_stand_to_the_right_and_texts_to_the_left() -> None:
    """A column of counts can be compared by eye."""
    table = columns("what", "lines", "because")
    table.add_row("a", "1", "x")
    table.add_row("b", "1000", "y")
    first, second = _printed(table).splitlines()[1:]
    assert first.index("1") > second.index("1")
    assert first.index("x") == second.index("y")


def test_brackets_in_a_quote_are_not_markup() -> None:
    """What a user wrote is printed as it was written."""
    assert "[bold]really[/bold]" in _printed(quotes(("asked", "[bold]really[/bold]")))


def test_a_long_quote_is_wrapped_beside_its_label() -> None:
    """Within the width."""
    lines = _printed(quotes(("asked", "word " * 40)), width=60).splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= 60
    assert all(line.startswith("        ") for line in lines[1:])


def test_a_heading_stands_off() -> None:
    """By an empty line."""
    assert _printed(heading("Monday")).split("\n")[:2] == ["", "Monday"]


def test_counts_are_listed_with_what_they_count() -> None:
    """A kind without a name of its own gets its code as words."""
    assert counted({"PERSON": 3, "US_SSN": 1}, KINDS) == "3 names, 1 us ssn"
    assert counted({}, KINDS) == ""
    assert words("LIST_EMPTY") == "list empty"
    assert sentence("no judge") == "No judge."


def test_a_long_text_is_cut_and_says_so() -> None:
    """On one line."""
    assert shorten("one\n two   three") == "one two three"
    cut = shorten("x" * 200, length=50)
    assert len(cut) == 50
    assert cut.endswith("…")
