"""`flywheel import` and `flywheel export`: examples in from elsewhere, examples and scores out."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for
from flywheel.exports import Form
from schemas.target import Target

if TYPE_CHECKING:
    from rich.progress import Progress

    from flywheel.steps.exchange import ImportReport

importing = typer.Typer(no_args_is_help=True, help="Bring examples that were reviewed elsewhere.")
exporting = typer.Typer(no_args_is_help=True, help="Write examples or scores to a file.")
app.add_typer(importing, name="import")
app.add_typer(exporting, name="export")

ImportFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="JSON lines (or .jsonl.gz): id, messages, output; context, feature, tenant, tags, "
        "critical, labels.",
    ),
]
ExportFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Where to; - is standard output.", dir_okay=False)
]
To = Annotated[Form, typer.Option("--to", help="Whose form; huggingface is Parquet.")]
Reviewer = Annotated[
    str, typer.Option("--reviewer", metavar="NAME", help="Who answers for these examples.")
]


@importing.command(epilog=examples("flywheel import golden cases.jsonl --reviewer rosa"))
def golden(
    file: ImportFile, reviewer: Reviewer, home: Home = None, as_json: AsJson = False
) -> None:
    """Import golden cases: scrubbed, checked, recorded as the reviewer's decisions, published."""
    _import(Target.GOLDEN, file, reviewer, home, as_json)


@importing.command(epilog=examples("flywheel import bank examples.jsonl --reviewer rosa"))
def bank(file: ImportFile, reviewer: Reviewer, home: Home = None, as_json: AsJson = False) -> None:
    """Import few-shot examples: scrubbed, checked, recorded as the reviewer's, published."""
    _import(Target.BANK, file, reviewer, home, as_json)


@exporting.command(
    "golden",
    epilog=examples(
        "flywheel export golden golden.jsonl",
        "flywheel export golden tests.jsonl --to promptfoo",
        "flywheel export golden samples.jsonl --to inspect",
    ),
)
def export_golden(
    file: ExportFile, to: To = Form.JSONL, home: Home = None, as_json: AsJson = False
) -> None:
    """Write the golden cases that stand, in this project's form or another tool's."""
    _export(Target.GOLDEN, file, to, home, as_json)


@exporting.command(
    "bank",
    epilog=examples(
        "flywheel export bank - | head",
        "flywheel export bank train.jsonl --to openai",
        "flywheel export bank train.parquet --to huggingface",
    ),
)
def export_bank(
    file: ExportFile, to: To = Form.JSONL, home: Home = None, as_json: AsJson = False
) -> None:
    """Write the few-shot examples that stand, in this project's form or another tool's."""
    _export(Target.BANK, file, to, home, as_json)


@exporting.command("scores", epilog=examples("flywheel export scores scores.jsonl"))
def export_scores(file: ExportFile, home: Home = None, as_json: AsJson = False) -> None:
    """Write P(good) of each interaction with its evidence, one a line."""
    from flywheel.steps.scores import export_scores as write_scores

    to_stdout = str(file) == "-"
    with _pipe():
        count = write_scores(settings_for(home), None if to_stdout else file)
        sys.stdout.flush()
    _say(count, "scores", file, as_json and not to_stdout)


def _import(target: Target, file: Path, reviewer: str, home: Path | None, as_json: bool) -> None:
    from flywheel.steps.exchange import import_examples
    from tasks.events import announce_release

    settings = settings_for(home)
    with _progress_bar() as bar:
        task = bar.add_task("importing", total=None)

        def advance(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        report = import_examples(settings, target, file, reviewer, advance, announce_release)
    emit(report, as_json, lambda console: _show(report, target, console))
    if report.refused:
        raise typer.Exit(2)


def _show(report: "ImportReport", target: Target, console: Console) -> None:
    table = Table("read", "added", "unchanged", "refused", title=f"Import into the {target} set")
    numbers = (report.read, report.added, report.unchanged, len(report.refused))
    table.add_row(*(str(number) for number in numbers))
    console.print(table)
    if report.refused:
        refused = Table("line", "refused, because")
        for refusal in report.refused:
            refused.add_row(str(refusal.line), refusal.reason)
        console.print(refused)
    promotion = report.promotion
    if promotion.published:
        console.print(f"Published release {promotion.release}.")
    elif promotion.release is not None:
        console.print(f"Nothing to publish: release {promotion.release} stays current.")


def _export(target: Target, file: Path, form: Form, home: Path | None, as_json: bool) -> None:
    from flywheel.steps.exchange import export_examples

    to_stdout = str(file) == "-"
    with _pipe():
        count = export_examples(settings_for(home), target, None if to_stdout else file, form)
    _say(count, f"{target} examples", file, as_json and not to_stdout)


@contextmanager
def _pipe() -> Iterator[None]:
    """`flywheel export bank - | head`: a reader that has seen enough ends the command quietly."""
    try:
        yield
    except BrokenPipeError:
        # Python flushes standard output at its end and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def _say(count: int, what: str, file: Path, as_json: bool) -> None:
    """The lines themselves may be on standard output: then remarks go to standard error."""
    if str(file) == "-":
        log.print(f"{count} {what} written")
        return
    emit(
        {"written": count, "file": str(file)},
        as_json,
        lambda console: console.print(f"{count} {what} written to {file}", soft_wrap=True),
    )


def _progress_bar() -> "Progress":
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=log, transient=True, disable=not log.is_terminal)
