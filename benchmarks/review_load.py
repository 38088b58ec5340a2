"""Four reviewers at once over HTTP: each opens the queue, a case, decides, and goes on."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final, NamedTuple, Protocol

import httpx

TYPED: Final = "maria.huber@example.org"
"""What a reviewer types and nobody may find on the disk."""
_PATIENCE_S: Final = 120
"""A machine that does much else takes long to load the scrubber for the first decision."""
Timings = dict[str, list[float]]


class Acknowledged(NamedTuple):
    """A decision that the server said it has."""

    candidate_id: str
    decision_id: str | None
    """As the API names it."""


@dataclass
class Reviewer:
    """One reviewer's browser or program, and what it was answered."""

    base: str
    name: str
    token: str
    think_s: float
    pages: bool
    """By the pages' forms; else by the API."""
    timings: Timings = field(default_factory=lambda: defaultdict(list))
    acknowledged: list[Acknowledged] = field(default_factory=list)
    """Decisions that were answered with success, in order."""
    faults: list[str] = field(default_factory=list)

    def run(self, until: threading.Event) -> None:
        """Review until told to stop, or the server is gone."""
        rng = random.Random(self.name)
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "text/html"}
        with httpx.Client(base_url=self.base, headers=headers, timeout=_PATIENCE_S) as client:
            try:
                for turn in count():
                    if until.is_set():
                        return
                    self._review(client, rng, turn)
            except httpx.TransportError as error:
                if not until.is_set():
                    self.faults.append(f"{self.name}: {type(error).__name__}")

    def _review(self, client: httpx.Client, rng: random.Random, turn: int) -> None:
        self._get(client, "queue", self._at("/", "/cases"))
        found = self._get(client, "next", "/api/v1/cases/next")
        candidate_id = found.json()["candidate_id"] if found is not None else None
        if candidate_id is None:
            time.sleep(0.05)
            return
        self._think(rng)
        path = f"/cases/{candidate_id}"
        self._get(client, "case", self._at(path, path))
        self._think(rng)
        self._decide(client, candidate_id, turn)
        self._think(rng)

    def _decide(self, client: httpx.Client, candidate_id: str, turn: int) -> None:
        """Mostly no, sometimes with own words: they are scrubbed before anything is written."""
        body: dict[str, object] = {"verdict": "reject", "reason": "outdated", "seconds": 3.5}
        if turn % 5 == 0:
            body = {"verdict": "edit", "output": f"Revenue was $12.{turn} million, says {TYPED}."}
        path = f"/cases/{candidate_id}"
        start = time.perf_counter()
        if self.pages:
            form = {name: str(value) for name, value in body.items()}
            answer = client.post(path, data=form, headers={"Accept": "application/json"})
        else:
            answer = client.post(f"/api/v1{path}/decisions", json=body)
        if self._is_fine(answer, "decide"):
            self.timings["decide"].append(time.perf_counter() - start)
            id = None if self.pages else str(answer.json()["decision_id"])
            self.acknowledged.append(Acknowledged(candidate_id, id))

    def _get(self, client: httpx.Client, what: str, path: str) -> httpx.Response | None:
        start = time.perf_counter()
        answer = client.get(path)
        if not self._is_fine(answer, what):
            return None
        self.timings[what].append(time.perf_counter() - start)
        return answer

    def _is_fine(self, answer: httpx.Response, what: str) -> bool:
        if answer.is_success:
            return True
        if answer.status_code == 409:  # another one opened or decided it meanwhile
            return False
        self.faults.append(f"{what}: {answer.status_code} {answer.text[:200]}")
        return False

    def _at(self, page: str, api: str) -> str:
        return page if self.pages else f"/api/v1{api}"

    def _think(self, rng: random.Random) -> None:
        if self.think_s:
            time.sleep(rng.expovariate(1 / self.think_s))


class Worker(Protocol):
    """Who is at work until the event is set."""

    def run(self, until: threading.Event) -> None:
        """Work."""


@contextmanager
def reviewing(reviewers: Sequence[Worker]) -> Iterator[threading.Event]:
    """All of them at work until the block ends; setting the event ends them before."""
    until = threading.Event()
    threads = [threading.Thread(target=one.run, args=(until,)) for one in reviewers]
    for thread in threads:
        thread.start()
    try:
        yield until
    finally:
        until.set()
        for thread in threads:
            thread.join()


def merged(reviewers: list[Reviewer]) -> Timings:
    """What all of them waited for, by what."""
    found: Timings = defaultdict(list)
    for one in reviewers:
        for what, times in one.timings.items():
            found[what] += times
    return found
