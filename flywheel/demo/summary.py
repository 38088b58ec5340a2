"""The story in one object, for `--json`."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

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
)
from schemas.base import Record
from schemas.candidate import Target

_T = TypeVar("_T")


class DemoSummary(Record):
    """What the story came to."""

    seed: int
    home: str
    cleared: bool
    """Whether an earlier demo's home was cleared."""
    ingest: dict[str, Any]
    """The funnel's numbers, quarantine reasons and personal data by type."""
    status: dict[str, Any]
    candidates: dict[str, int]
    decisions: dict[str, dict[str, int]]
    """Target to verdict to how many."""
    pending: int
    """Candidates that are left for you to decide."""
    release: str | None
    golden: int
    bank: int
    few_shot: list[str]
    """Ids of the examples for the story's question."""
    verdicts: dict[str, str]
    """Model to Monday's verdict."""
    saturday: dict[str, str]
    """Model to the verdict on the cases of before the loop ran."""
    broken_slices: dict[str, list[str]]
    """Model to the slices that broke."""
    reports: dict[str, dict[str, str]]
    """Model to format to path."""
    planted: dict[str, int]
    """Different personal values that were planted, by kind."""
    leftovers: dict[str, int]
    """Those that stand in the home after all."""
    data_docs: str | None
    seconds: float
    stopped: bool
    """v1 passed, v2 was stopped and nothing personal was left."""


def summarise(scenes: Iterable[Scene]) -> DemoSummary:
    """The whole story's summary; `ValueError` for a story that has not ended."""
    told = list(scenes)
    opening, ingested = _only(told, Opening), _only(told, Ingested)
    published, searched = _only(told, Published), _only(told, Searched)
    closing = _only(told, Closing)
    judged = [scene for scene in told if isinstance(scene, Judged)]
    gates = {scene.model: scene.report for scene in judged if scene.day == "Monday"}
    decided = _only(told, Decided).decisions
    return DemoSummary(
        seed=opening.seed,
        home=str(opening.home),
        cleared=opening.cleared,
        ingest=ingested.report.model_dump(exclude={"sources", "run_id"}),
        status=ingested.status.model_dump(),
        candidates=_only(told, Curated).report.proposed,
        decisions={
            target.value: dict(
                Counter(d.verdict.value for view, d in decided if view.target is target)
            )
            for target in Target
        },
        pending=_only(told, Decided).left,
        release=published.report.release,
        golden=published.golden,
        bank=published.bank,
        few_shot=published.selection.ids,
        verdicts={model: report.verdict.value for model, report in gates.items()},
        saturday={
            scene.model: scene.report.verdict.value for scene in judged if scene.day == "Saturday"
        },
        broken_slices={model: list(report.broken_slices) for model, report in gates.items()},
        reports={model: report.reports for model, report in gates.items()},
        planted=searched.planted,
        leftovers=searched.left,
        data_docs=closing.data_docs,
        seconds=closing.seconds,
        stopped=closing.stopped,
    )


def _only(scenes: list[Scene], kind: type[_T]) -> _T:
    found = [scene for scene in scenes if isinstance(scene, kind)]
    if len(found) != 1:
        raise ValueError(f"the story has {len(found)} scenes of {kind.__name__}, not one")
    return found[0]
