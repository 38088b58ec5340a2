"""Tells the gate's verdicts: Saturday's, which is blind, and Monday's two."""

from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from flywheel.demo.layout import columns, heading, note, quotes
from flywheel.demo.scenes import Judged
from flywheel.demo.wording import sentence
from schemas.evaluation import Estimate, GateReport, GateVerdict

_STYLES: Final = {
    GateVerdict.PASS: "bold green",
    GateVerdict.REGRESSION: "bold red",
    GateVerdict.INCONCLUSIVE: "bold yellow",
}


def tell_gate(scene: Judged) -> list[RenderableType]:
    """One model's verdict, with the slices where it lost."""
    report = scene.report
    if scene.day == "Saturday":
        asked = f"The nightly gate asks the new model the {report.cases} cases of Wednesday:"
        return [Text(), Text(asked), *_verdict(scene.model, report)]
    parts: list[RenderableType] = []
    if scene.model == "v1":
        parts += _introduction(report)
    parts += [Text(), *_verdict(scene.model, report)]
    if report.broken_slices:
        parts += [_slices(report), *_what_broke(scene.model, report)]
    elif report.verdict is GateVerdict.PASS:
        tested = [estimate.name for estimate in report.slices if estimate.tested]
        parts.append(Text(f"No slice is worse, of: {', '.join(tested)}."))
    if scene.model == "v1":  # the same notes hold for the other model
        parts += [note(sentence(text)) for text in report.notes]
    return parts


def _introduction(report: GateReport) -> list[RenderableType]:
    return [
        heading("Monday 09:55  the gate"),
        Text(
            f"Both models answer the {report.cases} golden cases; each answer is scored against "
            f"the approved one. A loss of more than {report.margin:.0%} is a regression, for the "
            "whole or for any slice."
        ),
    ]


def _verdict(model: str, report: GateReport) -> list[RenderableType]:
    line = Text(f"{model}: {report.verdict.value.upper()}", _STYLES[report.verdict])
    if report.whole is not None:
        share = f"  {report.whole.candidate:.0%} of {report.paired} cases right"
        line.append(share, style="not bold default")
    if report.verdict is GateVerdict.INCONCLUSIVE:
        return [line, Text(sentence(report.reason))]
    return [line]


def _what_broke(model: str, report: GateReport) -> list[RenderableType]:
    by_name = {estimate.name: estimate for estimate in report.slices}
    line = Text("What broke: ")
    for place, name in enumerate(report.broken_slices):
        line.append(", " if place else "").append(name, style="bold red")
        if name in by_name:
            line.append(f" ({by_name[name].difference:+.0%} over {by_name[name].cases} cases)")
    line.append(".")
    if any(e.broken and e.name not in report.broken_slices for e in report.slices):
        line.append(" The other red slices fell with it.")
    fine = [e.name for e in report.slices if e.tested and e.difference >= 0]
    if fine:
        line.append(f" Unharmed: {', '.join(fine)}.")
    return [line, *_plainest_loss(model, report)]


def _plainest_loss(model: str, report: GateReport) -> list[RenderableType]:
    if not report.worst:
        return []
    worst = min(report.worst, key=lambda case: (len(case.question), case.case_id))
    return [
        quotes(
            ("asked", worst.question),
            ("approved", worst.ideal),
            (model, worst.candidate_output or "nothing"),
            ("scorer", worst.reason),
        )
    ]


def _slices(report: GateReport) -> Table:
    interval = f"{report.confidence:.0%} interval"
    table = columns("slice", "cases", "approved", "model", "difference", interval)
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
