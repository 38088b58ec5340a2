"""What else people do at the review page, by its API: pass by, pass on, take back, many at once,
hold open, publish, bring answers in from another tool.
"""

import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from benchmarks.review_load import Acknowledged
from flywheel.settings import Settings
from flywheel.store import open_store

_API: Final = "/api/v1"
_BYTES: Final = "application/octet-stream"
_REJECT: Final = {"verdict": "reject", "reason": "outdated"}
_WORKED: Final = (200, 201, 409)  # 409: somebody else was faster


@dataclass
class Many:
    """A decision about many, known by its key; `answered` is None when the server died over it."""

    key: str
    body: dict[str, Any]
    answered: dict[str, Any] | None = None


@dataclass
class Acts:
    """One person who does all of it in turns, and what was answered."""

    base: str
    token: str
    seed: int
    acknowledged: list[Acknowledged] = field(default_factory=list)
    bulks: list[Many] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def run(self, until: threading.Event) -> None:
        """Go on until told to stop, or the server is gone."""
        rng = random.Random(self.seed)
        acts = (self._skip, self._send, self._undo, self._hold, self._many, self._publish,
                self._bring)  # fmt: skip
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.base, headers=headers, timeout=120) as client:
            try:
                while not until.is_set():
                    rng.choice(acts)(client, rng)
                    time.sleep(0.02)
            except httpx.TransportError as error:
                if not until.is_set():
                    self.faults.append(f"acts: {type(error).__name__}")

    def _ask(
        self, client: httpx.Client, what: str, method: str, path: str, **more: Any
    ) -> dict[str, Any] | None:
        """The answer; None for one that is none."""
        answer = client.request(method, f"{_API}{path}", **more)
        if answer.status_code not in _WORKED:
            self.faults.append(f"{what}: {answer.status_code} {answer.text[:200]}")
        if not answer.is_success:
            return None
        self.done[what] += 1
        found: dict[str, Any] = answer.json()
        return found

    def _next(self, client: httpx.Client) -> str | None:
        found = self._ask(client, "next", "GET", "/cases/next")
        return found and found["candidate_id"]

    def _decide(self, client: httpx.Client, what: str, body: dict[str, Any]) -> Acknowledged | None:
        if (id := self._next(client)) is None:
            return None
        made = self._ask(client, what, "POST", f"/cases/{id}/decisions", json=body)
        if made is None:
            return None
        self.acknowledged.append(Acknowledged(id, made["decision_id"]))
        return self.acknowledged[-1]

    def _skip(self, client: httpx.Client, rng: random.Random) -> None:
        self._decide(client, "skip", {"verdict": "skip", "note": f"later {rng.random()}"})

    def _send(self, client: httpx.Client, rng: random.Random) -> None:
        self._decide(client, "send", {"verdict": "send", "sent_to": "ben"})

    def _undo(self, client: httpx.Client, rng: random.Random) -> None:
        made = self._decide(client, "decide", _REJECT)
        if made is not None and made.decision_id is not None:
            path = f"/cases/{made.candidate_id}/decisions/{made.decision_id}/undo"
            taken = self._ask(client, "undo", "POST", path)
            if taken is not None:
                self.acknowledged.append(Acknowledged(made.candidate_id, taken["decision_id"]))

    def _hold(self, client: httpx.Client, rng: random.Random) -> None:
        if (id := self._next(client)) is not None:
            for _ in range(3):
                self._ask(client, "lease", "PUT", f"/cases/{id}/lease?seconds=5")
            client.delete(f"{_API}/cases/{id}/lease")

    def _many(self, client: httpx.Client, rng: random.Random) -> None:
        """Of a few cases: those that a word of the question selects."""
        filters = {"text": f"segment {rng.randrange(10, 500)}"}
        counts = self._ask(client, "count", "GET", "/cases/counts", params=filters)
        if counts is None or not counts["shown"]:
            return
        body = {"decision": _REJECT, "filters": filters, "expected": counts["shown"]}
        self.bulks.append(Many(f"bulk-{rng.random()}", body))
        self.bulks[-1].answered = self._say(client, self.bulks[-1])

    def _say(self, client: httpx.Client, many: Many) -> dict[str, Any] | None:
        key = {"Idempotency-Key": many.key}
        return self._ask(client, "bulk", "POST", "/decisions/bulk", json=many.body, headers=key)

    def _publish(self, client: httpx.Client, rng: random.Random) -> None:
        published = self._ask(client, "publish", "POST", "/releases")
        if published is not None and published["release"] is not None:
            self.releases.append(published["release"])

    def _bring(self, client: httpx.Client, rng: random.Random) -> None:
        """What somebody answered in Argilla about one case."""
        if (id := self._next(client)) is None:
            return
        user = {"user_id": "00000000-0000-0000-0000-000000000007", "status": "submitted"}
        said = {"verdict": [{"value": "reject", **user}], "reason": [{"value": "old", **user}]}
        records = [{"id": id, "responses": said}]
        file = {"content": json.dumps(records), "headers": {"Content-Type": _BYTES}}
        report = self._ask(client, "import", "POST", "/records/argilla", **file)
        if report is not None and report["refused"]:
            self.faults.append(f"import: refused {report['refused']}")
        if report is not None and report["accepted"]:
            self.acknowledged.append(Acknowledged(id, None))

    def say_again(self, base: str) -> None:
        """Each bulk once more: one that was answered gives what it did and decides nothing."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=base, headers=headers, timeout=120) as client:
            for many in self.bulks:
                again, first = self._say(client, many), many.answered
                if first is None:
                    continue
                did = (0, first["decided"] + first["already"], first["refused"])
                if again is None or (again["decided"], again["already"], again["refused"]) != did:
                    self.faults.append(f"a bulk said again gave {again}, not {did}")


def unpublished(settings: Settings, releases: list[str]) -> list[str]:
    """Faults: releases that were told and are not there whole."""
    there = settings.releases_path
    gone = [id for id in set(releases) if not (there / id / "manifest.json").exists()]
    return [f"{len(gone)} releases are gone: {gone[:3]}"] if gone else []


def twice(settings: Settings) -> list[str]:
    """Faults: the same words of one person about one case, one right after the other."""
    query = """
    WITH said AS (
        SELECT candidate_id, decided_at, verdict,
            verdict || coalesce(reason, '') || coalesce(note, '') || reviewer AS words
        FROM decisions
    )
    SELECT count(*) FROM (
        SELECT *, lag(words) OVER (PARTITION BY candidate_id ORDER BY decided_at) AS earlier
        FROM said
    ) WHERE verdict <> 'undo' AND words = earlier
    """
    with open_store(settings).transaction() as connection:
        [(found,)] = connection.execute(query).fetchall()
    return [f"{found} decisions were recorded twice in a row"] if found else []
