"""`flywheel up` as a person uses it: the deployments, a worker, the triggers, one Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.streams import PLANTED, bytes_below, feedback, interaction, stream, write
from tests.streams import as_line as line

_PATIENCE_S = 120
_ANY_PORTS = ("--prefect-port", "0", "--review-port", "0", "--reviewer", "rosa")
Row = dict[str, Any]


@dataclass
class Up:
    """A running tree, its folders, and a client of its Prefect API."""

    process: subprocess.Popen[str]
    urls: dict[str, str]
    folder: Path
    environment: dict[str, str]
    api: httpx.Client

    @property
    def home(self) -> Path:
        return self.folder / "state"

    def read(self, path: str, body: Row | None = None) -> Any:
        """What the API answers: GET without a body, else POST.

        Its SQLite file may be locked for longer than it waits; it then says 503 and to ask again,
        as Prefect's own client does.
        """
        method = "GET" if body is None else "POST"
        give_up = time.monotonic() + _PATIENCE_S
        while (response := self.api.request(method, path, json=body)).status_code == 503:
            if time.monotonic() > give_up:
                break
            time.sleep(1)
        response.raise_for_status()
        return response.json()

    def start(self, deployment: str, parameters: Row) -> Row:
        """Start a run of a deployment and wait for its end."""
        found = self.read(f"/deployments/name/{deployment}/{deployment}")
        body: Row = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        body["idempotency_key"] = uuid4().hex  # asked again, it is still one run
        run = self.read(f"/deployments/{found['id']}/create_flow_run", body)
        return self._ended(lambda: [self.read(f"/flow_runs/{run['id']}")])

    def triggered(self, flow: str) -> Row:
        """The run of a flow that an event started, once it has ended."""
        wanted = {"flows": {"name": {"any_": [flow]}}}
        return self._ended(
            lambda: [
                run
                for run in self.read("/flow_runs/filter", wanted)
                if (run["created_by"] or {}).get("type") == "AUTOMATION"
            ]
        )

    def _ended(self, find: Callable[[], list[Row]]) -> Row:
        for _ in range(_PATIENCE_S):
            runs = find()
            if runs and runs[0]["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
                return runs[0]
            time.sleep(1)  # each question costs the server what the flows could use
        pytest.fail("the run did not end")

    def command(self, *arguments: str) -> str:
        """Run `flywheel` beside the tree, told where its Prefect is."""
        known = {"PREFECT_API_URL": f"{self.urls['prefect']}/api"}
        return subprocess.run(
            [sys.executable, "-m", "flywheel", *arguments],
            env=self.environment | known,
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """`flywheel up` on free ports, in a folder that is also the user's own home."""
    folder = tmp_path_factory.mktemp("up")
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PREFECT_", "FLYWHEEL_", "OPENAI_"))
    }
    environment = clean | {"HOME": str(folder), "FLYWHEEL_HOME": "state"}
    with (folder / "output.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flywheel", "up", "--json", *_ANY_PORTS],
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout
        said = process.stdout.readline()
        assert said, (folder / "output.log").read_text()
        urls = json.loads(said)
        with httpx.Client(base_url=f"{urls['prefect']}/api", timeout=30) as api:
            yield Up(process, urls, folder, environment, api)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


@pytest.fixture(scope="module")
def ingested(up: Up) -> Row:
    """The loop's first quarter, by a deployment; all else is left to triggers.

    A fixture for each, so that each has a test's time limit for itself.
    """
    good = {"messages": [{"role": "user", "content": "What did Ostrava earn?"}]}
    events = [interaction("x-1", **good)]
    for user in ("u-1", "u-2"):
        about = {"interaction_id": "x-1", "user": user}
        events.append(feedback(f"t-{user}", value=-1, **about))
        told = {"signal": "correction", "value": None, "correction": "$79.0 million"}
        events.append(feedback(f"k-{user}", **about, **told))
    source = write(up.folder / "events.jsonl", [*stream(20), *map(line, events)])
    return up.start("ingest", {"sources": [str(source)]})


@pytest.fixture(scope="module")
def curated(up: Up, ingested: Row) -> Row:
    """The run that the new events started."""
    return up.triggered("curate")


@pytest.fixture(scope="module")
def promoted(up: Up, curated: Row) -> Row:
    """The run that a reviewer's decisions started."""
    file = str(up.folder / "decisions.jsonl")
    up.command("decisions", "export", file)
    queue = [json.loads(text) for text in Path(file).read_text().splitlines()]
    ready = [one for one in queue if one["kind"] == "candidate" and one["proposed_output"]]
    write(Path(file), [line(one | {"verdict": "approve", "reviewer": "rosa"}) for one in ready])
    up.command("decisions", "import", file)
    return up.triggered("promote")


@pytest.fixture(scope="module")
def evaluated(up: Up, promoted: Row) -> Row:
    """The run that the release started."""
    return up.triggered("evaluate")


@pytest.fixture(scope="module")
def mistaken(up: Up, evaluated: Row) -> Row:
    """A run, after all others, that cannot do what it is asked to."""
    mistake = {"sources": [str(up.folder / "missing")], "allow_empty": False}
    return up.start("ingest", mistake)


def test_it_says_where_everything_is_once_it_answers(up: Up) -> None:
    """The pages are there when their addresses are printed, and on loopback only."""
    with httpx.Client(follow_redirects=True) as browser:
        assert browser.get(up.urls["review"]).is_success  # the link signs in
    assert "Prefect" in httpx.get(up.urls["prefect"], follow_redirects=True).text
    listening = {
        connection.laddr.ip
        for process in psutil.Process(up.process.pid).children(recursive=True)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_every_flow_is_deployed_with_its_form_and_its_triggers(up: Up) -> None:
    """What prefect.yaml says is what the server knows."""
    deployments = {row["name"]: row for row in up.read("/deployments/filter", {})}
    assert set(deployments) == {"ingest", "curate", "promote", "evaluate", "nightly"}
    for row in deployments.values():
        assert row["global_concurrency_limit"]["limit"] == 1
        form = row["parameter_openapi_schema"]["properties"]
        assert all(field.get("description") for field in form.values()), row["name"]
    assert len(up.read("/automations/filter", {})) == 3


def test_a_deployment_completes_through_the_process_worker(up: Up, ingested: Row) -> None:
    """Module-path entrypoints load in the worker's processes; the facts are in the home."""
    assert ingested["state_name"] == "Completed", ingested["state"]["message"]
    assert ingested["work_pool_name"] == "flywheel"
    status = json.loads(up.command("status", "--json"))
    assert (status["interactions"], status["quarantined"]) == (21, 4)


def test_new_events_start_curate(curated: Row) -> None:
    """Feedback may have changed what is known of an answer."""
    assert curated["state_name"] == "Completed"


def test_decisions_start_promote(promoted: Row) -> None:
    """What reviewers have approved is published."""
    assert "published" in promoted["state"]["message"]


def test_a_release_starts_evaluate(evaluated: Row) -> None:
    """It says that it did not run: no production model is configured."""
    assert evaluated["state_name"] == "NotRun"


def test_a_mistake_ends_the_run_failed_with_one_clear_line(mistaken: Row) -> None:
    """The state's message says what to mend, without a traceback."""
    state = mistaken["state"]
    assert state["type"] == "FAILED"
    assert state["message"].startswith("SourceError: ")
    assert state["message"].endswith("missing: no such file or folder")


def test_no_personal_data_stands_in_any_byte(up: Up, mistaken: Row) -> None:
    """Prefect's database, logs and the store, write-ahead logs included."""
    assert (up.home / "prefect" / "prefect.db").is_file()
    data = bytes_below(up.home) + (up.folder / "output.log").read_bytes()
    for planted in PLANTED:
        assert planted.encode() not in data


def test_nothing_is_scattered(up: Up, mistaken: Row) -> None:
    """All state is in the home that was named; Prefect keeps no results beside its database."""
    assert not (up.folder / ".prefect" / "prefect.db").exists()
    assert not (up.home / "prefect" / "storage").exists()


def test_a_second_one_says_which_port_is_taken(up: Up) -> None:
    """One line and exit 2, not a traceback of two servers."""
    port = up.urls["prefect"].rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, "-m", "flywheel", "up", "--prefect-port", port, "--review-port", "0"],
        env=up.environment,
        cwd=up.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: port {port} on 127.0.0.1 cannot be used")
    assert "--prefect-port" in done.stderr


def test_one_ctrl_c_ends_all_of_it(up: Up, mistaken: Row) -> None:
    """Server, worker and review page are gone, and their ports are free again."""
    below = psutil.Process(up.process.pid).children(recursive=True)
    assert len(below) >= 3
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(60) == 130
    assert [process for process in below if process.is_running()] == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(up.urls["prefect"])
