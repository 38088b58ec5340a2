"""Events reach a Prefect that is there, and cost nothing where there is none."""

import asyncio
import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from tasks.events import (
    DECISIONS_FINISHED,
    EVENTS_INGESTED,
    RELEASE_PUBLISHED,
    announce_decisions,
    announce_ingested,
    announce_release,
)


@pytest.fixture
def no_api() -> Iterator[None]:
    """No server is configured."""
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        yield


@pytest.fixture
def dead_api() -> Iterator[None]:
    """A server is configured that does not answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/api"
    with temporary_settings(updates={PREFECT_API_URL: url}):
        yield


def _heard(api: str, event: str) -> dict[str, object]:
    """The newest event of that name, as the server keeps it."""
    for _ in range(100):
        answer = httpx.post(f"{api}/events/filter", json={"filter": {"event": {"name": [event]}}})
        if found := answer.raise_for_status().json()["events"]:
            return dict(found[0])
        time.sleep(0.1)
    pytest.fail(f"{event} did not arrive")


def test_each_event_carries_a_count_or_an_id(api: str) -> None:
    """What the triggers of prefect.yaml match: name and resource; never a text."""
    assert announce_ingested(7)
    assert announce_decisions(3)
    assert announce_release("r-1")
    ingested, decided = _heard(api, EVENTS_INGESTED), _heard(api, DECISIONS_FINISHED)
    released = _heard(api, RELEASE_PUBLISHED)
    assert ingested["payload"] == {"count": 7}
    assert decided["payload"] == {"count": 3}
    assert released["payload"] == {"release": "r-1"}
    ids = [e["resource"]["prefect.resource.id"] for e in (ingested, decided, released)]  # type: ignore[index]
    assert ids == ["flywheel.events", "flywheel.decisions", "flywheel.release.r-1"]


def test_without_a_server_nothing_is_sent_and_none_is_started(no_api: None) -> None:
    """The command line alone needs no Prefect; emitting would start a server for the event."""
    assert announce_decisions(3) is False


def test_a_server_that_is_down_costs_a_warning(
    dead_api: None, caplog: pytest.LogCaptureFixture
) -> None:
    """What is announced is done and committed: its command must not fail."""
    assert announce_release("r-1") is False
    assert "was not announced to Prefect: ConnectError" in caplog.text


def test_it_can_be_called_from_an_event_loop(dead_api: None) -> None:
    """The review page calls it from its own server."""

    async def call() -> bool:
        return announce_decisions(1)

    assert asyncio.run(call()) is False
