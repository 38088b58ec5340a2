"""`flywheel fewshot`: the examples that production would get for a question."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for

if TYPE_CHECKING:
    from flywheel_client import Selection

_SHOWN_CHARS = 160


@app.command(
    epilog=examples(
        'flywheel fewshot "What was revenue in 2019?"',
        'flywheel fewshot "What was revenue?" -k 8 --filter feature=report_qa --max-tokens 1500',
        'flywheel fewshot "What was revenue?" --tenant acme --diversity 0.3',
        'flywheel fewshot "What was revenue?" --json | jq .messages',
    )
)
def fewshot(
    query: Annotated[str, typer.Argument(help="The question that a prompt is about to ask.")],
    k: Annotated[int, typer.Option("-k", "--k", min=1, help="How many examples.")] = 4,
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="KEY=VALUE",
            help="Only examples of this feature, tenant or tag; the same key twice means either.",
        ),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option(min=0, help="Together at the most, estimated as characters / 4."),
    ] = None,
    diversity: Annotated[
        float,
        typer.Option(min=0, max=1, help="How much likeness to those before counts against one."),
    ] = 0.0,
    tenant: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who asks: its examples and shared ones only."),
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show the nearest examples of the current release's bank to a question."""
    from flywheel.steps.fewshot import run_fewshot

    selection = run_fewshot(
        settings_for(home),
        query,
        k=k,
        filters=filters or [],
        max_tokens=max_tokens,
        diversity=diversity,
        tenant=tenant,
    )
    emit(_as_dict(selection), as_json, lambda console: _show(selection, console))


def _as_dict(selection: "Selection") -> dict[str, Any]:
    return {
        "release": selection.release,
        "ids": selection.ids,
        "examples": [
            {
                "id": example.id,
                "messages": list(example.messages),
                "output": example.output,
                "feature": example.feature,
                "tags": example.tags,
                "score": example.score,
                "tokens": example.tokens,
            }
            for example in selection
        ],
        "messages": selection.messages(),
    }


def _show(selection: "Selection", console: Console) -> None:
    if not selection.examples:
        console.print("No example passes the filters and the token budget.")
        return
    table = Table(title=f"Examples of release {selection.release}", show_lines=True)
    table.add_column("score", justify="right")
    for name in ("feature", "question", "answer"):
        table.add_column(name)
    for example in selection:
        # Text, not str: brackets in an answer are not markup
        table.add_row(
            f"{example.score:.3f}",
            Text(example.feature or "–"),
            Text(_shorten(example.question)),
            Text(_shorten(example.output)),
        )
    console.print(table)
    console.print(f"{len(selection)} examples, about {selection.tokens} tokens")


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARS else line[: _SHOWN_CHARS - 1] + "…"
