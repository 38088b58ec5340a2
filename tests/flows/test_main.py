"""`python -m flows` before it becomes the worker: the pool, and runs that nobody runs any more."""

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun
from prefect.states import Running

from flows.__main__ import _create_pool, _run_again_what_was_killed
from flows.curate import curate
from flywheel.up import POOL


def _run_of_a_deployment(client: SyncPrefectClient) -> FlowRun:
    _create_pool(client)
    flow_id = client.create_flow(curate)
    deployment = client.create_deployment(
        flow_id, "curate", work_pool_name=POOL, entrypoint="flows.curate.curate"
    )
    return client.create_flow_run_from_deployment(deployment)


def test_the_pool_is_made_once(prefect: SyncPrefectClient) -> None:
    """A second start finds it there, with all that a process needs to be told."""
    _create_pool(prefect)
    _create_pool(prefect)
    pool = prefect.read_work_pool(POOL)
    assert pool.type == "process"
    assert "working_dir" in str(pool.base_job_template)


def test_a_run_whose_process_was_killed_starts_again(
    prefect: SyncPrefectClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """Otherwise it would stand as running, and hold its deployment's only slot, for good."""
    run = _run_of_a_deployment(prefect)
    prefect.set_flow_run_state(run.id, Running(), force=True)

    _run_again_what_was_killed(prefect)

    state = prefect.read_flow_run(run.id).state
    assert state is not None
    assert (state.name, state.is_scheduled()) == ("AwaitingRetry", True)
    assert "killed under way" in capsys.readouterr().out


def test_runs_that_have_ended_or_wait_are_left_alone(prefect: SyncPrefectClient) -> None:
    """Only what stands as under way is meant."""
    run = _run_of_a_deployment(prefect)
    before = prefect.read_flow_run(run.id).state_id
    _run_again_what_was_killed(prefect)
    assert prefect.read_flow_run(run.id).state_id == before
