"""`flywheel serve` as a person or a container runs it."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from flywheel.cli.serve import _check_keys
from flywheel.errors import ConfigError
from flywheel.serve.keys import Keys
from flywheel.settings import Settings
from flywheel_client import WordLlamaEmbedder
from tests.client.releases import example, publish
from tests.flywheel.cli.conftest import Run
from tests.flywheel.serve.command import serving

KEY = "a-key-of-acme-long-enough"


def ask(url: str, query: str) -> list[str]:
    """The ids of one answer, on a connection of its own."""
    answer = httpx.get(f"{url}/v1/fewshot", params={"query": query}, timeout=60)
    ids: list[str] = answer.json()["ids"]
    return ids


def counted(url: str, what: str) -> float:
    """One figure of the metrics."""
    lines = httpx.get(f"{url}/metrics", timeout=60).text.splitlines()
    return next((float(line.split()[-1]) for line in lines if what in line), 0)


def workers_of(pid: int, count: int) -> list[int]:
    """The processes that answer: spawned ones, beside which Python keeps one for its resources."""
    found: list[int] = []

    def are_there() -> bool:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        found[:] = [
            int(child)
            for child in children
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        return len(found) == count

    wait_until(are_there)
    return found


def wait_until(holds: Callable[[], bool]) -> None:
    """A minute at the most."""
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "waited a minute in vain"
        time.sleep(0.1)


def test_it_starts_without_a_release_and_serves_the_first(settings: Settings) -> None:
    """Up before anything is published, asked with a key, ended with Ctrl-C in order."""
    environment = {
        "FLYWHEEL_SERVE__API_KEYS": json.dumps({"acme": KEY}),
        "FLYWHEEL_SERVE__REFRESH_S": "0.1",
    }
    question = {"query": "What was revenue?"}
    with serving(settings.home, environment) as service, httpx.Client() as client:
        assert service.started["release"] is None
        assert client.get(f"{service.url}/health").status_code == 503
        assert client.get(f"{service.url}/v1/fewshot", params=question).status_code == 401
        publish(settings.releases_path, [example("a")], WordLlamaEmbedder())
        client.headers["X-API-Key"] = KEY
        wait_until(lambda: client.get(f"{service.url}/health").status_code == 200)
        answer = client.get(f"{service.url}/v1/fewshot", params=question)
        assert answer.json()["ids"] == ["a"]
    assert service.code == 0
    assert "closed" in service.errors
    assert "Traceback" not in service.errors
    assert KEY not in service.errors


def test_several_processes_answer_and_are_counted_as_one(settings: Settings) -> None:
    """One that is killed is started anew, what it counted stays; none outlives the command."""
    publish(settings.releases_path, [example("a")], WordLlamaEmbedder())
    with serving(settings.home, {"FLYWHEEL_SERVE__WORKERS": "2"}) as service:
        first = workers_of(service.pid, 2)
        for _ in range(10):  # a connection each: whoever is free takes it
            assert ask(service.url, "What was revenue?") == ["a"]
        wait_until(lambda: counted(service.url, 'event="selections"') == 10)
        os.kill(first[0], signal.SIGKILL)
        wait_until(lambda: first[0] not in workers_of(service.pid, 2))
        assert ask(service.url, "What was revenue?") == ["a"]
        wait_until(lambda: counted(service.url, 'event="selections"') == 11)
    assert (service.code, "Traceback" in service.errors) == (0, False)
    assert "closed" in service.errors


def test_workers_end_with_a_command_that_is_killed(settings: Settings) -> None:
    """Else they would hold the address, and nobody would stop them."""
    with serving(settings.home, {"FLYWHEEL_SERVE__WORKERS": "2"}) as service:
        workers = workers_of(service.pid, 2)
        os.kill(service.pid, signal.SIGKILL)
        wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_beyond_loopback_a_key_is_needed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open door to what users asked is opened by nobody's oversight."""
    done = run("serve", "--host", "0.0.0.0", "--port", "0")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "FLYWHEEL_SERVE__API_KEYS" in done.err
    monkeypatch.setenv("FLYWHEEL_SERVE__API_KEYS", '{"acme": "short"}')
    assert (run("serve").code, "short" in run("serve").err) == (2, False)
    with pytest.raises(ConfigError):
        _check_keys("::", Keys({}))
    _check_keys("127.0.0.1", Keys({}))


def test_a_place_that_holds_no_releases_is_named(run: Run, tmp_path: Path) -> None:
    """One line, before a port is taken for nothing."""
    done = run("serve", "--port", "0", "--releases", "nowhere://bucket")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "nowhere://bucket" in done.err
