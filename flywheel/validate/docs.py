"""Great Expectations' Data Docs as static pages that show counts and load nothing from outside."""

import re
import shutil
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from flywheel.validate.ledger import mark_shown, read_counts
from flywheel.validate.rule import Rule

_OUTSIDE: Final = re.compile(
    r"<script\b[^>]*\bsrc=[\"']https?:[^>]*>\s*</script>"
    r"|<link\b[^>]*\bhref=[\"']https?:[^>]*>"
    r"|<link\b[^>]*\bhref=[\"'][^>]*favicon\.ico[^>]*>"
    r"|<img\b[^>]*\bsrc=[\"']https?:[^>]*>",
    re.I,
)
_POLICY: Final = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'self\' data: '
    "'unsafe-inline'\">"
)
_STYLE: Final = """<style>
body{font:15px/1.5 system-ui,sans-serif;margin:1.5rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;margin:.3rem 0 1rem}
td,th{border:1px solid #ccc;padding:.25rem .7rem;text-align:left;vertical-align:top}
.navbar{height:auto!important}footer,.navbar-brand{display:none!important}
.number{text-align:right}.failed,.fa-times{color:#b00020}.fa-check-circle{color:#1a7f37}
.fa-check-circle::before{content:"\\2713"}.fa-times::before{content:"\\2717"}
</style>"""
_INDEX: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">{policy}<title>Data Docs</title>{style}</head><body>
<h1>Data Docs</h1>
<p>What Great Expectations checked in the latest run's scrubbed events: counts only.
Rows that failed are in quarantine, each with the expectation's name.</p>
{suites}</body></html>
"""
_SUITE: Final = """<h2>{suite}: {verdict}</h2>
<table><tr><th>expectation</th><th>rows checked</th><th>rows that failed</th></tr>
{rows}</table>
<p><a href="{page}">The suite's page</a></p>
"""
_ROW: Final = """<tr{mark}><td>{name}</td><td class="number">{checked}</td>\
<td class="number">{unexpected}</td></tr>
"""


def build_data_docs(home: Path) -> Path | None:
    """Write the pages of the latest run's counts; gives `index.html`, or None without counts."""
    counts = read_counts(home)
    if not counts:
        return None
    with FileLock(home / "gx" / "docs.lock"):
        return _build(home, counts)


def _build(home: Path, counts: dict[str, dict[str, Any]]) -> Path:
    aside = home / "gx" / "data_docs"
    shutil.rmtree(aside, ignore_errors=True)
    _render(aside, counts)
    shutil.rmtree(aside / "static", ignore_errors=True)  # pictures of what scripts would show
    for page in aside.rglob("*.html"):
        page.write_text(_closed(page.read_text("utf-8")), "utf-8")
    (aside / "index.html").write_text(_index(aside, counts), "utf-8")
    site = home / "data_docs"
    shutil.rmtree(site, ignore_errors=True)
    aside.rename(site)
    mark_shown(home)
    return site / "index.html"


def _closed(page: str) -> str:
    return _OUTSIDE.sub("", page).replace("<head>", f"<head>{_POLICY}{_STYLE}", 1)


def _index(folder: Path, counts: dict[str, dict[str, Any]]) -> str:
    """The first page; the library's own is empty without scripts from outside."""
    return _INDEX.format(
        policy=_POLICY,
        style=_STYLE,
        suites="".join(_suite(folder, suite, entries) for suite, entries in counts.items()),
    )


def _suite(folder: Path, suite: str, entries: dict[str, Any]) -> str:
    failed = sum(entry["unexpected"] > 0 for entry in entries.values())
    page = next((folder / "validations" / suite).rglob("*.html"))
    rows = (
        _ROW.format(
            mark=' class="failed"' if entry["unexpected"] else "",
            name=escape(name),
            checked=entry["checked"],
            unexpected=entry["unexpected"],
        )
        for name, entry in entries.items()
    )
    return _SUITE.format(
        suite=suite,
        verdict=f"{failed} of {len(entries)} expectations failed" if failed else "all hold",
        rows="".join(rows),
        page=page.relative_to(folder).as_posix(),
    )


def _render(folder: Path, counts: dict[str, dict[str, Any]]) -> None:
    from flywheel.validate.suites import new_context

    context = new_context()
    for name in list(context.list_data_docs_sites()):
        context.delete_data_docs_site(name)
    store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.resolve())}
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": store,
        "site_section_builders": {"profiling": "None"},
    }
    context.add_data_docs_site("data_docs", site)
    for suite, expectations in counts.items():
        _add_result(context, suite, expectations)
    context.build_data_docs(build_index=False)  # ours takes its place


def _add_result(context: Any, suite: str, expectations: dict[str, Any]) -> None:
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    from flywheel.validate.suites import load_gx, make_expectation

    gx = load_gx()
    rules = [Rule(e["type"], e["column"], e["bounds"]) for e in expectations.values()]
    made = [make_expectation(gx, rule) for rule in rules]
    context.suites.add(gx.ExpectationSuite(name=suite, expectations=made))
    results = [
        _result(expectation.configuration, entry)
        for expectation, entry in zip(made, expectations.values(), strict=True)
    ]
    passed = sum(bool(result.success) for result in results)
    run = RunIdentifier(run_name="ingest", run_time=datetime.now(UTC))
    whole = ExpectationSuiteValidationResult(
        success=passed == len(results),
        results=results,
        suite_name=suite,
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(results) - passed,
            "success_percent": 100 * passed / max(1, len(results)),
        },
        meta={"great_expectations_version": gx.__version__, "run_id": run},
    )
    identifier = ValidationResultIdentifier(
        expectation_suite_identifier=ExpectationSuiteIdentifier(suite),
        run_id=run,
        batch_identifier="all-batches",
    )
    context.validation_results_store.set(identifier, whole)


def _result(configuration: Any, entry: dict[str, Any]) -> Any:
    from great_expectations.core import ExpectationValidationResult

    checked, unexpected = entry["checked"], entry["unexpected"]
    return ExpectationValidationResult(
        success=unexpected == 0,
        expectation_config=configuration,
        result={
            "element_count": checked,
            "unexpected_count": unexpected,
            "unexpected_percent": 100 * unexpected / max(1, checked),
        },
        exception_info={
            "raised_exception": False,
            "exception_traceback": None,
            "exception_message": None,
        },
    )
