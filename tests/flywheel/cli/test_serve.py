"""`flywheel serve` as a person or a container runs it."""

import json
import time
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
        until = time.monotonic() + 60
        while client.get(f"{service.url}/health").status_code == 503:
            assert time.monotonic() < until, "the release was never served"
            time.sleep(0.1)
        answer = client.get(f"{service.url}/v1/fewshot", params=question)
        assert answer.json()["ids"] == ["a"]
    assert service.code == 0
    assert "closed" in service.errors
    assert "Traceback" not in service.errors
    assert KEY not in service.errors


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
