"""A gate report for people and machines: JSON, JUnit XML, one HTML page, a terminal table."""

from pathlib import Path

from flywheel.report.html import render_html
from flywheel.report.junit import render_junit
from flywheel.report.table import show_report
from schemas.evaluation import GateReport

__all__ = ["show_report", "write_reports"]


def write_reports(report: GateReport, folder: Path) -> GateReport:
    """Write report.json, junit.xml and report.html; gives the report with their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {"json": "report.json", "junit": "junit.xml", "html": "report.html"}
    paths = {form: str(folder / name) for form, name in names.items()}
    report = report.model_copy(update={"reports": paths})
    (folder / names["junit"]).write_bytes(render_junit(report))
    (folder / names["html"]).write_text(render_html(report), "utf-8")
    (folder / names["json"]).write_text(report.model_dump_json(indent=2) + "\n", "utf-8")
    return report
