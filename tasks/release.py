"""Promotes what reviewers approved, and shows the release in the UI."""

from typing import TYPE_CHECKING, Final

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact

from flywheel.settings import Settings
from tasks.events import announce_release
from tasks.guard import guarded
from tasks.retry import RETRIES, may_help

_WHOLE: Final = {True: "whole", False: "**damaged**"}

if TYPE_CHECKING:
    from flywheel.steps.promote import PromoteReport
    from flywheel.steps.release import ShownRelease


@task(
    name="promote approved",
    task_run_name="promote approved",
    persist_result=False,
    retry_condition_fn=may_help,
    **RETRIES,
)
@guarded
def promote_approved(settings: Settings) -> "PromoteReport":
    """Turn approved candidates into examples; publish and announce a release if any changed."""
    from flywheel.steps.promote import run_promote

    report = run_promote(settings, on_published=_announce)
    get_run_logger().info("%s; %s", _change(report), _headline(report))
    return report


@task(name="show release", task_run_name="show release", persist_result=False)
@guarded
def show_release(settings: Settings, report: "PromoteReport") -> None:
    """Artifact: the current release, its files, and what the promotion changed."""
    from flywheel.steps import release as steps

    shown = steps.show_release(settings, report.release) if report.release else None
    create_markdown_artifact(
        key="release",
        markdown=draw_release(report, shown),
        description=_change(report),
    )


def draw_release(report: "PromoteReport", shown: "ShownRelease | None") -> str:
    """The release's page as Markdown: counts, refusals, files with hashes. No example's text."""
    lines = [f"# {_headline(report)}", "", "| | golden set | bank |", "|---|--:|--:|"]
    for name, counts in (("added", report.added), ("withdrawn", report.withdrawn)):
        lines.append(f"| {name} | {counts.get('golden', 0)} | {counts.get('bank', 0)} |")
    if shown is not None:
        lines += [
            f"| **in the release** | **{shown.manifest.golden}** | **{shown.manifest.bank}** |"
        ]
        lines += ["", *_files(shown)]
    if report.refused:
        lines += ["", "## Refused", "", "| candidate | why |", "|---|---|"]
        lines += [f"| `{candidate}` | {reason} |" for candidate, reason in report.refused]
    return "\n".join(lines)


def _headline(report: "PromoteReport") -> str:
    if report.release is None:
        return "No release yet: nothing is approved"
    return f"Release {report.release} " + ("published" if report.published else "stays")


def _change(report: "PromoteReport") -> str:
    added, withdrawn = sum(report.added.values()), sum(report.withdrawn.values())
    return f"{added} examples added, {withdrawn} withdrawn, {len(report.refused)} refused"


def _files(shown: "ShownRelease") -> list[str]:
    manifest = shown.manifest
    embedder = f"{manifest.embedder.name} {manifest.embedder.version}"
    return [
        f"Made {manifest.created_at[:16].replace('T', ' ')} UTC, "
        + (f"after `{manifest.parent}`" if manifest.parent else "the first one")
        + f"; vectors by {embedder} ({manifest.embedder.dimensions} dimensions).",
        "",
        "| file | SHA-256 | |",
        "|---|---|---|",
        *(
            f"| `{file.name}` | `{file.sha256[:16]}…` | {_WHOLE[file.whole]} |"
            for file in shown.files
        ),
        "",
        'See what production gets: `flywheel fewshot "a user\'s question"`. '
        "Go back: `flywheel release list`, then `flywheel release rollback ID`.",
    ]


def _announce(release_id: str) -> None:
    told = announce_release(release_id)
    get_run_logger().info("release %s %s", release_id, "announced" if told else "not announced")
