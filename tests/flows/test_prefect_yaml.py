"""prefect.yaml against the flows that it names and the events that are really sent."""

import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.server.schemas.schedules import CronSchedule

from flywheel.settings import PROJECT
from flywheel.up import POOL
from tasks import events

DEPLOYMENTS: dict[str, dict[str, Any]] = {
    deployment["name"]: deployment
    for deployment in yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]
}
FLOWS = sorted(path.stem for path in (PROJECT / "flows").glob("[a-z]*.py"))


def _flow(deployment: dict[str, Any]) -> Flow[..., Any]:
    return load_flow_from_entrypoint(deployment["entrypoint"], use_placeholder_flow=False)


def test_every_flow_is_deployed_under_its_own_name() -> None:
    """File, function, flow and deployment share a name; `nightly` is evaluate once more."""
    assert set(DEPLOYMENTS) == {*FLOWS, "nightly"}
    for name in FLOWS:
        assert DEPLOYMENTS[name]["entrypoint"] == f"flows.{name}.{name}"
        assert _flow(DEPLOYMENTS[name]).name == name


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_runs_one_at_a_time_in_the_pool(name: str) -> None:
    """Runs wait for each other, so that no event is lost and none is worked on twice."""
    deployment = DEPLOYMENTS[name]
    assert deployment["work_pool"] == {"name": POOL}
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_what_a_deployment_passes_is_a_parameter_of_its_flow(name: str) -> None:
    """A misspelt one would fail every run, and only then."""
    deployment = DEPLOYMENTS[name]
    flow = _flow(deployment)
    passed = deployment.get("parameters", {})
    known = inspect.signature(flow.fn).parameters
    assert set(passed) <= set(known)
    flow.validate_parameters({name: p.default.default for name, p in known.items()} | passed)


@pytest.mark.parametrize("name", FLOWS)
def test_every_parameter_says_in_the_form_what_it_is(name: str) -> None:
    """The form in the UI is made of these descriptions; each flow explains itself above it."""
    flow = _flow(DEPLOYMENTS[name])
    fields = flow.parameters.properties
    assert all(field.get("description") for field in fields.values())
    assert flow.description and "artifact" in flow.description


@pytest.mark.parametrize("name", FLOWS)
def test_no_result_of_a_flow_is_kept(name: str) -> None:
    """Results on disk are a place where text could land."""
    assert _flow(DEPLOYMENTS[name]).persist_result is False


def test_schedules_are_valid() -> None:
    """Each cron line parses and each has a name that the UI shows."""
    schedules = [s for d in DEPLOYMENTS.values() for s in d.get("schedules", [])]
    assert {schedule["slug"] for schedule in schedules} == {"quarter-hourly", "hourly", "nightly"}
    for schedule in schedules:
        CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])


def test_triggers_wait_for_events_that_are_sent() -> None:
    """The names in the file and in the code are the same, and none waits for nothing."""
    expected = {
        name: trigger["expect"]
        for name, deployment in DEPLOYMENTS.items()
        for trigger in deployment.get("triggers", [])
    }
    assert expected == {
        "curate": [events.EVENTS_INGESTED],
        "promote": [events.DECISIONS_FINISHED],
        "evaluate": [events.RELEASE_PUBLISHED],
    }


def test_no_machines_path_stands_in_the_file() -> None:
    """It is the same file on every machine."""
    text = (PROJECT / "prefect.yaml").read_text()
    assert str(Path.home()) not in text
    assert str(PROJECT) not in text
    assert "pull:" not in text
