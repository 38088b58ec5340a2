"""Groups what the bank lacks, and finds what it has twice: pure functions over vectors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from flywheel.curate import candidate_id
from flywheel_client.embed import Vectors
from schemas.base import Record
from schemas.candidate import Candidate, Target
from schemas.coverage import Gap, Redundant

COVERAGE_GAP: Final = "coverage_gap"
"""The reason code of a candidate that would close a gap."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case without an example near enough."""

    question: str
    feature: str | None
    times: int
    nearest: float
    candidate_id: str | None
    state: str | None
    tenant: str | None = None
    case_id: str = ""
    taken: bool = False
    """Whether its case was proposed before, whatever became of it."""


class GapAnswer(Record):
    """What would close a gap: the best of its answers, and how many asked."""

    interaction_id: str
    case_id: str
    feature: str | None
    day: str
    output: str
    p_good: float | None
    is_good: bool
    """Judged good; else the ideal output is for the reviewer to write."""
    asked: int
    users: int


@dataclass(frozen=True, slots=True)
class Held:
    """An example of the bank."""

    id: str
    feature: str | None
    tenant: str | None
    nearest_for: int
    cluster_id: str | None = None
    """Its case; two of one case are one example too many."""


def group_gaps(asked: Sequence[Asked], vectors: Vectors, near: float) -> list[list[Asked]]:
    """Each question joins the most asked one that it is near to, else it opens a gap of its own.

    The most asked gap first, in each the most asked question first. Gaps are of one feature and
    tenant: no example of another would close them.
    """
    order = sorted(range(len(asked)), key=lambda i: (-asked[i].times, asked[i].question))
    leaders: list[int] = []
    members: dict[int, list[Asked]] = {}
    for i in order:
        scores = vectors[leaders] @ vectors[i] if leaders else np.zeros(0, np.float32)
        same = [
            leader
            for leader, score in zip(leaders, scores, strict=True)
            if score >= near and _whose(asked[leader]) == _whose(asked[i])
        ]
        if same:
            members[same[0]].append(asked[i])
        else:
            leaders.append(i)
            members[i] = [asked[i]]
    gaps = [members[leader] for leader in leaders]
    return sorted(gaps, key=lambda gap: (-sum(one.times for one in gap), gap[0].question))


def _whose(one: Asked | Held) -> tuple[str | None, str | None]:
    return one.feature, one.tenant


def find_redundant(held: Sequence[Held], vectors: Vectors, alike: float) -> list[Redundant]:
    """Of two examples of one feature and tenant that say the same, the one that serves less.

    They do when they are so much alike, or of one case. One that has been found redundant makes
    no other so: of three alike one stays. `needed_by` is for `count_needs` to fill in.
    """
    order = sorted(range(len(held)), key=lambda i: (-held[i].nearest_for, held[i].id))
    kept: dict[tuple[str | None, str | None], list[int]] = {}
    found = []
    for i in order:
        others = kept.setdefault(_whose(held[i]), [])
        scores = vectors[others] @ vectors[i] if others else np.zeros(0, np.float32)
        best = _same(held, others, scores, i, alike)
        if best is None:
            others.append(i)
            continue
        found.append(
            Redundant(
                id=held[i].id,
                like=held[others[best]].id,
                similarity=round(float(scores[best]), 4),
                nearest_for=held[i].nearest_for,
            )
        )
    return sorted(found, key=lambda one: (-one.similarity, one.id))


def _same(
    held: Sequence[Held], others: Sequence[int], scores: Vectors, i: int, alike: float
) -> int | None:
    """The place among the others of the one that says the same as `i`."""
    if len(scores) and scores.max() >= alike:
        return int(scores.argmax())
    case = held[i].cluster_id
    same = (n for n, other in enumerate(others) if case and held[other].cluster_id == case)
    return next(same, None)


def count_needs(
    redundant: Sequence[Redundant], covered: Iterable[tuple[int, Iterable[str]]]
) -> list[Redundant]:
    """How many covered answers would lose their last near example with each of these.

    `covered`: for each question how often it was asked, and the examples near to it. One that
    nothing needs counts as gone for those after it: together they lose no question either.
    """
    left = [(times, set(near)) for times, near in covered]
    questions: dict[str, list[int]] = {}
    for number, (_, near) in enumerate(left):
        for id in near:
            questions.setdefault(id, []).append(number)
    counted = []
    for one in redundant:
        asked = questions.get(one.id, [])
        needed_by = sum(left[number][0] for number in asked if len(left[number][1]) == 1)
        if needed_by == 0:
            for number in asked:
                left[number][1].discard(one.id)
        counted.append(one.model_copy(update={"needed_by": needed_by}))
    return counted


def gap_candidate(gap: Gap, answer: GapAnswer, days: int, policy_version: str) -> Candidate:
    """The candidate that would close a gap."""
    return Candidate(
        candidate_id=candidate_id(answer.case_id, Target.BANK),
        case_id=answer.case_id,
        target=Target.BANK,
        interaction_id=answer.interaction_id,
        proposed_output=answer.output if answer.is_good else None,
        reason_code=COVERAGE_GAP,
        reason=_gap_reason(gap, answer, days),
        p_good=answer.p_good,
        policy_version=policy_version,
        feature=answer.feature,
        day=answer.day,
    )


def _gap_reason(gap: Gap, answer: GapAnswer, days: int) -> str:
    questions = "1 question" if answer.asked == 1 else f"{answer.asked:,} questions"
    users = "1 user" if answer.users == 1 else f"{answer.users:,} users"
    nearest = "the bank has none" if gap.nearest < 0 else f"the nearest is {gap.nearest:.2f} alike"
    reason = f"A gap: {questions} of {users} in the last {days} days without an example near"
    if answer.is_good:
        return f"{reason} ({nearest}). The best answer that was judged good is proposed."
    return f"{reason} ({nearest}). No answer was judged good: the ideal output is yours to write."


def redundant_reason(one: Redundant, days: int) -> str:
    """Why an example is back in the queue."""
    return (
        f"Re-opened: example {one.like} says the same (similarity {one.similarity:.3f}), and no "
        f"question of the last {days} days needs this one: rejecting it takes it out of the bank."
    )


def propose_gaps(groups: Sequence[Sequence[Asked]]) -> Mapping[int, Sequence[Asked]]:
    """The gaps that nothing was proposed for yet, by their number."""
    return {
        number: group for number, group in enumerate(groups) if not any(one.taken for one in group)
    }


def describe_gap(members: Sequence[Asked]) -> Gap:
    """A gap as the report shows it; the first of its questions was asked most."""
    leader = members[0]
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
