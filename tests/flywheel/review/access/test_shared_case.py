"""Two tenants asked the same: who is bound to one hears of the other's users nothing at all."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from flywheel.desk import Filters, Viewer
from flywheel.policy import read_policy
from flywheel.review.access import Role, rules_of
from flywheel.settings import Settings
from flywheel.steps.cluster import update_clusters
from flywheel.steps.decide import record_decision
from flywheel.steps.promote import run_promote
from flywheel.steps.reopen import reopen_candidates
from flywheel.store import Store
from schemas.decision import Decision
from tests.facts import add_candidate, add_feedback, add_interaction, together
from tests.flywheel.review.access.conftest import CSRF, Team
from tests.flywheel.review.cases import draw

CANARY = re.compile(r"bolt|secret|\b71[1-9]\b", re.IGNORECASE)
"""What bolt's users wrote, bolt's name, and every figure that counts bolt's 713 users."""
WAITS, OTHERS_DOUBT, BOTH_DOUBT, IN_BULK = (
    f"How large was the {thing}?" for thing in ("revenue", "dividend", "order intake", "debt")
)


def _ask(store: Store, question: str, correction: str | None, many: int) -> None:
    """Have `many` users of bolt ask, and put something in the answer's place."""
    first = add_interaction(
        store, question, "bolt's secret", context=None, tenant="bolt", user="u-bolt"
    )
    said = [] if correction is None else [add_feedback(
        store, first, "correction", user="u-bolt", correction=correction
    )]  # fmt: skip
    with store.transaction() as connection:
        for table, ids in (("interactions", [first]), ("feedback", said)):
            connection.execute(
                f"INSERT INTO {table} SELECT one.* REPLACE (id || '-' || n AS id, "
                "'u-bolt-' || n AS user_key) "
                f"FROM {table} AS one, range({many - 1}) AS others(n) "
                "WHERE list_contains($ids, id)",
                {"ids": ids},
            )


def _decide(settings: Settings, candidate: str, verdict: str, **more: Any) -> None:
    said = {"candidate_id": candidate, "verdict": verdict, "reviewer": "rosa"} | more
    at = {"time": "2025-02-03T09:00:00+00:00"}
    record_decision(settings, Decision.model_validate(said | at, strict=False))


@pytest.fixture
def cases(store: Store, settings: Settings) -> dict[str, str]:
    """One that waits and rises, two that were approved and doubted since, one rejected in bulk; a
    release that holds bolt's examples, too.
    """
    rise = " Rising: asked 715 times this week, 713 times in the four weeks before."
    with together(store) as at_once:
        waits = add_candidate(
            at_once,
            question=WAITS,
            reason=f"Judged bad, P(good) 8%: 1 user corrected it.{rise}",
        )
        add_interaction(at_once, WAITS, "$8 million", context=None, user="u-2")
        decided = [add_candidate(at_once, question=q) for q in (OTHERS_DOUBT, BOTH_DOUBT, IN_BULK)]
        bolts = [
            add_candidate(at_once, question=f"{q} (bolt)", proposed_output="secret", tenant="bolt")
            for q in (WAITS, OTHERS_DOUBT)
        ]
    why = "Among the most telling: asked 715 times this week, 713 in the four weeks before."
    draw(store, waits, 1, stratum="telling", probability=1.0, population=713, why=why)
    for candidate in (*decided[:2], *bolts):
        _decide(settings, candidate, "approve")
    _decide(settings, decided[2], "reject", reason="old", note="in bulk, one of 713")
    run_promote(settings)
    with together(store) as at_once:
        own = add_interaction(at_once, BOTH_DOUBT, "$8 million", context=None, user="u-2")
        later = {"time": None, "user": "u-2", "correction": "$9 million"}
        add_feedback(at_once, own, "correction", **later)
    for question in (WAITS, OTHERS_DOUBT, BOTH_DOUBT, IN_BULK):
        _ask(store, question, "bolt's secret figure", 713)
    with store.transaction() as connection:  # they all came in after the decisions
        connection.execute("UPDATE feedback SET time = now() + INTERVAL 1 HOUR")
    assert reopen_candidates(store, read_policy(settings.curation_policy)) == 3
    names = ("waits", "others_doubt", "both_doubt", "in_bulk")
    return dict(zip(names, (waits, *decided), strict=True))


def _paths(team: Team, cases: dict[str, str]) -> Iterator[str]:
    """Every address that can be read, of each case, and the lists in each state."""
    for ruled in rules_of(team.app.routes):
        if "GET" not in ruled.methods or "{path" in ruled.path or ruled.path == "/login":
            continue
        tool = ruled.path.replace("{tool}", "argilla")
        for candidate in cases.values() if "{candidate" in tool else ("",):
            path = re.sub(r"{[^}]+}", candidate, tool)
            yield path
            if path in ("/", "/bulk", "/api/v1/cases", "/api/v1/cases/counts"):
                yield from (f"{path}?state={state}" for state in ("approved", "rejected"))


def test_who_is_bound_reads_nothing_of_the_other_tenant(
    team: Team, cases: dict[str, str], store: Store
) -> None:
    """Walked from the route table, pages and API, as a reviewer and as a lead."""
    team.access.users.add("lea", Role.LEAD, tenant="acme")
    team.app.state.review.desk.refresh()
    for name in ("ines", "lea"):
        client, read = team.enter(name), 0
        for path in _paths(team, cases):
            answer = client.get(path)
            assert answer.status_code in (200, 303, 304, 403, 404), path
            found = CANARY.search(answer.text.replace(str(store.path.parent), ""))
            assert found is None, (path, found, answer.text[found.start() - 200 : found.end()])
            read += answer.status_code == 200
        assert read >= 20
        for candidate in cases.values():
            form = {"csrf": CSRF, "output": "$8 million"}
            assert not CANARY.search(client.post(f"/cases/{candidate}/check", data=form).text)


def test_what_is_left_is_the_own_part(team: Team, cases: dict[str, str]) -> None:
    """Own counts, own corrections; what others alone brought into doubt stands as decided."""
    desk, ines = team.app.state.review.desk, team.enter("ines")
    desk.refresh()
    waits = ines.get(f"/cases/{cases['waits']}").text
    assert "2 answers to 2 users" in waits
    assert "asked much more often than before" in waits
    assert "Taken for certain." in waits
    views = {
        name: ines.get(f"/api/v1/cases/{id}").json()["candidate"] for name, id in cases.items()
    }
    assert {name: view["state"] for name, view in views.items()} == {
        "waits": "pending",
        "others_doubt": "approved",
        "both_doubt": "pending",
        "in_bulk": "rejected",
    }
    assert [name for name, view in views.items() if view["reopened"]] == ["both_doubt"]
    assert views["both_doubt"]["reason"].startswith("Re-opened: a user has given another answer")
    assert views["others_doubt"]["reason"] == "1 user corrected it"
    for since in ("", "?since=2000-01-01"):  # by the kept numbers, and by looking at each case
        counts = ines.get(f"/api/v1/cases/counts{since}").json()
        assert counts["by_state"] == {"pending": 2, "disputed": 0, "approved": 1, "rejected": 1}
    [approved] = ines.get("/api/v1/cases?state=approved").json()["items"]
    assert (approved["candidate_id"], approved["variants"]) == (cases["others_doubt"], 1)
    # To decide anew what only others doubt is to decide what one was shown.
    path = f"/api/v1/cases/{cases['others_doubt']}/decisions?state=approved"
    sent = {"verdict": "edit", "output": "$86 million"}
    assert ines.post(path, json=sent, headers={"X-CSRF-Token": CSRF}).status_code == 201
    [entry] = desk.find(Filters(state="approved", mine=True), Viewer("ines", "acme"))
    assert entry.candidate_id == cases["others_doubt"]
    assert entry.state == "approved" and not entry.reopened


def test_who_is_not_bound_sees_what_there_is(team: Team, cases: dict[str, str]) -> None:
    """Figures over all, the reopening of either, the odds of the draw, the note of the batch."""
    team.app.state.review.desk.refresh()
    rosa = team.enter("rosa")
    views = {
        name: rosa.get(f"/api/v1/cases/{id}").json()["candidate"] for name, id in cases.items()
    }
    assert (views["waits"]["variants"], views["waits"]["users"]) == (715, 715)
    assert views["waits"]["population"] == 713
    assert "715 times this week" in views["waits"]["reason"]
    assert views["others_doubt"]["state"] == "pending"
    assert "713 users have given another answer" in views["others_doubt"]["reason"]
    assert "714 users have given another answer" in views["both_doubt"]["reason"]
    assert views["in_bulk"]["note"] == "in bulk, one of 713"
    assert "715 answers to 715 users" in rosa.get(f"/cases/{cases['waits']}").text


def test_an_older_wording_of_another_tenant_is_not_told_of(
    team: Team, store: Store, settings: Settings
) -> None:
    """Of who asks the same in other words not even the id of the case, which is their wording's;
    what the own tenant was answered in that case is shown all the same."""
    add_interaction(store, f"Hello! {WAITS}", "bolt's secret", context=None, tenant="bolt")
    candidate = add_candidate(store, question=WAITS)
    add_interaction(store, f"Thanks! {WAITS}", "$8 million", context=None, user="u-2")
    update_clusters(store, settings)
    path = f"/api/v1/cases/{candidate}"
    views = {name: team.enter(name).get(path).json()["candidate"] for name in ("ines", "rosa")}
    assert views["rosa"]["cluster_id"] != views["rosa"]["case_id"]
    assert views["ines"]["cluster_id"] == views["ines"]["case_id"]
    assert views["ines"]["wordings"] == 2
    around = {name: team.enter(name).get(f"/cases/{candidate}/around").text for name in views}
    assert "Hello!" in around["rosa"] and "Hello!" not in around["ines"]
    assert "Thanks!" in around["ines"] and "$8 million" in around["ines"]


def test_no_place_in_the_queue_is_told_of_a_case_that_there_is_not(
    team: Team, store: Store
) -> None:
    """What comes next behind another tenant's case is what comes behind none."""
    doubts = {"acme": (0.4, 0.3, 0.1), "bolt": (0.35, 0.2)}
    foreign = [
        add_candidate(store, question=f"{tenant} {p}?", p_good=p, tenant=tenant)
        for tenant, shares in doubts.items()
        for p in shares
    ][len(doubts["acme"]) :]
    ines = team.enter("ines")
    after = ["c-none", *foreign]
    answers = {ines.get("/api/v1/cases/next", params={"after": one}).text for one in after}
    assert len(answers) == 1
