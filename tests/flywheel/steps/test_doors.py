"""Every door by which text comes in leads through the scrubber."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from flywheel.review.access.link import Login
from flywheel.review.app import create_app
from flywheel.settings import Settings
from flywheel.steps.decide import import_decisions
from flywheel.steps.erase import erase_user
from flywheel.steps.evaluate import EvaluateOptions, run_evaluate
from flywheel.steps.exchange import import_examples
from flywheel.store import open_store
from flywheel.store.sql import sql
from schemas.candidate import Target
from tests.facts import add_candidate, add_interaction
from tests.flywheel.review.conftest import BASE, send
from tests.golden import make_example, publish_examples
from tests.identities import SHAPES, identities, leaked
from tests.loopback import Body, Loopback
from tests.streams import bytes_below

PEOPLE: Final = identities(3)
TYPED: Final = f"It is $5.2 million. {PEOPLE[0].text}"
WHY: Final = f"Wrong by far. {PEOPLE[1].text}"


def decisions_import(settings: Settings, folder: Path) -> None:
    """`flywheel decisions import`: what a reviewer edits and gives as a reason."""
    store = open_store(settings)
    edited, rejected = add_candidate(store), add_candidate(store, question="Another?")
    lines: list[dict[str, Any]] = [
        {"candidate_id": edited, "verdict": "edit", "output": TYPED, "reason": WHY},
        {"candidate_id": rejected, "verdict": "reject", "reason": WHY},
    ]
    path = folder / "decisions.jsonl"
    path.write_text("\n".join(json.dumps(line | {"reviewer": "rosa"}) for line in lines))
    assert import_decisions(settings, path).accepted == 2


def review_form(settings: Settings, folder: Path) -> None:
    """The review page: an edited answer, a reason and a note."""
    store = open_store(settings)
    edited, rejected = add_candidate(store), add_candidate(store, question="Another?")
    login = Login(BASE, lambda link: None)
    app = create_app(settings, reviewer="rosa", login=login, on_finished=lambda count: True)
    with TestClient(app, base_url=BASE, follow_redirects=False) as rosa:
        rosa.get(login.link)
        send(rosa, f"/cases/{edited}", verdict="edit", output=TYPED)
        send(rosa, f"/cases/{rejected}", verdict="reject", reason="other", note=WHY)


def import_golden(settings: Settings, folder: Path, target: Target = Target.GOLDEN) -> None:
    """`flywheel import golden`: every text of an example."""
    line = {
        "id": "e-1",
        "messages": [{"role": "user", "content": f"What was the revenue? {WHY}"}],
        "context": [{"id": "d-1", "text": f"Revenue: 5.2. {PEOPLE[2].text}"}],
        "output": TYPED,
        "tags": {"contact": PEOPLE[0].email},
    }
    path = folder / "examples.jsonl"
    path.write_text(json.dumps(line))
    assert import_examples(settings, target, path, "rosa").added == 1


def import_bank(settings: Settings, folder: Path) -> None:
    """`flywheel import bank`: the same."""
    import_golden(settings, folder, Target.BANK)


def recorded_answers(settings: Settings, folder: Path) -> None:
    """`flywheel evaluate --candidate replay:FILE`."""
    golden = [make_example(n) for n in range(3)]
    publish_examples(settings, golden)
    path = folder / "answers.jsonl"
    path.write_text("\n".join(json.dumps({"id": one.id, "output": TYPED}) for one in golden))
    run_evaluate(settings, EvaluateOptions(prompt="earnings_qa", candidate=f"replay:{path}"))


def answers_and_verdicts_of_models(settings: Settings, folder: Path) -> None:
    """What a model answers, and what a judge writes about it."""
    publish_examples(settings, [make_example(n, output=f"Demand {'abc'[n]}.") for n in range(3)])

    def answer(body: Body) -> str:
        if body["model"] != "judge-1":
            return TYPED
        grades = dict.fromkeys(("accuracy", "tone", "formatting"), 2)
        return json.dumps(grades | {f"{name}_reason": WHY for name in grades})

    with Loopback(answer) as server:
        changes = {"base_url": server.url, "judge_model": "judge-1", "max_retries": 0}
        local = settings.model_copy(update={"llm": settings.llm.model_copy(update=changes)})
        run_evaluate(local, EvaluateOptions(prompt="earnings_qa", candidate="v1"))


def erase_reason(settings: Settings, folder: Path) -> None:
    """`flywheel erase --reason`."""
    add_interaction(open_store(settings), user="u-jane")
    erase_user(settings, "u-jane", WHY)


DOORS: Final = (
    decisions_import,
    review_form,
    import_golden,
    import_bank,
    recorded_answers,
    answers_and_verdicts_of_models,
    erase_reason,
)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_personal_data_stays_outside(
    door: Callable[[Settings, Path], None], settings: Settings, tmp_path: Path
) -> None:
    """The text is there, its people are not: in no row, report, release or byte of the home."""
    door(settings, tmp_path)
    with open_store(settings).transaction() as connection:
        rows = "\n".join(row[0] for row in connection.execute(sql("demo_every_text")).fetchall())
        rows += str(connection.execute("SELECT reason FROM erasures").fetchall())
    assert "<PERSON_" in rows and "<EMAIL_ADDRESS_" in rows
    assert "$5.2 million" in rows or "Wrong by far" in rows
    left = bytes_below(settings.home) + rows.encode()
    assert not leaked(PEOPLE, left)
    # A document keeps the names of its own people: PEOPLE[2] stands in one alone.
    assert not [person.name for person in PEOPLE[:2] if person.name.encode() in left]


def test_the_doors_were_given_something_to_find() -> None:
    """Each kind of value stands in what was typed."""
    assert all(shape.search((TYPED + WHY).encode()) for shape in SHAPES.values())
