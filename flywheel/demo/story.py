"""The Monday story, played: the simulation writes logs, the loop's real steps do the rest."""

import tempfile
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Final, Literal

from pydantic import SecretStr, TypeAdapter

from flywheel.demo.delivery import Delivered, deliver
from flywheel.demo.folder import start_anew
from flywheel.demo.reviewer import leave_some, review, write_decisions
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
    Stretch,
    Working,
)
from flywheel.demo.search import search_home
from flywheel.demo.server import serve_models
from flywheel.demo.simulation import Asked, Simulation, simulate
from flywheel.demo.starters import ANALYSTS, write_starters
from flywheel.errors import InputError
from flywheel.settings import (
    GateSettings,
    IngestSettings,
    LlmSettings,
    ScrubSettings,
    Settings,
    load_settings,
)
from flywheel.steps.candidates import read_candidates
from flywheel.steps.status import read_status
from flywheel.store import open_store
from flywheel.store.sql import sql
from schemas.candidate import CandidateView, Target
from schemas.evaluation import GateVerdict
from schemas.event import Message

DEFAULT_SEED: Final = 1
PROMPT: Final = "earnings_qa"
QUERY: Final = "What was operating income in Q4 2024?"
_MESSAGES: Final = TypeAdapter(tuple[Message, ...])
_AS_IT_MUST: Final = (GateVerdict.PASS, GateVerdict.REGRESSION)
_WEEKDAYS: Final = ("thursday", "friday")
_EVERYTHING: Final = 100_000


def play(
    home: Path, seed: int = DEFAULT_SEED, logs: Path | None = None
) -> Generator[Scene, None, None]:
    """Play the story in `home`, scene by scene; `logs` keeps the app's raw logs.

    Raises `InputError` for a home or a `logs` folder that is not the demo's to fill.
    """
    began = monotonic()
    if logs is not None:
        _check_logs(home, logs)
    with ExitStack() as stack:
        cleared = start_anew(home, seed)
        yield Opening(seed, home, cleared, logs)
        folder = logs or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="flywheel-demo-"))
        )
        simulation = simulate(seed)
        settings = demo_settings(home, stack.enter_context(serve_models()))
        yield from _start(settings, simulation, folder)
        yield _change(simulation)
        yield from _judge(settings, "Saturday", "v2")
        delivered = deliver(simulation, folder / "events")
        yield _complain(simulation)
        ingested = yield from _ingest(settings, simulation, delivered, folder / "events")
        yield from _curate(settings)
        yield from _decide(settings, simulation, folder)
        yield from _publish(settings)
        right = yield from _judge(settings, "Monday", "v1")
        wrong = yield from _judge(settings, "Monday", "v2")
        searched = yield from _search(settings, simulation)
        held = (right.report.verdict, wrong.report.verdict) == _AS_IT_MUST
        yield Closing(
            home=home,
            stopped=held and not searched.left,
            seconds=round(monotonic() - began, 1),
            gate_page=wrong.report.reports.get("html"),
            data_docs=ingested.report.data_docs,
        )


def demo_settings(home: Path, base_url: str) -> Settings:
    """The defaults, in the demo's home, with the simulated models: no setting of yours counts."""
    defaults = Settings.model_fields
    return load_settings(home).model_copy(
        update={
            "database": None,
            "salt": None,
            "prompts": defaults["prompts"].default,
            "curation_policy": defaults["curation_policy"].default,
            "ingest": IngestSettings(),
            "scrub": ScrubSettings(),
            "gate": GateSettings(),
            "llm": LlmSettings(base_url=base_url, api_key=SecretStr("none-is-needed")),
        }
    )


def _check_logs(home: Path, logs: Path) -> None:
    if logs.resolve().is_relative_to(home.resolve()):
        raise InputError(f"{logs}: raw logs do not belong into the home; name a folder beside it")
    if logs.exists() and (not logs.is_dir() or any(logs.iterdir())):
        raise InputError(f"{logs}: the app's logs need a new or empty folder")


def _start(settings: Settings, simulation: Simulation, folder: Path) -> Iterator[Scene]:
    from flywheel.steps.exchange import import_examples

    yield Working("importing the cases that the team already has")
    write_starters(simulation.starters, folder / "checked.jsonl")
    yield Started(
        import_examples(settings, Target.GOLDEN, folder / "checked.jsonl", reviewer=ANALYSTS)
    )


def _change(simulation: Simulation) -> Changed:
    before = [one for one in simulation.asked if one.day in _WEEKDAYS]
    after = [one for one in simulation.asked if one.day not in _WEEKDAYS]
    swapped = (one for one in after if not one.right and "Revenue in" in one.output)
    return Changed(
        stretches=(_stretch("Thursday, Friday", before), _stretch("Saturday to Monday", after)),
        broken=next(one for one in swapped if not one.question.planted),
    )


def _complain(simulation: Simulation) -> Complained:
    wrong = {one.id for one in simulation.asked if not one.right}
    about = [event for event in simulation.feedback if event["interaction_id"] in wrong]
    return Complained(
        signals=dict(Counter(event["signal"] for event in about).most_common()),
        wrong=len(wrong),
        silent=len(wrong - {event["interaction_id"] for event in about}),
    )


def _stretch(days: str, asked: list[Asked]) -> Stretch:
    regions = sorted({one.company.region for one in asked})
    right = {
        region: sum(one.right for one in asked if one.company.region == region)
        / sum(one.company.region == region for one in asked)
        for region in regions
    }
    latency = median(one.latency_ms for one in asked)
    return Stretch(days, len(asked), round(latency), right)


def _ingest(
    settings: Settings, simulation: Simulation, delivered: Delivered, events: Path
) -> Generator[Scene, None, Ingested]:
    from flywheel.steps.ingest import run_ingest

    yield Working("taking personal data out, checking, storing")
    report = run_ingest(settings, [str(events)])
    telling = max(simulation.asked, key=lambda one: len(one.question.planted))
    scene = Ingested(
        report=report,
        status=read_status(open_store(settings)),
        delivered=delivered,
        before=telling.question.text,
        after=_stored_question(settings, telling.id),
    )
    yield scene
    return scene


def _stored_question(settings: Settings, interaction_id: str) -> str:
    with open_store(settings).transaction() as connection:
        row = connection.execute(sql("demo_messages"), {"id": interaction_id}).fetchone()
    return _MESSAGES.validate_json(row[0])[-1].text if row else ""


def _curate(settings: Settings) -> Iterator[Scene]:
    from flywheel.steps.curate import run_curate

    yield Working("scoring answers by what users did")
    report = run_curate(settings)
    pending = read_candidates(open_store(settings), limit=_EVERYTHING)
    yield Curated(report, _typical(pending))


def _typical(views: list[CandidateView]) -> tuple[CandidateView, ...]:
    """One candidate for each target and kind of reason: the one with the commonest reason."""
    common = Counter(view.reason for view in views)
    best: dict[tuple[str, str], CandidateView] = {}
    for view in sorted(views, key=lambda view: (common[view.reason], view.candidate_id)):
        best[view.target, view.reason_code] = view
    return tuple(best[kind] for kind in sorted(best))


def _decide(settings: Settings, simulation: Simulation, folder: Path) -> Iterator[Scene]:
    from flywheel.steps.decide import import_decisions

    yield Working("the scripted reviewer reads the queue")
    queue = read_candidates(open_store(settings), limit=_EVERYTHING)
    pending = leave_some(queue)
    decisions = review(simulation, pending)
    write_decisions(decisions, folder / "decisions.jsonl")
    report = import_decisions(settings, folder / "decisions.jsonl")
    pairs = tuple(zip(pending, decisions, strict=True))
    yield Decided(report, pairs, left=len(queue) - len(pending))


def _publish(settings: Settings) -> Iterator[Scene]:
    from flywheel.steps.fewshot import run_fewshot
    from flywheel.steps.promote import run_promote

    yield Working("publishing a release")
    report = run_promote(settings)
    status = read_status(open_store(settings))
    selection = run_fewshot(settings, QUERY, k=3)
    yield Published(report, status.golden, status.bank, QUERY, selection)


def _judge(
    settings: Settings, day: Literal["Saturday", "Monday"], model: str
) -> Generator[Scene, None, Judged]:
    from flywheel.steps.evaluate import EvaluateOptions, run_evaluate

    yield Working(f"asking {model} every golden case")
    gate = Judged(day, model, run_evaluate(settings, EvaluateOptions(PROMPT, model)))
    yield gate
    return gate


def _search(settings: Settings, simulation: Simulation) -> Generator[Scene, None, Searched]:
    yield Working("searching the home for personal data")
    scene = search_home(settings.home, open_store(settings), simulation.planted)
    yield scene
    return scene
