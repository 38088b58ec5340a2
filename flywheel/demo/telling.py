"""Tells the scenes to a person, at 80 columns."""

from collections import Counter
from functools import singledispatch
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flywheel.demo.scenes import (
    Closing,
    Curated,
    Decided,
    Ingested,
    Judged,
    Opening,
    Published,
    Scene,
    Searched,
    Week,
    Working,
)
from schemas.evaluation import Estimate, GateReport, GateVerdict

WIDTH: Final = 80
_STYLES: Final = {
    GateVerdict.PASS: "bold green",
    GateVerdict.REGRESSION: "bold red",
    GateVerdict.INCONCLUSIVE: "bold yellow",
}


def tell(console: Console, scene: Scene) -> None:
    """Print one scene; a `Working` prints nothing."""
    for part in _parts(scene):
        console.print(part)


_REASONS: Final = {
    "expect_column_values_to_be_between(time)": "time ahead of the clock, or before the horizon",
    "not_json": "cut off: not JSON",
    "not_utf8": "not UTF-8",
    "not_object": "not an object",
}
"""Where the code with spaces for underscores would puzzle."""


@singledispatch
def _parts(scene: Scene) -> list[RenderableType]:
    raise TypeError(type(scene).__name__)


@_parts.register
def _working(scene: Working) -> list[RenderableType]:
    return []


@_parts.register
def _opening(scene: Opening) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text("The Monday story", style="bold underline"),
        Text(
            "Companies, people, users and both models are simulated and invented "
            f"(seed {scene.seed}). Everything from ingest to the gate is the real thing, on this "
            "machine: no key, no network."
        ),
    ]
    if scene.cleared:
        parts.append(Text(f"Starting anew: {scene.home} held an earlier demo and was cleared."))
    where = "a temporary folder, removed at the end" if scene.logs is None else str(scene.logs)
    parts.append(Text(f"Home: {scene.home}. The app's raw logs lie outside it: {where}."))
    return parts


@_parts.register
def _week(scene: Week) -> list[RenderableType]:
    before, after = scene.stretches
    table = _table("", before.days, after.days)
    table.add_row("questions", str(before.questions), str(after.questions))
    table.add_row("failed requests", "0", "0")
    table.add_row("median latency", *(f"{one.median_latency_ms} ms" for one in scene.stretches))
    for region in before.right:
        shares = [stretch.right[region] for stretch in scene.stretches]
        table.add_row(f"right, {region} *", *(f"{share:.0%}" for share in shares))
    broken = scene.broken
    signals = ", ".join(f"{count} {_words(name)}" for name, count in scene.signals.items())
    return [
        _heading("Thursday and Friday"),
        Text("An app answers analysts' questions on 40 companies' quarterly reports. All is well."),
        _heading("Saturday"),
        Text("The provider changes the model behind the same name. Dashboards stay green:"),
        table,
        _note("* Only the simulation knows which answers were right; the team does not, yet."),
        _quote("asked", broken.question.bare),
        _quote("answered", broken.output),
        _quote("true", broken.question.truth),
        _heading("What users do about it"),
        Text(
            f"{scene.wrong} answers went wrong. Users hardly click thumbs; they act: {signals}. "
            f"{scene.silent} passed in silence."
        ),
    ]


@_parts.register
def _ingested(scene: Ingested) -> list[RenderableType]:
    report, status = scene.report, scene.status
    funnel = _table("funnel", "lines")
    for name, count in (
        (f"read from {scene.delivered.files} log files", report.read),
        ("broken: to quarantine", -report.malformed),
        ("failed a check: to quarantine", -report.failed_expectations),
        ("sent again: there already", -report.resent),
        ("answers stored", report.interactions),
        ("feedback stored", report.feedback),
    ):
        funnel.add_row(name, f"{count:,}".replace("-", "−"))
    reasons = _table("in quarantine, because", "lines")
    for name, count in report.reasons.items():
        reasons.add_row(_REASONS.get(name, _words(name)), str(count))
    taken = ", ".join(f"{count} {_words(name)}" for name, count in report.entities.items())
    return [
        _heading("Monday 09:00  ingest"),
        funnel,
        Text(
            f"{status.orphan_feedback} pieces of feedback wait for an answer that has not come; "
            f"{status.duplicates} answers are the same as an earlier one and are linked to it."
        ),
        Text(),
        Text(f"Personal data was taken out before anything was written: {taken}."),
        _quote("in the log", scene.before),
        _quote("stored", scene.after),
        Text(),
        reasons,
    ]


@_parts.register
def _curated(scene: Curated) -> list[RenderableType]:
    proposed = scene.report.proposed
    table = _table("for", "because", "question")
    for view in scene.examples:
        table.add_row(view.target, view.reason, Text(_short(view.messages[-1].text)))
    return [
        _heading("Monday 09:05  curate"),
        Text(
            f"{scene.report.scored} answers scored by what users did. Proposed to reviewers: "
            f"{proposed.get('golden', 0)} cases for the golden set (must never be wrong again), "
            f"{proposed.get('bank', 0)} for the few-shot bank (what good looks like). "
            "One of each kind:"
        ),
        table,
    ]


@_parts.register
def _decided(scene: Decided) -> list[RenderableType]:
    counts = Counter((view.target.value, decision.verdict) for view, decision in scene.decisions)
    verdicts = sorted({verdict for _, verdict in counts})
    table = _table("", *(_VERDICTS[verdict] for verdict in verdicts))
    for target in ("golden", "bank"):
        table.add_row(target, *(str(counts[target, verdict]) for verdict in verdicts))
    reasons = Counter(decision.reason for _, decision in scene.decisions if decision.reason)
    return [
        _heading("Monday 09:20  review"),
        Text(
            "In life, people decide in the review page. Here a script does, which knows the true "
            "answers because the simulation does:"
        ),
        table,
        *(_note(f"rejected {count}: {reason}") for reason, count in reasons.most_common()),
    ]


_VERDICTS: Final = {
    "approve": "approved",
    "edit": "answer written",
    "reject": "rejected",
    "skip": "skipped",
}


@_parts.register
def _published(scene: Published) -> list[RenderableType]:
    table = _table("similarity", "example", "answer")
    for example in scene.selection:
        table.add_row(f"{example.score:.2f}", Text(_short(example.question)), Text(example.output))
    refused = f" {len(scene.report.refused)} kept out." if scene.report.refused else ""
    return [
        _heading("Monday 09:50  promote"),
        Text(
            f"Release {scene.report.release}: {scene.golden} golden cases, {scene.bank} few-shot "
            f"examples.{refused}"
        ),
        Text(f'What a prompt now gets from the bank for "{scene.query}":'),
        table,
    ]


@_parts.register
def _judged(scene: Judged) -> list[RenderableType]:
    report = scene.report
    verdict = Text(f"{scene.model}: {report.verdict.value.upper()}", _STYLES[report.verdict])
    parts: list[RenderableType] = []
    if scene.model == "v1":
        parts.append(_heading("Monday 09:55  the gate"))
        parts.append(
            Text(
                f"Prompt {report.prompt}, {report.cases} golden cases, each answer against the "
                f"approved one; a loss of more than {report.margin:.0%} is a regression."
            )
        )
    parts += [Text(), verdict, Text(report.reason), _slices(report)]
    parts += [_note(note) for note in report.notes]
    return parts


@_parts.register
def _searched(scene: Searched) -> list[RenderableType]:
    planted = ", ".join(f"{count} {_words(name)}" for name, count in scene.planted.items())
    left = ", ".join(f"{count} {_words(name)}" for name, count in scene.left.items())
    return [
        _heading("Was anything personal left?"),
        Text(
            f"Searched {scene.files} files ({scene.bytes / 2**20:.1f} MB) and every row of the "
            f"database for the values that the simulation planted ({planted}): "
            f"{'FOUND ' + left if left else 'none found'}."
        ),
    ]


@_parts.register
def _closing(scene: Closing) -> list[RenderableType]:
    ending = (
        Text("v1 passed, v2 was stopped.", style="bold green")
        if scene.stopped
        else Text("The story did not go as it must: see above.", style="bold red")
    )
    table = Table.grid(padding=(0, 2))
    for what, how in (
        ("the gate's page on v2", scene.gate_page),
        ("what the data checks found", scene.data_docs),
        ("decide yourself", f"flywheel review --home {scene.home}"),
        ("examples for a question", f'flywheel fewshot "net income?" --home {scene.home}'),
        ("the counts", f"flywheel status --home {scene.home}"),
        ("the whole of it, with Prefect", "flywheel up"),
    ):
        if how:
            table.add_row(what, Text(how, style="cyan"))
    return [
        _heading("What to open next"),
        table,
        Text(),
        ending + Text(f" The story took {scene.seconds:.0f} s."),
    ]


def _slices(report: GateReport) -> Table:
    low = f"{report.confidence:.0%} interval"
    table = _table("slice", "cases", "approved", "model", "difference", low)
    shown = [estimate for estimate in report.slices if estimate.tested]
    for estimate in ([report.whole] if report.whole else []) + shown:
        table.add_row(*_slice_row(estimate), style="red" if estimate.broken else "")
    return table


def _slice_row(estimate: Estimate) -> list[str]:
    return [
        estimate.name,
        str(estimate.cases),
        f"{estimate.baseline:.3f}",
        f"{estimate.candidate:.3f}",
        f"{estimate.difference:+.3f}",
        f"{estimate.low:+.3f} … {estimate.high:+.3f}",
    ]


def _heading(text: str) -> RenderableType:
    return Group(Text(), Text(text, style="bold cyan"))


def _note(text: str) -> RenderableType:
    return Text(text, style="dim")


def _quote(label: str, text: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=10, style="dim")
    grid.add_column()
    grid.add_row(label, Text(text, style="italic"))
    return Padding(grid, (0, 0, 0, 2))


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(columns):
        wide = name in ("question", "because", "example", "answer")
        table.add_column(name, justify="left" if place == 0 or wide else "right")
    return table


def _words(name: str) -> str:
    return name.replace("_", " ").lower()


def _short(text: str, length: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
