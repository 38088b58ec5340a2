"""Tells the scenes to a person, at 80 columns."""

from collections import Counter
from functools import singledispatch
from typing import Final

from rich.console import Console, RenderableType
from rich.text import Text

from flywheel.demo.layout import Command, columns, command_for, heading, note, quotes
from flywheel.demo.scenes import (
    Changed,
    Closing,
    Complained,
    Curated,
    Decided,
    Ingested,
    Judged,
    Opening,
    Published,
    Scene,
    Searched,
    Started,
    Working,
)
from flywheel.demo.telling_gate import tell_gate
from flywheel.demo.wording import KINDS, REASONS, SIGNALS, VERDICTS, counted, shorten, words

WIDTH: Final = 80


def tell(console: Console, scene: Scene) -> None:
    """Print one scene; a `Working` prints nothing."""
    for part in _parts(scene):
        console.print(part, soft_wrap=isinstance(part, Command))


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
        parts.append(Text("An earlier demo's folder was cleared: this one starts anew."))
    kept = "in a temporary folder that is removed at the end (--logs DIR keeps them)"
    where = kept if scene.logs is None else f"in {scene.logs}"
    parts.append(
        Text(
            f"It fills the folder {scene.home}. The simulated app's raw logs, which hold personal "
            f"data, lie outside it: {where}."
        )
    )
    return parts


@_parts.register
def _started(scene: Started) -> list[RenderableType]:
    return [
        heading("Wednesday"),
        Text(
            "An app answers analysts' questions on the quarterly reports of 40 companies. Its team "
            f"imports the {scene.report.added} cases that its analysts have checked (flywheel "
            "import golden). All are of American companies: a blind spot that nobody sees."
        ),
    ]


@_parts.register
def _changed(scene: Changed) -> list[RenderableType]:
    before, after = scene.stretches
    table = columns("", before.days, after.days)
    table.add_row("questions", str(before.questions), str(after.questions))
    table.add_row("failed requests", "0", "0")
    table.add_row("median latency", *(f"{one.median_latency_ms} ms" for one in scene.stretches))
    for region in before.right:
        shares = [stretch.right[region] for stretch in scene.stretches]
        table.add_row(f"right, {region} *", *(f"{share:.0%}" for share in shares))
    return [
        heading("Saturday"),
        Text(
            "The provider puts another model (v2) behind the same name. Revenue and operating "
            "income get swapped in European reports, currencies too. Dashboards stay green:"
        ),
        table,
        note("* Only the simulation knows which answers are right; the team does not, yet."),
        quotes(
            ("asked", scene.broken.question.bare),
            ("answered", scene.broken.output),
            ("true", scene.broken.question.truth),
        ),
    ]


@_parts.register
def _complained(scene: Complained) -> list[RenderableType]:
    signals = counted(scene.signals, SIGNALS)
    return [
        heading("What users do"),
        Text(
            f"Until Monday morning {scene.wrong} answers are wrong. Users hardly click thumbs; "
            f"they act. On these answers: {signals}. {scene.silent} pass in silence."
        ),
    ]


@_parts.register
def _ingested(scene: Ingested) -> list[RenderableType]:
    report, status = scene.report, scene.status
    funnel = columns("funnel", "lines")
    for name, count in (
        (f"read from {scene.delivered.files} log files", report.read),
        ("broken: to quarantine", -report.malformed),
        ("failed a check: to quarantine", -report.failed_expectations),
        ("sent again: there already", -report.resent),
        ("answers stored", report.interactions),
        ("feedback stored", report.feedback),
    ):
        funnel.add_row(name, f"{count:,}".replace("-", "−"))
    reasons = columns("in quarantine, because", "lines")
    for name, count in report.reasons.items():
        reasons.add_row(REASONS.get(name, words(name)), str(count))
    taken = counted(report.entities, KINDS)
    return [
        heading("Monday 09:00  ingest"),
        funnel,
        Text(
            f"{status.orphan_feedback} pieces of feedback wait for an answer that has not come; "
            f"{status.duplicates} answers are the same as an earlier one and are linked to it."
        ),
        Text(),
        Text(f"Personal data was taken out before anything was written: {taken}."),
        quotes(("in the log", scene.before), ("stored", scene.after)),
        Text(),
        reasons,
    ]


@_parts.register
def _curated(scene: Curated) -> list[RenderableType]:
    proposed = scene.report.proposed
    table = columns("for", "because", "question")
    for view in scene.examples:
        table.add_row(view.target, Text(view.reason), Text(shorten(view.messages[-1].text)))
    return [
        heading("Monday 09:05  curate"),
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
    table = columns("", *(VERDICTS[verdict] for verdict in verdicts))
    for target in ("golden", "bank"):
        table.add_row(target, *(str(counts[target, verdict]) for verdict in verdicts))
    reasons = Counter(decision.reason for _, decision in scene.decisions if decision.reason)
    return [
        heading("Monday 09:20  review"),
        Text(
            "In life, people decide in the review page. Here a script does, which knows the true "
            "answers because the simulation does:"
        ),
        table,
        *(note(f"{count} rejected: {reason}") for reason, count in reasons.most_common()),
        Text(f"{scene.left} candidates are left for you."),
    ]


@_parts.register
def _published(scene: Published) -> list[RenderableType]:
    table = columns("similarity", "example", "answer")
    for example in scene.selection:
        table.add_row(f"{example.score:.2f}", Text(shorten(example.question)), Text(example.output))
    refused = f" {len(scene.report.refused)} kept out." if scene.report.refused else ""
    return [
        heading("Monday 09:50  promote"),
        Text(
            f"Release {scene.report.release}: {scene.golden} golden cases, {scene.bank} few-shot "
            f"examples.{refused}"
        ),
        Text(f'What a prompt now gets from the bank for "{scene.query}":'),
        table,
    ]


@_parts.register
def _judged(scene: Judged) -> list[RenderableType]:
    return tell_gate(scene)


@_parts.register
def _searched(scene: Searched) -> list[RenderableType]:
    planted, left = counted(scene.planted, KINDS), counted(scene.left, KINDS)
    return [
        heading("Was anything personal left?"),
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
    parts: list[RenderableType] = [heading("What to open next")]
    home = ("--home", scene.home)
    for what, how in (
        ("the gate's page on v2", scene.gate_page),
        ("what the data checks found", scene.data_docs),
        ("decide yourself, in the browser", command_for("review", *home)),
        ("what production gets", command_for("fewshot", "net income?", *home)),
        ("where broken lines went", command_for("quarantine", "list", *home)),
        ("the loop on a schedule, with Prefect's pages", command_for("up", *home)),
    ):
        if how:
            parts += [Text(f"{what}:"), Command(f"  {how}", style="cyan")]
    ending.append(f" The story took {scene.seconds:.0f} s.", style="not bold default")
    return [*parts, Text(), ending]
