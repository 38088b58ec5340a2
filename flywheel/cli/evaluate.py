"""`flywheel evaluate`: every golden case through candidate and baseline, and a verdict."""

from typing import TYPE_CHECKING, Annotated

import typer

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for

if TYPE_CHECKING:
    from flywheel.settings import Settings
    from flywheel.steps.evaluate import EvaluateOptions
    from schemas.evaluation import GateReport

EXIT_CODES = {"pass": 0, "regression": 1, "inconclusive": 3}

FewShot = Annotated[
    str | None,
    typer.Option(
        "--few-shot",
        help="release:ID or none: the candidate's examples.",
        show_default="the current release's bank",
    ),
]
FewShotBaseline = Annotated[
    str | None,
    typer.Option(
        "--few-shot-baseline",
        help="release:ID or none: the baseline's; it is the same model unless --baseline "
        "names another.",
    ),
]


@app.command(
    epilog=examples(
        "flywheel evaluate --prompt earnings_qa --candidate gpt-4.1-mini --gate",
        "flywheel evaluate --prompt earnings_qa --candidate replay:answers.jsonl --gate --json",
        "flywheel evaluate --prompt earnings_qa --candidate new-model --baseline old-model",
        "flywheel evaluate --prompt earnings_qa --candidate my-model --few-shot-baseline none",
    )
)
def evaluate(
    prompt: Annotated[str, typer.Option("--prompt", help="Name of a prompt file.")],
    candidate: Annotated[
        str,
        typer.Option(
            "--candidate",
            help="A model at the endpoint, or replay:FILE with lines {case_id or id, output}.",
        ),
    ],
    baseline: Annotated[
        str,
        typer.Option(
            "--baseline",
            help="golden (the reviewed answers), last-good (the answers of the newest passing "
            "evaluation), a model, or replay:FILE.",
        ),
    ] = "golden",
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="Answers a case.")] = 1,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only a fixed sample of so many cases.")
    ] = None,
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit 1 for a regression, 3 for inconclusive.")
    ] = False,
    fresh: Annotated[
        bool | None,
        typer.Option(
            "--fresh/--reuse",
            help="Ask anew what a finished evaluation asked.",
            show_default="fresh with last-good",
        ),
    ] = None,
    few_shot: FewShot = None,
    few_shot_baseline: FewShotBaseline = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Compare a model or prompt with a baseline on the golden set: pass, regression, inconclusive.

    Killed and run again it goes on where it stopped. Reports as JSON, JUnit XML and one HTML page
    stand in the home, under reports/.
    """
    from flywheel.report import show_report
    from flywheel.steps.evaluate import EvaluateOptions

    options = EvaluateOptions(
        prompt, candidate, baseline, repeats, limit, fresh, few_shot, few_shot_baseline
    )
    report = _run(settings_for(home), options)
    emit(report, as_json, lambda console: show_report(report, console))
    if gate and (code := EXIT_CODES[report.verdict.value]):
        raise typer.Exit(code)


def _run(settings: "Settings", options: "EvaluateOptions") -> "GateReport":
    """The evaluation, under a progress bar."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from flywheel.steps.evaluate import run_evaluate

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=log, transient=True, disable=not log.is_terminal) as bar:
        task = bar.add_task("answers", total=None)
        return run_evaluate(
            settings,
            options,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
