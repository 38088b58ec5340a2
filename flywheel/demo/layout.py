"""The few shapes that the story is printed in: headings, notes, quotes, tables, commands."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_LEFT: Final = ("question", "because", "example", "answer")
"""Columns of text; others are numbers."""


class Command(Text):
    """A path or command to copy: never wrapped, however long."""


def heading(text: str) -> RenderableType:
    """A time or a question, after an empty line."""
    return Group(Text(), Text(text, style="bold cyan"))


def note(text: str) -> Text:
    """A remark in small print."""
    return Text(text, style="dim")


def quotes(*pairs: tuple[str, str]) -> Table:
    """What was asked or said, each with who or what it is."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim")
    grid.add_column()
    for label, text in pairs:
        grid.add_row(f"  {label}", Text(text, style="italic"))
    return grid


def columns(*names: str) -> Table:
    """An empty table without lines: first column and texts to the left, numbers to the right."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(names):
        table.add_column(name, justify="left" if place == 0 or name in _LEFT else "right")
    return table


def command_for(*arguments: str | Path) -> str:
    """A command line that works when pasted here, whether or not `flywheel` is on the path."""
    beside = Path(sys.executable).parent / "flywheel"
    if shutil.which("flywheel"):
        program = "flywheel"
    elif beside.is_file():
        near = os.path.relpath(beside)
        program = shlex.quote(near if not near.startswith("..") else str(beside))
    else:
        program = f"{shlex.quote(sys.executable)} -m flywheel"
    return " ".join([program, *(shlex.quote(str(argument)) for argument in arguments)])
