"""What stands around a case: what users did and when, its variants, its like in the release."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np

from flywheel.bank import open_bank, read_golden
from flywheel.embed import get_embedder
from flywheel.errors import FlywheelError, ReleaseError, StoreError
from flywheel.review.timeline import Dot, Happening, place
from flywheel.settings import Settings
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows
from flywheel_client import Bank
from flywheel_client.embed import Vectors
from flywheel_client.release import current_id
from flywheel_client.selection import question_of
from schemas.candidate import CandidateView
from schemas.example import Example

_PATIENCE_S: Final = 2.0
"""An ingest may have its turn at the database; the case itself does not wait for this."""
_MOST_VARIANTS: Final = 12
_MOST_HAPPENINGS: Final = 60
_NEAREST: Final = 3


class Variant(NamedTuple):
    """Another answer to the same case."""

    time: datetime
    model: str | None
    output: str
    question: str | None
    """As it was asked there, when in other words."""


class Near(NamedTuple):
    """An example of the current release that is like this case."""

    target: str
    score: float
    question: str
    output: str
    critical: bool


class Around(NamedTuple):
    """What the fragment below a case shows."""

    busy: bool
    """The database is an ingest's just now: the rest is empty."""
    dots: tuple[Dot, ...]
    variants: tuple[Variant, ...]
    similar: tuple[Near, ...]
    no_similar: str


BUSY: Final = Around(True, (), (), (), "")


class Surroundings:
    """Looks around a case; keeps the current release's questions as vectors."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = Store(open_store(settings).path, _PATIENCE_S)
        self._lock = Lock()
        self._release: str | None = None
        self._bank: Bank | None = None
        self._golden: tuple[Sequence[Example], Vectors] | None = None

    def look(self, view: CandidateView, tenant: str | None) -> Around:
        """Everything; `tenant` binds the reviewer to it."""
        try:
            rows, happenings = self._read(view, tenant)
        except StoreError:
            return BUSY
        similar, none = self._similar(view)
        others = [row for row in rows if row["id"] != view.interaction_id]
        return Around(
            busy=False,
            dots=place(_happenings(rows, happenings, view.interaction_id)),
            variants=tuple(_variant(row, view) for row in others),
            similar=similar,
            no_similar=none,
        )

    def _read(
        self, view: CandidateView, tenant: str | None
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        values = {"wording_id": view.case_id, "tenant": tenant, "most": _MOST_VARIANTS}
        with self._store.transaction() as connection:
            rows = fetch_rows(connection, "case_variants", values)
            ids = {"interaction_ids": [row["id"] for row in rows], "most": _MOST_HAPPENINGS}
            return rows, fetch_rows(connection, "case_happenings", ids)

    def _similar(self, view: CandidateView) -> tuple[tuple[Near, ...], str]:
        question = question_of([message.model_dump() for message in view.messages])
        try:
            with self._lock:
                self._follow()
            found = [*self._near_golden(view, question), *self._near_bank(view, question)]
        except FlywheelError:
            return (), "Nothing is published yet."
        found.sort(key=lambda near: -near.score)
        return tuple(
            found
        ), "The current release has no example that this case may be held against."

    def _follow(self) -> None:
        """Open the current release anew when another one took its place."""
        current = current_id(self._settings.releases_path)
        if current is None:
            raise ReleaseError("nothing is published")
        if current == self._release:
            return
        bank = open_bank(self._settings)
        golden = read_golden(self._settings)
        questions = [question_of([m.model_dump() for m in e.messages]) for e in golden]
        vectors = get_embedder(self._settings).embed(questions or [""])
        self._release, self._bank, self._golden = bank.release, bank, (golden, vectors)

    def _near_bank(self, view: CandidateView, question: str) -> list[Near]:
        if self._bank is None or len(self._bank) == 0:
            return []
        chosen = self._bank.select(question, _NEAREST, tenant=view.tenant)
        return [Near("bank", e.score, e.question, e.output, False) for e in chosen.examples]

    def _near_golden(self, view: CandidateView, question: str) -> list[Near]:
        if self._golden is None or not self._golden[0]:
            return []
        examples, vectors = self._golden
        scores = vectors @ get_embedder(self._settings).embed([question])[0]
        order = [
            index
            for index in np.argsort(-scores).tolist()
            if examples[index].tenant in (None, view.tenant)
        ]
        return [_near(examples[index], float(scores[index])) for index in order[:_NEAREST]]


def _near(example: Example, score: float) -> Near:
    question = question_of([message.model_dump() for message in example.messages])
    return Near("golden", score, question, example.output, example.critical)


def _happenings(
    rows: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]], own: str | None
) -> list[Happening]:
    answered = {row["id"]: row["time"].astimezone(UTC) for row in rows}
    return [
        Happening(
            signal=one["signal"],
            answered=answered[one["interaction_id"]],
            time=one["time"].astimezone(UTC),
            value=one["value"],
            comment=one["comment"],
            correction=one["correction"],
            own=one["interaction_id"] == own,
        )
        for one in found
    ]


def _variant(row: dict[str, Any], view: CandidateView) -> Variant:
    asked = question_of(json.loads(row["messages"]))
    same = asked == question_of([message.model_dump() for message in view.messages])
    time = row["time"].astimezone(UTC)
    return Variant(time, row["model"], row["output"], None if same else asked)
