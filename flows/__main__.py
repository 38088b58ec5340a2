"""`python -m flows`: deploys every flow of prefect.yaml, then becomes the worker that runs them."""

import os
import subprocess
import sys
import time
from typing import Final

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectAlreadyExists
from prefect.states import AwaitingRetry
from prefect.workers.process import ProcessWorker

from flywheel.settings import PROJECT
from flywheel.up import POOL

_PREFECT: Final = (sys.executable, "-m", "prefect", "--no-prompt")
_UNDER_WAY: Final = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
_PATIENCE_S: Final = 120


def main() -> None:
    """Wait for the API, create the work pool, deploy, and turn into `prefect worker start`."""
    os.chdir(PROJECT)  # where prefect.yaml stands: flows run in the folder they are deployed from
    with get_client(sync_client=True) as client:
        _wait_for(client)
        _create_pool(client)
        if "--sole-worker" in sys.argv[1:]:
            _run_again_what_was_killed(client)
    _deploy()
    worker = [*_PREFECT, "worker", "start", "--pool", POOL, "--type", "process"]
    os.execv(sys.executable, worker)  # noqa: S606  # signals reach the worker itself


def _run_again_what_was_killed(client: SyncPrefectClient) -> None:
    """Reschedule runs whose process is gone: they would hold their deployment's only slot for good.

    Running again repeats nothing: a batch and its cursor are one transaction.
    """
    killed = client.read_flow_runs(
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(_UNDER_WAY)))
        ),
    )
    for run in killed:
        print(f"{run.name} was killed under way; it starts again")  # noqa: T201  # a command
        client.set_flow_run_state(
            run.id, AwaitingRetry(message="its process was killed"), force=True
        )


def _deploy() -> None:
    command = [*_PREFECT, "deploy", "--all"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # fixed
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)  # noqa: T201  # a command
        sys.exit("error: prefect.yaml could not be deployed; the lines above say why")
    count = done.stdout.count("successfully created")
    print(f"{count} deployments of prefect.yaml are in place")  # noqa: T201  # a command


def _wait_for(client: SyncPrefectClient) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    while (error := client.api_healthcheck()) is not None:
        if time.monotonic() > give_up:
            sys.exit(f"error: {client.api_url} does not answer ({type(error).__name__})")
        time.sleep(0.5)


def _create_pool(client: SyncPrefectClient) -> None:
    try:
        template = ProcessWorker.get_default_base_job_template()
        client.create_work_pool(
            WorkPoolCreate(name=POOL, type="process", base_job_template=template)
        )
    except ObjectAlreadyExists:
        return


if __name__ == "__main__":
    main()
