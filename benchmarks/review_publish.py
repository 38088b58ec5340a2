"""Somebody who publishes again and again, and whether decisions and releases agree afterwards."""

import threading
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import httpx

from benchmarks.review_load import Acknowledged
from flywheel.embed import get_embedder, name_of
from flywheel.release_files import content_id
from flywheel.settings import Settings
from flywheel.steps.doctor import diagnose
from flywheel.steps.promote import run_promote
from flywheel.steps.release import list_releases, read_examples
from flywheel.store import open_store

_API: Final = "/api/v1"
_AMISS: Final = """
SELECT count(*)
FROM candidate_states AS states
LEFT JOIN current_examples USING (candidate_id)
WHERE (
    states.state = 'rejected' AND current_examples.candidate_id IS NOT NULL
) OR (
    states.state = 'approved' AND current_examples.candidate_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM promotions
        WHERE promotions.decision_id = states.decision_id AND outcome <> 'added'
    )
)
"""


@dataclass
class Publisher:
    """One lead who approves a case and publishes, without a pause."""

    base: str
    token: str
    acknowledged: list[Acknowledged] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    at_it: threading.Event = field(default_factory=threading.Event)
    """While a promotion was asked for and is not answered."""
    took_s: float = 1.0
    """The last promotion."""

    def run(self, until: threading.Event) -> None:
        """Go on until told to stop, or the server is gone."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.base, headers=headers, timeout=120) as client:
            try:
                for turn in count():
                    if until.is_set():
                        return
                    self._approve(client, turn)
                    self._publish(client)
            except httpx.TransportError as error:
                if not until.is_set():
                    self.faults.append(f"publisher: {type(error).__name__}")

    def _approve(self, client: httpx.Client, turn: int) -> None:
        found = client.get(f"{_API}/cases/next")
        if not found.is_success or (id := found.json()["candidate_id"]) is None:
            return
        body = {"verdict": "edit", "output": f"Revenue was $12.{turn} million."}
        made = client.post(f"{_API}/cases/{id}/decisions", json=body)
        if made.is_success:
            self.acknowledged.append(Acknowledged(id, made.json()["decision_id"]))
        elif made.status_code != 409:
            self.faults.append(f"approve: {made.status_code} {made.text[:200]}")

    def _publish(self, client: httpx.Client) -> None:
        began = time.monotonic()
        self.at_it.set()
        try:
            answer = client.post(f"{_API}/releases")
        finally:  # who waits for the next one would wait for ever
            self.at_it.clear()
        self.took_s = time.monotonic() - began
        if answer.is_success:
            self.releases += [id for id in [answer.json()["release"]] if id is not None]
        elif answer.status_code != 409:  # somebody else is publishing
            self.faults.append(f"publish: {answer.status_code} {answer.text[:200]}")


def disagreeing(settings: Settings) -> list[str]:
    """Faults: after one more promotion, a release that is not what was decided."""
    report, faults = run_promote(settings), []
    with open_store(settings).transaction() as connection:
        [(amiss,)] = connection.execute(_AMISS).fetchall()
    if amiss:
        faults.append(f"{amiss} cases are examples against what was decided, or are none")
    wanted = content_id(read_examples(open_store(settings)), name_of(get_embedder(settings)))
    rows = list_releases(settings)
    if report.release != (wanted if rows else None):
        faults.append(f"release {report.release} is published, the examples are {wanted}")
    if rows and not rows[0].current:
        faults.append(f"the pointer does not name the newest release, {rows[0].release_id}")
    release = next(one for one in diagnose(settings).checks if one.name == "release")
    if release.state != "ok" or (rows and rows[0].release_id not in release.found):
        faults.append(f"doctor says of the release: {release.found}")
    return faults
