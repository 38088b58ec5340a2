"""A Prefect server for the flows' tests, and what it was told."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_LOGGING_TO_API_BATCH_INTERVAL, temporary_settings

from tests.prefect_server import harness


@pytest.fixture(scope="package")
def server(prefect_database: Path) -> Iterator[None]:
    """A server of its own, with an empty database, for all flows of the package."""
    at_once = {PREFECT_LOGGING_TO_API_BATCH_INTERVAL: 0.1}
    with harness(prefect_database), temporary_settings(updates=at_once):
        yield


@pytest.fixture
def prefect(server: None) -> Iterator[SyncPrefectClient]:
    """A client of that server."""
    with get_client(sync_client=True) as client:
        yield client


Rows = list[dict[str, Any]]


class Told:
    """What Prefect knows of one flow run, as its pages would show it."""

    def __init__(self, client: SyncPrefectClient, state: State[Any]) -> None:
        run_id = state.state_details.flow_run_id
        assert run_id is not None
        self.run = client.read_flow_run(run_id)
        same = {"flow_runs": {"id": {"any_": [str(run_id)]}}}
        self._artifacts = _read(client, "/artifacts/filter", same)
        self.logs, tasks = _settled(client, str(run_id), same)
        self.tasks = [task["name"] for task in tasks]

    @property
    def keys(self) -> set[str]:
        """The keys of the run's artifacts; progress bars have none."""
        return {artifact["key"] for artifact in self._artifacts if artifact["key"]}

    def artifact(self, key: str) -> dict[str, Any]:
        """One artifact by its key."""
        return next(a for a in self._artifacts if a["key"] == key)

    def table(self, key: str) -> list[dict[str, Any]]:
        """The rows of a table artifact."""
        rows: list[dict[str, Any]] = json.loads(self.artifact(key)["data"])
        return rows

    @property
    def progress(self) -> list[float]:
        """Where the run's progress bars stand, in percent."""
        return [float(a["data"]) for a in self._artifacts if a["type"] == "progress"]

    @property
    def all_words(self) -> str:
        """Everything: the run, its parameters, tasks, logs and artifacts."""
        known = [self.run.model_dump(mode="json"), self.tasks, self.logs, self._artifacts]
        return json.dumps(known, ensure_ascii=False, default=str)


def _settled(client: SyncPrefectClient, run_id: str, same: dict[str, Any]) -> tuple[Rows, Rows]:
    """Logs and task runs, which reach the server a little after the run has ended."""
    for _ in range(100):
        logs = _read(client, "/logs/filter", {"logs": {"flow_run_id": {"any_": [run_id]}}})
        tasks = _read(client, "/task_runs/filter", same)
        ended = any("Finished" in log["message"] and not log["task_run_id"] for log in logs)
        if ended and {log["task_run_id"] for log in logs} - {None} <= {t["id"] for t in tasks}:
            return logs, tasks
        time.sleep(0.1)
    raise AssertionError("the server never heard the end of the run")


def _read(client: SyncPrefectClient, path: str, body: dict[str, Any]) -> Rows:
    response = client.request("POST", path, json=body)  # type: ignore[arg-type]  # any path works
    response.raise_for_status()
    rows: Rows = response.json()
    return rows
