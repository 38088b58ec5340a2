"""A gate report as one self-contained HTML page: inline style and plot, no script."""

from typing import Any, Final

from flywheel.report.forest import draw_forest
from schemas.evaluation import GateReport, GateVerdict

_HEADLINES: Final = {
    GateVerdict.PASS: "Passes",
    GateVerdict.REGRESSION: "Regression",
    GateVerdict.INCONCLUSIVE: "Inconclusive",
}
_SHOWN: Final = 30
"""Slices in the plot; the JSON report has them all."""


def render_html(report: GateReport) -> str:
    """The page; every value is escaped by Jinja, answers included."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("flywheel.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": _percent, "change": _change, "mean": _mean}
    return environment.get_template("gate.html.jinja").render(_values(report))


def _values(report: GateReport) -> dict[str, Any]:
    rows = [report.whole, *report.slices[:_SHOWN]] if report.whole else []
    return {
        "report": report,
        "reason": report.reason.split("; what broke")[0].replace(" -", " −").replace("[-", "[−"),
        "lost_critical": [case for case in report.critical if case.status != "passed"],
        "headline": _HEADLINES[report.verdict],
        "forest": draw_forest([row for row in rows if row], report.margin),
        "hidden": max(0, len(report.slices) - _SHOWN),
        "missing": [
            f"{side}: {times} of {count.needed} answers missing: {reason}"
            for side, count in report.answers.items()
            for reason, times in count.reasons.items()
        ],
    }


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _change(value: float) -> str:
    return f"{value:+.1%}".replace("-", "−")


def _mean(value: float | None, scorer: str) -> str:
    if value is None:
        return "–"
    return f"{value:.2f} / 5" if scorer.startswith("judge.") else f"{value:.0%}"
