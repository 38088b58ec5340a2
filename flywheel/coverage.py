"""Groups what the bank lacks, and finds what it has twice: pure functions over vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flywheel_client.embed import Vectors
from schemas.coverage import Gap, Redundant


@dataclass(frozen=True, slots=True)
class Asked:
    """A case without an example near enough."""

    question: str
    feature: str | None
    times: int
    nearest: float
    candidate_id: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """An example of the bank."""

    id: str
    feature: str | None
    tenant: str | None
    nearest_for: int


def group_gaps(asked: Sequence[Asked], vectors: Vectors, near: float) -> list[Gap]:
    """Each question joins the most asked one that it is near to, else it opens a gap of its own."""
    order = sorted(range(len(asked)), key=lambda i: (-asked[i].times, asked[i].question))
    leaders: list[int] = []
    members: dict[int, list[Asked]] = {}
    for i in order:
        scores = vectors[leaders] @ vectors[i] if leaders else np.zeros(0, np.float32)
        same = [
            leader
            for leader, score in zip(leaders, scores, strict=True)
            if score >= near and asked[leader].feature == asked[i].feature
        ]
        if same:
            members[same[0]].append(asked[i])
        else:
            leaders.append(i)
            members[i] = [asked[i]]
    gaps = [_gap(asked[leader], members[leader]) for leader in leaders]
    return sorted(gaps, key=lambda gap: (-gap.asked, gap.question))


def find_redundant(held: Sequence[Held], vectors: Vectors, alike: float) -> list[Redundant]:
    """Of two examples of one feature and tenant that are so much alike, the one that serves less.

    One that has been found redundant makes no other so: of three alike one stays.
    """
    order = sorted(range(len(held)), key=lambda i: (-held[i].nearest_for, held[i].id))
    kept: dict[tuple[str | None, str | None], list[int]] = {}
    found = []
    for i in order:
        others = kept.setdefault((held[i].feature, held[i].tenant), [])
        scores = vectors[others] @ vectors[i] if others else np.zeros(0, np.float32)
        if len(scores) and scores.max() >= alike:
            best = int(scores.argmax())
            found.append(
                Redundant(
                    id=held[i].id,
                    like=held[others[best]].id,
                    similarity=round(float(scores[best]), 4),
                    nearest_for=held[i].nearest_for,
                )
            )
        else:
            others.append(i)
    return sorted(found, key=lambda one: (-one.similarity, one.id))


def _gap(leader: Asked, members: Sequence[Asked]) -> Gap:
    return Gap(
        question=leader.question,
        feature=leader.feature,
        cases=len(members),
        asked=sum(one.times for one in members),
        nearest=round(leader.nearest, 4),
        waiting=tuple(
            sorted(
                {one.candidate_id for one in members if one.candidate_id and one.state == "pending"}
            )
        ),
        rejected=sum(one.state == "rejected" for one in members),
    )
