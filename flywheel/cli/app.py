"""The Typer application and what every command shares: `--home`, `--json`, one way to print."""

import json
from collections.abc import Callable, Iterable
from inspect import cleandoc, getdoc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

if TYPE_CHECKING:
    from pydantic import BaseModel

    from flywheel.settings import Settings

app: Final = typer.Typer(
    name="flywheel",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


@app.callback()
def flywheel() -> None:
    """Turns what users do with a model's answers into better answers, safely."""


Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="Folder of the runtime state.",
        show_default="FLYWHEEL_HOME, else data/run",
        file_okay=False,
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
]

_SEEN: Final = {
    code: chr(0x2400 + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"
    for code in (*range(9), *range(11, 32), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F,
                 *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}  # fmt: skip
"""Characters that a terminal obeys, and what stands in their place: a picture of each."""


class Screen(Console):
    """A console on which nobody else's text gives orders: a file's name, a feature, a tag."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """What is drawn; Rich's own orders are segments of their own."""
        for segment in super().render(renderable, options):
            seen = segment.text if segment.control else segment.text.translate(_SEEN)
            yield segment._replace(text=seen)


log: Final = Screen(stderr=True)
"""Progress and remarks: standard error, so that standard output can be piped."""


def settings_for(home: Path | None) -> "Settings":
    """The settings of this call; `--home` wins."""
    from flywheel.settings import load_settings

    return load_settings(home)


def emit(
    result: "BaseModel | dict[str, Any]", as_json: bool, show: Callable[[Console], None]
) -> None:
    """Print a result: as one JSON object, or as `show` draws it for a person."""
    if not as_json:
        show(Screen())
    elif isinstance(result, dict):
        print(json.dumps(result, ensure_ascii=False, default=str))
    else:
        print(result.model_dump_json())


def flow_help(of: typer.Typer) -> None:
    """Have every command's `--help` wrap at the terminal's width, not where its docstring does."""
    for command in of.registered_commands:
        paragraphs = cleandoc(command.help or getdoc(command.callback) or "").split("\n\n")
        command.help = "\n\n".join(" ".join(lines.splitlines()) for lines in paragraphs)
    for group in of.registered_groups:
        if group.typer_instance is not None:
            flow_help(group.typer_instance)


def examples(*lines: str) -> str:
    """The closing part of a command's `--help`: examples that can be pasted."""
    return "[bold]Examples[/bold]\n\n" + "\n\n".join(f"[cyan]$ {line}[/cyan]" for line in lines)
