"""`flywheel promote`: approved candidates into the golden set and the bank."""

from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for


@app.command(epilog=examples("flywheel promote", "flywheel promote --json"))
def promote(home: Home = None, as_json: AsJson = False) -> None:
    """Take approved candidates into the golden set and the bank; publish a release.

    Each candidate's newest decision counts. What is kept out says why. Without changes nothing is
    published, so it can run as often as one likes.
    """
    from flywheel.steps.promote import run_promote
    from tasks.events import announce_release

    report = run_promote(settings_for(home), announce_release)

    def show(console: Console) -> None:
        table = Table("", "golden", "bank", title="Promotion")
        for name, counts in (("added", report.added), ("withdrawn", report.withdrawn)):
            table.add_row(name, str(counts["golden"]), str(counts["bank"]))
        console.print(table)
        if report.refused:
            refused = Table("candidate", "kept out, because")
            for refusal in report.refused:
                refused.add_row(refusal.candidate_id, refusal.reason)
            console.print(refused)
        console.print(_release_line(report.release, report.published))

    emit(report, as_json, show)


def _release_line(release: str | None, published: bool) -> str:
    if release is None:
        return "No release yet: nothing is approved. Next: flywheel review"
    if published:
        return f"Published release {release}. Next: flywheel evaluate, flywheel fewshot QUERY"
    return f"Nothing to publish: release {release} stays current."
