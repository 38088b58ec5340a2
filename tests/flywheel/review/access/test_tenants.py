"""A reviewer who is bound to a tenant sees that tenant alone, whatever they ask for."""

import re
from typing import Any

import pytest

from flywheel.review.access import rules_of
from flywheel.steps.candidates import (
    read_candidate,
    read_candidates,
    read_these,
)
from flywheel.store import Store
from tests.facts import add_candidate, add_feedback, add_interaction, count_rows
from tests.flywheel.review.access.conftest import CSRF, Team

OWN, OTHERS = "What did acme earn?", "What did bolt earn?"


@pytest.fixture
def cases(store: Store) -> tuple[str, str, str]:
    """One case of acme, one of bolt, one of nobody."""
    return (
        add_candidate(store, question=OWN, tenant="acme", feature="acme_qa"),
        add_candidate(store, question=OTHERS, tenant="bolt", feature="bolt_qa"),
        add_candidate(store, question="What did they earn?", tenant=None, feature="free_qa"),
    )


def _sent(path: str) -> dict[str, Any]:
    """An approval, as a form of the page or as the API takes it."""
    if path.startswith("/api/"):
        return {"json": {"verdict": "approve"}, "headers": {"X-CSRF-Token": CSRF}}
    return {"data": {"csrf": CSRF, "verdict": "approve"}}


def test_no_route_that_takes_a_case_shows_or_changes_another_tenants(
    team: Team, store: Store, cases: tuple[str, str, str]
) -> None:
    """Walked from the route table: it is as if the case did not exist."""
    client = team.enter("ines")
    walked = 0
    for ruled in rules_of(team.app.routes):
        if "{candidate" not in ruled.path and "{case" not in ruled.path:
            continue
        for method in ruled.methods:
            for foreign in cases[1:]:
                path = re.sub(r"{[^}]+}", foreign, ruled.path)
                sent = _sent(path)
                answer = client.request(method, path, **sent)
                # 403 where the role is not enough, whatever the case: nothing is told either.
                assert answer.status_code in (403, 404), (method, path)
                assert OTHERS not in answer.text
                missing = client.request(method, path.replace(foreign, "c-none"), **sent)
                assert answer.text.replace(foreign, "c-none") == missing.text
                walked += 1
    assert walked >= 4
    assert count_rows(store, "decisions") == 0
    assert client.get(f"/cases/{cases[0]}").status_code == 200


def test_the_queue_its_counts_and_its_filters_are_the_tenants(
    team: Team, cases: tuple[str, str, str]
) -> None:
    """No text, no number and no feature's name of another tenant."""
    text = team.enter("ines").get("/").text
    assert OWN in text
    assert OTHERS not in text
    assert "bolt_qa" not in text
    assert "free_qa" not in text
    assert ">1<" in re.sub(r"\s", "", text) or "Pending 1" in " ".join(
        re.sub(r"<[^>]+>", " ", text).split()
    )
    everybody = team.enter("rosa").get("/").text
    assert OTHERS in everybody
    assert "bolt_qa" in everybody


def test_what_opens_next_is_the_tenants(
    team: Team, store: Store, cases: tuple[str, str, str]
) -> None:
    """Behind the last of the tenant's own there is nothing, though others wait."""
    answer = team.enter("ines").post(
        f"/cases/{cases[0]}", data={"csrf": CSRF, "verdict": "approve"}
    )
    assert answer.headers["location"] == "/"
    assert team.app.state.review.desk.decisions()[-1].decision.reviewer == "ines"


def test_every_query_of_cases_takes_the_tenant(store: Store, cases: tuple[str, str, str]) -> None:
    """None means all: whoever asks for a tenant says so."""
    own, bolt, nobodys = cases
    assert [view.candidate_id for view in read_candidates(store, tenant="acme")] == [own]
    assert len(read_candidates(store)) == 3
    assert [view.candidate_id for view in read_these(store, cases, tenant="bolt")] == [bolt]
    assert read_candidates(store, tenant="") == []
    with pytest.raises(Exception, match="no such candidate"):
        read_candidate(store, nobodys, tenant="acme")


@pytest.mark.parametrize("tenant", ["acme", None])
def test_no_other_tenants_user_proposes_an_ideal_output(store: Store, tenant: str | None) -> None:
    """One case may be asked by two tenants: what bolt's user wrote stays with bolt, whoever looks.

    An example without a tenant is shown to all of them.
    """
    candidate = add_candidate(store, question="Same?", proposed_output=None, tenant=tenant)
    bolts = add_candidate(store, "bank", question="Same?", proposed_output=None, tenant="bolt")
    asked = add_interaction(store, "Same?", "$58.1 million", context=None, tenant="bolt")
    add_feedback(store, asked, "correction", correction="bolt's secret figure")
    assert read_candidate(store, bolts).suggested_output == "bolt's secret figure"
    assert read_candidate(store, candidate).suggested_output is None
    assert read_candidate(store, candidate, tenant=tenant).suggested_output is None


def test_no_page_shows_what_another_tenants_user_wrote(team: Team, store: Store) -> None:
    """Not in the list, on the case, around it, nor in the editor."""
    candidate = add_candidate(store, question="Same?", proposed_output=None, tenant="acme")
    asked = add_interaction(store, "Same?", "$58.1 million", context=None, tenant="bolt")
    add_feedback(store, asked, "correction", correction="bolt's secret figure")
    client = team.enter("ines")
    for path in ("/", f"/cases/{candidate}", f"/cases/{candidate}/around"):
        text = client.get(path).text
        assert "Same?" in text or "Around" in text
        assert "secret figure" not in text, path
