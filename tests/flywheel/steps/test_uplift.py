"""From stored interactions to a report, and from what hurts to a reviewer's decision."""

import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flywheel.errors import InputError
from flywheel.settings import Settings
from flywheel.steps.candidates import read_candidates
from flywheel.steps.ingest import run_ingest
from flywheel.steps.promote import run_promote
from flywheel.steps.uplift import propose_removals, run_uplift
from flywheel.store import Store, open_store
from flywheel.uplift import Judge
from schemas.uplift import Effect
from tests.approve import approve, decide
from tests.facts import add_feedback, add_interaction, count_rows, together
from tests.streams import interaction, write

P = 0.3


@pytest.fixture
def store(settings: Settings) -> Store:
    """The store that the settings name."""
    return open_store(settings)


def live(store: Store, good: str, bad: str, answers: int = 300, *, later: bool = False) -> None:
    """Answers for which chance decided; thumbs say that `bad` spoils them."""
    draw = random.Random(11)
    with together(store) as open:
        for number in range(answers):
            none = draw.random() < P
            shown = [] if none else [id for id in (good, bad) if draw.random() >= P]
            one = add_interaction(
                open,
                f"Question {number}?",
                user=f"u-{number}",
                few_shot_release="r-1",
                few_shot_ids=shown,
                few_shot_withheld=[id for id in (good, bad) if id not in shown],
                few_shot_probability=P,
                time=datetime.now(UTC) + timedelta(hours=1)
                if later
                else datetime.now(UTC) - timedelta(days=number % 10),
            )
            liked = draw.random() < (0.2 if bad in shown else 0.8)
            if number % 10:
                add_feedback(open, one, "thumbs", 1 if liked else -1, user=f"u-{number}")


def test_what_hurts_waits_for_a_reviewer_and_leaves_by_their_word(
    settings: Settings, store: Store
) -> None:
    """Nothing is withdrawn by a statistic: it is in the queue, with the figures as the reason."""
    good, bad = approve(store, "bank", "Good?"), approve(store, "bank", "Bad?")
    run_promote(settings)
    live(store, good, bad)
    assert run_uplift(settings).proposed == 0, "only if asked"
    report = run_uplift(settings, propose=True)
    assert (report.answers, report.judged, report.proposed) == (300, 270, 1)
    worst, other = report.examples
    assert (worst.name, worst.verdict) == (bad, "hurts")
    assert (other.name, other.verdict != "hurts") == (good, True)
    (waiting,) = read_candidates(store)
    assert (waiting.candidate_id, waiting.reopened) == (bad, True)
    assert re.search(
        rf"Shown {worst.shown} times, withheld {worst.withheld}: P\(good\) 0\.\d\d with it, "
        r"0\.\d\d without, -\d+ points \[-\d+, -\d+\]\.",
        waiting.reason,
    )
    assert run_uplift(settings, propose=True).proposed == 0, "it waits already"
    assert run_promote(settings).withdrawn["bank"] == 0
    decide(store, bad, "reject", time=datetime.now(UTC))
    assert run_promote(settings).withdrawn["bank"] == 1
    assert run_uplift(settings, propose=True).proposed == 0, "it stands no more"


def test_what_a_reviewer_keeps_comes_back_only_by_new_answers(
    settings: Settings, store: Store
) -> None:
    """The same figures have been seen; those that come in later are evidence of their own."""
    good, bad = approve(store, "bank", "Good?"), approve(store, "bank", "Bad?")
    run_promote(settings)
    live(store, good, bad)
    assert run_uplift(settings, propose=True).proposed == 1
    decide(store, bad, "approve", time=datetime.now(UTC))
    report = run_uplift(settings, propose=True)
    assert (report.examples[0].verdict, report.proposed) == ("hurts", 0)
    assert read_candidates(store) == []
    live(store, good, bad, 200, later=True)
    assert run_uplift(settings, propose=True).proposed == 1
    (waiting,) = read_candidates(store)
    assert waiting.candidate_id == bad


def test_so_many_that_hurt_wait_at_once(settings: Settings, store: Store, tmp_path: Path) -> None:
    """The surest harm first; the other is counted, and has its turn when there is room."""
    policy = tmp_path / "one.toml"
    text = settings.curation_policy.read_text()
    policy.write_text(text.replace("harmful_waiting = 10", "harmful_waiting = 1"))
    one = settings.model_copy(update={"curation_policy": policy})
    pairs = [[approve(store, "bank", f"{word} {n}?") for word in ("Good", "Bad")] for n in (1, 2)]
    run_promote(settings)
    for (good, bad), answers in zip(pairs, (150, 300), strict=True):
        live(store, good, bad, answers)
    report = run_uplift(one, propose=True)
    hurting = [effect for effect in report.examples if effect.verdict == "hurts"]
    surest, other = sorted(hurting, key=lambda effect: effect.high or 0)
    assert (report.proposed, report.deferred) == (1, 1)
    assert [waiting.candidate_id for waiting in read_candidates(store)] == [surest.name]
    again = run_uplift(one, propose=True)
    assert (again.proposed, again.deferred) == (0, 1), "a second run does not get round it"
    decide(store, surest.name, "reject", time=datetime.now(UTC))
    last = run_uplift(one, propose=True)
    assert (last.proposed, last.deferred) == (1, 0)
    assert [waiting.candidate_id for waiting in read_candidates(store)] == [other.name]


def test_the_surest_harm_comes_first(settings: Settings, store: Store) -> None:
    """Not the largest estimate: with few answers that is chance's."""
    sure, wide = approve(store, "bank", "Sure?"), approve(store, "bank", "Wide?")
    run_promote(settings)
    told = {"shown": 1, "withheld": 1, "units": 1, "p_shown": 0.4, "p_withheld": 0.8}
    told |= {"p_value": 0.01, "verdict": "hurts", "more": None}
    effects = [
        Effect.model_validate({"name": id, "difference": d, "low": low, "high": high} | told)
        for id, d, low, high in ((wide, -0.5, -0.9, -0.1), (sure, -0.4, -0.5, -0.3))
    ]
    assert propose_removals(store, effects, [], Judge(0.95, 0.05), 1) == (1, 1)
    assert [waiting.candidate_id for waiting in read_candidates(store)] == [sure]


def test_only_the_last_days_count_if_asked(settings: Settings, store: Store) -> None:
    """An effect of last year's model says little about today's."""
    live(store, "a", "b", 100)
    assert run_uplift(settings, days=3).answers == 30
    assert run_uplift(settings).answers == 100


def test_without_withholding_there_is_nothing_to_tell(settings: Settings, store: Store) -> None:
    """Answers that chance had no part in are no evidence either way."""
    add_interaction(store, few_shot_release="r", few_shot_ids=["a"])
    add_interaction(store, few_shot_release="r", few_shot_ids=["a"], few_shot_withheld=[])
    report = run_uplift(settings)
    assert (report.answers, report.bank.verdict, report.bank.more) == (0, "cannot_tell", None)


@pytest.mark.parametrize("options", [{"confidence": 1.0}, {"smallest": 0.0}])
def test_a_share_that_is_none_is_refused(settings: Settings, options: dict[str, float]) -> None:
    """One line for the caller."""
    with pytest.raises(InputError, match="--confidence"):
        run_uplift(settings, **options)  # type: ignore[arg-type]


def test_an_event_brings_what_was_withheld(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """From the client's `Selection.few_shot` in a line to the columns that the report reads."""
    few_shot = {"release": "r-1", "ids": ["c-1"], "withheld": ["c-2"], "probability": 0.02}
    source = write(
        tmp_path / "events.jsonl", [json.dumps(interaction("i-1", few_shot=few_shot)).encode()]
    )
    run_ingest(settings, [str(source)])
    assert count_rows(store, "interactions") == 1
    report = run_uplift(settings)
    assert [(e.name, e.shown, e.withheld) for e in report.examples] == [
        ("c-1", 1, 0),
        ("c-2", 0, 1),
    ]
