"""Tells the scenes to a person, at 80 columns."""

from collections import Counter
from collections.abc import Mapping
from functools import singledispatch
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

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
from schemas.evaluation import Estimate, GateReport, GateVerdict

WIDTH: Final = 80
_STYLES: Final = {
    GateVerdict.PASS: "bold green",
    GateVerdict.REGRESSION: "bold red",
    GateVerdict.INCONCLUSIVE: "bold yellow",
}


class Command(Text):
    """A path or command to copy: never wrapped, however long."""


def tell(console: Console, scene: Scene) -> None:
    """Print one scene; a `Working` prints nothing."""
    for part in _parts(scene):
        console.print(part, soft_wrap=isinstance(part, Command))


_REASONS: Final = {
    "expect_column_values_to_be_between(time)": "time ahead of the clock, or before the horizon",
    "not_json": "cut off: not JSON",
    "not_utf8": "not UTF-8",
    "not_object": "not an object",
}
"""Where the code with spaces for underscores would puzzle."""

_SIGNALS: Final = {
    "rewrite": "prompts rewritten",
    "regenerate": "regenerations",
    "correction": "corrections",
    "abandon": "left",
    "follow_up": "follow-up questions",
    "comment": "comments",
    "thumbs": "thumbs",
    "flag": "flags",
    "copy": "copies",
    "accept": "acceptances",
}
_KINDS: Final = {
    "CREDIT_CARD": "card numbers",
    "EMAIL_ADDRESS": "e-mail addresses",
    "IBAN_CODE": "IBANs",
    "PERSON": "names",
    "PHONE_NUMBER": "phone numbers",
}


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
        _heading("Wednesday"),
        Text(
            "An app answers analysts' questions on the quarterly reports of 40 companies. Its team "
            f"imports the {scene.report.added} cases that its analysts have checked (flywheel "
            "import golden). All are of American companies: a blind spot that nobody sees."
        ),
    ]


@_parts.register
def _changed(scene: Changed) -> list[RenderableType]:
    before, after = scene.stretches
    table = _table("", before.days, after.days)
    table.add_row("questions", str(before.questions), str(after.questions))
    table.add_row("failed requests", "0", "0")
    table.add_row("median latency", *(f"{one.median_latency_ms} ms" for one in scene.stretches))
    for region in before.right:
        shares = [stretch.right[region] for stretch in scene.stretches]
        table.add_row(f"right, {region} *", *(f"{share:.0%}" for share in shares))
    return [
        _heading("Saturday"),
        Text(
            "The provider puts another model (v2) behind the same name. Revenue and operating "
            "income get swapped in European reports, currencies too. Dashboards stay green:"
        ),
        table,
        _note("* Only the simulation knows which answers are right; the team does not, yet."),
        *_quotes(
            ("asked", scene.broken.question.bare),
            ("answered", scene.broken.output),
            ("true", scene.broken.question.truth),
        ),
    ]


@_parts.register
def _complained(scene: Complained) -> list[RenderableType]:
    signals = _counted(scene.signals, _SIGNALS)
    return [
        _heading("What users do"),
        Text(
            f"Until Monday morning {scene.wrong} answers are wrong. Users hardly click thumbs; "
            f"they act. On these answers: {signals}. {scene.silent} pass in silence."
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
    taken = _counted(report.entities, _KINDS)
    return [
        _heading("Monday 09:00  ingest"),
        funnel,
        Text(
            f"{status.orphan_feedback} pieces of feedback wait for an answer that has not come; "
            f"{status.duplicates} answers are the same as an earlier one and are linked to it."
        ),
        Text(),
        Text(f"Personal data was taken out before anything was written: {taken}."),
        *_quotes(("in the log", scene.before), ("stored", scene.after)),
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
        *(_note(f"{count} rejected: {reason}") for reason, count in reasons.most_common()),
        Text(f"{scene.left} candidates are left for you."),
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
    if scene.day == "Saturday":
        return _nightly(scene.report)
    report = scene.report
    parts: list[RenderableType] = []
    if scene.model == "v1":
        parts.append(_heading("Monday 09:55  the gate"))
        parts.append(
            Text(
                f"Both models answer the {report.cases} golden cases; each answer is scored "
                f"against the approved one. A loss of more than {report.margin:.0%} is a "
                "regression, for the whole or for any slice."
            )
        )
    parts += [Text(), _verdict(scene.model, report)]
    if report.broken_slices:
        parts += [_slices(report), *_what_broke(report)]
    else:
        tested = [estimate.name for estimate in report.slices if estimate.tested]
        parts.append(Text(f"No slice is worse, of: {', '.join(tested)}."))
    if scene.model == "v1":  # the same notes hold for the other model
        parts += [_note(_sentence(note)) for note in report.notes]
    return parts


def _nightly(report: GateReport) -> list[RenderableType]:
    return [
        Text(),
        Text(f"The nightly gate asks the new model the {report.cases} cases of Wednesday:"),
        _verdict("v2", report),
    ]


def _verdict(model: str, report: GateReport) -> Text:
    verdict = Text(f"{model}: {report.verdict.value.upper()}", _STYLES[report.verdict])
    if report.whole is None:
        return verdict.append(f"  {report.reason}", style="default")
    whole = f"  {report.whole.candidate:.0%} of {report.cases} cases right"
    return verdict.append(whole, style="not bold default")


def _what_broke(report: GateReport) -> list[RenderableType]:
    most = next(slice_ for slice_ in report.slices if slice_.broken)
    fine = [slice_ for slice_ in report.slices if slice_.tested and slice_.difference == 0]
    line = Text("Most harmed: ").append(most.name, style="bold red")
    line.append(f", {most.difference:+.0%} over {most.cases} cases.")
    if fine:
        line.append(f" Unharmed: {', '.join(slice_.name for slice_ in fine)}.")
    parts: list[RenderableType] = [line]
    if report.worst:
        worst = min(report.worst, key=lambda case: (len(case.question), case.case_id))
        answers = (("approved", worst.ideal), ("v2", worst.candidate_output or "nothing"))
        parts.append(_quotes(("asked", worst.question), *answers, ("scorer", worst.reason))[0])
    return parts


@_parts.register
def _searched(scene: Searched) -> list[RenderableType]:
    planted, left = _counted(scene.planted, _KINDS), _counted(scene.left, _KINDS)
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
    parts: list[RenderableType] = [_heading("What to open next")]
    for what, how in (
        ("the gate's page on v2", scene.gate_page),
        ("what the data checks found", scene.data_docs),
        ("decide yourself, in the browser", f"flywheel review --home {scene.home}"),
        ("what production gets", f'flywheel fewshot "net income?" --home {scene.home}'),
        ("where broken lines went", f"flywheel quarantine list --home {scene.home}"),
        ("the loop on a schedule, with Prefect's pages", f"flywheel up --home {scene.home}"),
    ):
        if how:
            parts += [Text(f"{what}:"), Command(f"  {how}", style="cyan")]
    ending.append(f" The story took {scene.seconds:.0f} s.", style="not bold default")
    return [*parts, Text(), ending]


def _slices(report: GateReport) -> Table:
    table = _table(
        "slice", "cases", "approved", "model", "difference", f"{report.confidence:.0%} interval"
    )
    for estimate in (report.whole, *report.slices):
        if estimate is not None and estimate.tested:
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


def _quotes(*quotes: tuple[str, str]) -> list[RenderableType]:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim")
    grid.add_column()
    for label, text in quotes:
        grid.add_row(f"  {label}", Text(text, style="italic"))
    return [grid]


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(columns):
        wide = name in ("question", "because", "example", "answer")
        table.add_column(name, justify="left" if place == 0 or wide else "right")
    return table


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _counted(counts: Mapping[str, int], names: Mapping[str, str]) -> str:
    return ", ".join(f"{count} {names.get(name, _words(name))}" for name, count in counts.items())


def _words(name: str) -> str:
    return name.replace("_", " ").lower()


def _short(text: str, length: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
