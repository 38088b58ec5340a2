"""What `flywheel up` runs: the processes, their environment, and whether each answers."""

import json
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from flywheel.errors import ConfigError
from flywheel.settings import PROJECT, Settings

POOL: Final = "flywheel"
"""The work pool that prefect.yaml deploys to."""

_PROBE_TIMEOUT_S: Final = 2.0


@dataclass(frozen=True)
class Plan:
    """The processes to start and where they can be reached."""

    processes: dict[str, list[str]]
    """Name to command line."""
    environment: dict[str, str]
    api_url: str
    """Prefect's API, with `/api` at its end."""
    review_url: str
    home: Path

    @property
    def ui_url(self) -> str:
        """Prefect's pages: its API without `/api`."""
        return self.api_url.removesuffix("/").removesuffix("/api")


def plan(
    settings: Settings,
    environment: Mapping[str, str],
    *,
    prefect_port: int,
    review_port: int | None = None,
    reviewer: str | None = None,
    configured_api: str | None = None,
) -> Plan:
    """Decide what to start; `configured_api` is a Prefect API that is there already.

    Raises `ConfigError` when a port is taken or prefect.yaml is missing.
    """
    if not (PROJECT / "prefect.yaml").is_file():
        raise ConfigError(f"{PROJECT}: no prefect.yaml; `flywheel up` runs from a checkout")
    host = settings.review.host
    pages = take_port(host, settings.review.port if review_port is None else review_port, "review")
    env = dict(environment) | _absolute(settings, environment)
    module = [sys.executable, "-m"]
    processes: dict[str, list[str]] = {}
    if configured_api is None:
        port = take_port("127.0.0.1", prefect_port, "prefect")
        own = Path(env.setdefault("PREFECT_HOME", str(settings.home.resolve() / "prefect")))
        own.mkdir(mode=0o700, parents=True, exist_ok=True)  # Prefect's SQLite file needs it
        env["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
        bind = ["--host", "127.0.0.1", "--port", str(port)]
        processes["prefect"] = [*module, "tasks.server", *bind]
    # On a server of its own no other worker can be at work: what seems to run was killed.
    processes["worker"] = [*module, "flows", *([] if configured_api else ["--sole-worker"])]
    name = [] if reviewer is None else ["--reviewer", reviewer]
    review = [*module, "flywheel", "review", "--no-open", "--json", "--port", str(pages)]
    processes["review"] = [*review, *name]
    return Plan(
        processes,
        env,
        api_url=configured_api or env["PREFECT_API_URL"],
        review_url=f"http://{host}:{pages}",
        home=settings.home,
    )


def _absolute(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """What the caller wrote as relative paths: flow runs have another working directory."""
    paths = {"FLYWHEEL_HOME": settings.home}
    paths |= {"FLYWHEEL_PROMPTS": settings.prompts}
    paths |= {"FLYWHEEL_CURATION_POLICY": settings.curation_policy}
    if settings.database is not None:
        paths["FLYWHEEL_DATABASE"] = settings.database
    paths["FLYWHEEL_CONFIG"] = Path(environment.get("FLYWHEEL_CONFIG", "flywheel.toml"))
    return {name: str(path.resolve()) for name, path in paths.items()} | {"PYTHONUNBUFFERED": "1"}


def take_port(host: str, port: int, name: str) -> int:
    """The port if it is free (0: any free one). Raises `ConfigError` when it is taken."""
    with socket.socket() as probe:
        # As servers do: a port that only waits out a closed connection is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(
                f"port {port} on {host} cannot be used ({os.strerror(error.errno or 0)}); "
                f"name another with --{name}-port"
            ) from None
        return int(probe.getsockname()[1])


def login_link(line: str) -> str | None:
    """The link that signs a reviewer in, where the review page prints it."""
    try:
        return str(json.loads(line)["login"])
    except (ValueError, TypeError, KeyError):
        return None


def waiting_for(plan: Plan) -> list[str]:
    """The names of what does not answer yet; empty when all is up."""
    pool = f"{plan.api_url}/work_pools/{POOL}/workers/filter"
    probes = {
        "prefect": lambda http: http.get(f"{plan.api_url}/health").is_success,
        "worker": lambda http: _has_worker(http.post(pool, json={})),
        "review": lambda http: http.get(f"{plan.review_url}/health").is_success,
    }
    with httpx.Client(timeout=_PROBE_TIMEOUT_S, trust_env=False) as http:
        return [name for name, probe in probes.items() if not _answers(probe, http)]


def _answers(probe: Callable[[httpx.Client], bool], http: httpx.Client) -> bool:
    try:
        return probe(http)
    except httpx.HTTPError:
        return False


def _has_worker(response: httpx.Response) -> bool:
    if response.status_code in (401, 403):
        return True  # a server that asks for a key: only its own pages can tell
    return response.is_success and any(w["status"] == "ONLINE" for w in response.json())
