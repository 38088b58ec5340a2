"""The flow `evaluate` over a published golden set and recorded answers."""

import json
from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.exceptions import FailedRun
from prefect.flow_engine import run_flow
from prefect.logging.loggers import flow_run_logger

from flows.evaluate import evaluate
from flywheel.settings import Settings
from flywheel.steps.promote import run_promote
from flywheel.steps.release import read_examples
from flywheel.store import open_store
from tests.approve import decide
from tests.facts import add_candidate
from tests.flows.conftest import Told

EUROPE, AMERICA = "report_europe", "report_america"


@pytest.fixture
def golden(settings: Settings) -> Settings:
    """A release with 24 golden cases, half of each feature."""
    store = open_store(settings)
    for n in range(24):
        number = f"${100 + 7 * n}.{n % 10} million"
        question = f"What was the revenue of company {n} of Ostrava?"
        feature = EUROPE if n % 2 else AMERICA
        decide(
            store,
            add_candidate(store, question=question, proposed_output=number, feature=feature),
        )
    run_promote(settings)
    return settings


def _replay(settings: Settings, path: Path, *, broken: str | None = None) -> str:
    """Recorded answers: the ideal ones, wrong for one feature."""
    with path.open("w") as file:
        for example in read_examples(open_store(settings)):
            wrong = example.feature == broken
            output = "$1.5 million" if wrong else example.output
            print(json.dumps({"case_id": example.case_id, "output": output}), file=file)
    return f"replay:{path}"


def test_an_equal_candidate_passes(
    prefect: SyncPrefectClient, golden: Settings, tmp_path: Path
) -> None:
    """The run ends completed, with the gate's page."""
    candidate = _replay(golden, tmp_path / "equal.jsonl")
    state = evaluate(candidate, home=str(golden.home), return_state=True)

    told = Told(prefect, state)
    assert state.is_completed(), state.message
    assert (state.message or "").startswith("pass: ")
    assert "# Passed" in told.artifact("gate-report")["data"]


def test_a_candidate_that_breaks_a_slice_fails_the_run_by_its_name(
    prefect: SyncPrefectClient, golden: Settings, tmp_path: Path
) -> None:
    """The state's message names the slice; the page is written all the same."""
    candidate = _replay(golden, tmp_path / "broken.jsonl", broken=EUROPE)
    state = evaluate(candidate, home=str(golden.home), return_state=True)

    told = Told(prefect, state)
    page = told.artifact("gate-report")["data"]
    assert state.is_failed()
    assert (state.message or "").startswith("regression: ")
    assert EUROPE in (state.message or "")
    assert "# Regression" in page
    assert f"**feature={EUROPE}**" in page
    assert f"**feature={AMERICA}**" not in page


def test_a_failed_gate_leaves_no_traceback(
    prefect: SyncPrefectClient, golden: Settings, tmp_path: Path
) -> None:
    """A verdict is no bug: the last line of the log is the verdict."""
    candidate = _replay(golden, tmp_path / "broken.jsonl", broken=EUROPE)
    flow_run = prefect.create_flow_run(
        evaluate, parameters={"candidate": candidate, "home": str(golden.home)}
    )
    with pytest.raises(FailedRun):
        run_flow(evaluate, flow_run, error_logger=flow_run_logger(flow_run))  # as a worker does

    told = Told(prefect, prefect.read_flow_run(flow_run.id).state)
    assert "Traceback" not in told.all_words
    assert any("regression" in log["message"] for log in told.logs)


def test_the_page_links_the_reports_and_quotes_no_case(
    prefect: SyncPrefectClient, golden: Settings, tmp_path: Path
) -> None:
    """Texts are in the report's own files; Prefect gets numbers and where they are."""
    candidate = _replay(golden, tmp_path / "broken.jsonl", broken=EUROPE)
    told = Told(prefect, evaluate(candidate, home=str(golden.home), return_state=True))

    assert ".html" in told.artifact("gate-report")["data"]
    assert "Ostrava" not in told.all_words
    assert "1.5 million" not in told.all_words


def test_no_candidate_is_shown_as_not_run(prefect: SyncPrefectClient, settings: Settings) -> None:
    """A release without a production model to ask is neither a pass nor a failure."""
    state = evaluate(home=str(settings.home), return_state=True)

    assert state.name == "NotRun"
    assert "FLYWHEEL_GATE__PRODUCTION_MODEL" in (state.message or "")


def test_the_production_model_is_the_default_candidate(
    prefect: SyncPrefectClient,
    golden: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A trigger starts the flow without parameters; the settings say whom to ask."""
    model = _replay(golden, tmp_path / "equal.jsonl")
    monkeypatch.setenv("FLYWHEEL_GATE__PRODUCTION_MODEL", model)
    state = evaluate(home=str(golden.home), return_state=True)

    assert state.is_completed(), state.message


def test_without_a_release_the_run_fails_and_says_what_to_do(
    prefect: SyncPrefectClient, settings: Settings
) -> None:
    """No golden set is no pass."""
    state = evaluate("some-model", home=str(settings.home), return_state=True)

    assert state.is_failed()
    assert "ReleaseError" in (state.message or "")
