"""A finished queue is promoted by the policy; when else to publish is a right."""

from typing import Any

import pytest

from flywheel.review.access.permissions import Role
from flywheel.review.batch import Batch
from flywheel.store import Store
from tests.facts import add_candidate
from tests.flywheel.review.access.conftest import CSRF, MakeTeam, Team


def approve(team: Team, name: str, candidate: str) -> None:
    """Decide a case in the page, as this user."""
    send(team, name, f"/cases/{candidate}", verdict="approve")


def send(team: Team, name: str, path: str, **fields: str) -> None:
    """Submit one of the page's forms, as this user, and be let."""
    sent = team.enter(name).post(path, data={"csrf": CSRF, **fields})
    assert sent.status_code == 303, sent.text


def batch_of(team: Team) -> Batch:
    """What waits for promotion, and what came of the last one."""
    batch: Batch = team.app.state.review.batch
    return batch


@pytest.mark.parametrize("name", ["rosa", "ines"])
@pytest.mark.parametrize("path", ["/publish", "/api/v1/releases"])
def test_who_lacks_the_right_cannot_publish_now(
    team: Team, store: Store, name: str, path: str
) -> None:
    """By neither door, and nothing of the batch moves; a lead can."""
    own, _ = (add_candidate(store, question=f"{n}?", tenant="acme") for n in "ab")
    approve(team, name, own)
    request: dict[str, Any] = {"data": {"csrf": CSRF}, "headers": {"X-CSRF-Token": CSRF}}
    assert "Publish now" not in team.enter(name).get("/").text
    assert team.enter(name).post(path, **request).status_code == 403
    assert (batch_of(team).count, batch_of(team).report) == (1, None)
    assert team.enter("lena").post(path, **request).status_code in (200, 303)
    assert batch_of(team).count == 0


def test_a_reviewer_who_decides_the_last_case_has_it_promoted(team: Team, store: Store) -> None:
    """Without the right to publish: that the queue is finished promotes, not the person."""
    approve(team, "rosa", add_candidate(store, tenant=None))
    assert (batch_of(team).count, batch_of(team).handed_over) == (0, True)


def test_a_tenants_finished_queue_is_not_everybodys(team: Team, store: Store) -> None:
    """Who is bound is through, others' cases wait: the batch waits, too, for the last of all."""
    own = add_candidate(store, question="Acme?", tenant="acme")
    bolts = add_candidate(store, question="Bolt?", tenant="bolt")
    free = add_candidate(store, question="Whose?", tenant=None)
    approve(team, "ines", own)
    assert "The queue is empty" in team.enter("ines").get("/").text
    approve(team, "rosa", bolts)
    assert (batch_of(team).count, batch_of(team).handed_over) == (2, False)
    approve(team, "rosa", free)
    assert (batch_of(team).count, batch_of(team).handed_over) == (0, True)


def test_the_last_of_all_may_be_bound_to_a_tenant(team: Team, store: Store) -> None:
    """What they skipped waits for colleagues; their last decision counts like any other."""
    own = add_candidate(store, question="Acme?", tenant="acme")
    free = add_candidate(store, question="Whose?", tenant=None)
    for _ in range(2):
        send(team, "ines", f"/cases/{own}", verdict="skip")
    approve(team, "rosa", free)
    assert not batch_of(team).handed_over, "what ines skipped waits for rosa"
    approve(team, "ines", own)
    assert (batch_of(team).count, batch_of(team).handed_over) == (0, True)


def test_a_bulk_decision_asks_the_same(team: Team, store: Store) -> None:
    """A lead of one tenant who decides all of it leaves the others' cases, and so the batch."""
    team.access.users.add("lou", Role.LEAD, tenant="acme")
    add_candidate(store, question="Acme?", tenant="acme")
    bolts = add_candidate(store, question="Bolt?", tenant="bolt")
    fields = {"verdict": "approve", "expected": "1", "typed": "1", "csrf": CSRF}
    assert "1 case approved" in team.enter("lou").post("/bulk", data=fields).text
    assert (batch_of(team).count, batch_of(team).handed_over) == (1, False)
    approve(team, "rosa", bolts)
    assert (batch_of(team).count, batch_of(team).handed_over) == (0, True)


def test_promotion_can_be_left_to_who_has_the_right(make_team: MakeTeam, store: Store) -> None:
    """`promote_finished = false`: the finished queue waits for a lead to press "Publish now"."""
    team = make_team(promote_finished=False)
    team.access.users.add("rosa", Role.REVIEWER)
    team.access.users.add("lena", Role.LEAD)
    approve(team, "rosa", add_candidate(store, tenant=None))
    assert (batch_of(team).count, batch_of(team).handed_over) == (1, False)
    assert "press “Publish now” above" in team.enter("lena").get("/").text
    send(team, "lena", "/publish")
    assert (batch_of(team).count, batch_of(team).report is None) == (0, False)
