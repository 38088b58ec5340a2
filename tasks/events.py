"""What Prefect's automations listen for: new events, finished decisions, a published release."""

import logging
from typing import Final

_log: Final = logging.getLogger(__name__)

EVENTS_INGESTED: Final = "flywheel.events.ingested"
DECISIONS_FINISHED: Final = "flywheel.decisions.finished"
RELEASE_PUBLISHED: Final = "flywheel.release.published"

_HEALTH_TIMEOUT_S: Final = 2.0


def announce_ingested(count: int) -> bool:
    """New interactions or feedback came in: `curate` starts. False when nobody was told."""
    return _announce(EVENTS_INGESTED, "flywheel.events", "events", {"count": count})


def announce_decisions(count: int) -> bool:
    """A batch of decisions is finished: `promote` starts. False when nobody was told."""
    return _announce(DECISIONS_FINISHED, "flywheel.decisions", "decisions", {"count": count})


def announce_release(release_id: str) -> bool:
    """A release is published: `evaluate` starts. False when nobody was told."""
    payload: dict[str, str | int] = {"release": release_id}
    return _announce(RELEASE_PUBLISHED, f"flywheel.release.{release_id}", release_id, payload)


def _announce(event: str, resource: str, name: str, payload: dict[str, str | int]) -> bool:
    """Emit one event where a Prefect API is configured; an API that is down costs a warning.

    The work that is announced is done and committed, so no failure here may reach the caller.
    """
    try:
        return _emit(event, resource, name, payload)
    except Exception as error:  # whatever Prefect or the network does, the caller's work stands
        _log.warning("%s was not announced to Prefect: %s", event, type(error).__name__)
        return False


def _emit(event: str, resource: str, name: str, payload: dict[str, str | int]) -> bool:
    from prefect.settings import get_current_settings

    api_url = get_current_settings().api.url
    if not api_url:
        return False  # emitting now would start a server just for this event
    import httpx

    # Prefect's own client would try for a minute to reach a server that is down.
    httpx.get(f"{api_url}/health", timeout=_HEALTH_TIMEOUT_S).raise_for_status()

    from prefect.events import emit_event
    from prefect.events.worker import EventsWorker

    emitted = emit_event(
        event,
        resource={"prefect.resource.id": resource, "prefect.resource.name": name},
        payload=payload,
    )
    EventsWorker.instance().wait_until_empty()  # a command may end right after
    return emitted is not None
