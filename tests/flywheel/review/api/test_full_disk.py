"""A full disk: nothing is acknowledged that is not stored."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from flywheel.desk import Desk
from flywheel.desk.tables import FILE
from flywheel.settings import Settings
from tests.flywheel.review.api.conftest import As, World


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Writes beyond it fail as on a full disk. (Python ignores the signal that goes with it.)"""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_decision_that_cannot_be_written_is_refused(
    world: World, ask: As, settings: Settings
) -> None:
    """503 and when to try again; what was acknowledged before is there, and it goes on after."""
    rosa, case = ask("rosa"), world.cases[0]
    path = f"/api/v1/cases/{case}/decisions"
    rosa.get("/api/v1/cases")
    sizes = [(settings.home / name).stat().st_size for name in (FILE, f"{FILE}-wal")]
    acknowledged, answer = [], None
    with no_file_larger_than(max(sizes) + 100_000):
        for turn in range(200):
            verdict = {"verdict": "skip"} if turn % 2 else {"verdict": "approve"}
            answer = rosa.post(path, json=verdict)
            if answer.status_code != 201:
                break
            acknowledged.append(answer.json()["decision_id"])
    assert answer is not None and answer.status_code == 503, "the disk was never full"
    assert answer.headers["retry-after"] and "nothing was written" in answer.json()["detail"]
    stored = [made.decision_id for made in Desk(settings).decisions()]
    assert stored == acknowledged
    assert rosa.post(path, json={"verdict": "approve"}).status_code == 201
