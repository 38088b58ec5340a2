"""A reviewer never sees another's verdict before giving their own, on no page, in no fragment."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from flywheel.desk import Viewer
from flywheel.review.access.database import Database
from flywheel.review.access.gate import FILE
from flywheel.review.access.passwords import Passwords
from flywheel.review.access.permissions import Role
from flywheel.review.access.users import Users
from flywheel.review.form import decision_now
from flywheel.settings import Settings
from flywheel.store import Store
from schemas.decision import Verdict
from tests.flywheel.review.cases import add_swapped, draw
from tests.flywheel.review.conftest import SCRIPT, Site, csrf
from tests.flywheel.review.serving import PASSWORD

SECRETS = ("zelda", "ZELDAS TEXT", "zeldas note", "zeldalabel")
"""The first one's name, and everything that she said."""


@pytest.fixture
def kim(site: Site, settings: Settings) -> Iterator[TestClient]:
    """A reviewer who is no lead, logged in by password."""
    users = Users(Database(settings.home / FILE), Passwords())
    users.add("kim", Role.REVIEWER, password=PASSWORD)
    with site.visit() as client:
        token = client.get("/login").text.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": token, "name": "kim", "password": PASSWORD}
        assert client.post("/login", data=form).status_code == 303
        yield client


def _judge(site: Site, candidate_id: str, reviewer: str, verdict: Verdict, **said: object) -> None:
    values = {"candidate_id": candidate_id, "reviewer": reviewer, "verdict": verdict} | said
    site.desk.decide(decision_now(values), Viewer(reviewer))


def _token(client: TestClient) -> str:
    page = client.get("/").text
    return page.partition('name="csrf" value="')[2].partition('"')[0]


def _shown(client: TestClient, candidate_id: str) -> Iterator[tuple[str, str]]:
    """Everything that a reviewer's browser can get about a case."""
    path = f"/cases/{candidate_id}"
    states = ("pending", "disputed", "approved", "rejected")
    pages = [f"/?state={state}" for state in states] + [
        "/?mine=1", "/?text=ZELDAS", path, f"{path}?state=disputed", f"{path}/around", "/progress",
    ]  # fmt: skip
    for page in pages:
        for headers in ({}, SCRIPT):
            yield page, client.get(page, headers=headers).text
    form = {"csrf": _token(client)}
    for action in ("check", "lease", "leave"):
        answer = client.post(f"{path}/{action}", data=form | {"output": "x"}, headers=SCRIPT)
        yield action, answer.text
    for verdict in ("reject", "send", "side-A"):
        yield verdict, client.post(path, data=form | {"verdict": verdict}, headers=SCRIPT).text
    for page in ("/audit", "/bulk", "/published"):
        answer = client.get(page)
        assert answer.status_code == 403, page
        yield page, answer.text


def test_nothing_tells_of_the_first_verdict(kim: TestClient, site: Site, store: Store) -> None:
    """Before one's own, and also after it while the two differ: then a lead settles it."""
    candidate = add_swapped(store)
    draw(store, candidate)
    said = {"output": SECRETS[1], "note": SECRETS[2], "labels": (SECRETS[3],)}
    _judge(site, candidate, "zelda", Verdict.EDIT, **said)
    site.desk.settle()
    for place, text in _shown(kim, candidate):
        assert not [secret for secret in SECRETS if secret in text.replace("/?text=ZELDAS", "")], (
            place
        )
    _judge(site, candidate, "kim", Verdict.REJECT, reason="wrong")
    site.desk.settle()
    assert site.stands(candidate)[0] == "disputed"
    for place, text in _shown(kim, candidate):
        assert not [secret for secret in SECRETS if secret in text], place
    assert "A colleague came to another verdict" in kim.get(f"/cases/{candidate}").text


def test_who_settles_sees_verdicts_without_names(
    rosa: TestClient, site: Site, store: Store
) -> None:
    """And everybody sees who said what once it is settled."""
    candidate = add_swapped(store)
    draw(store, candidate)
    _judge(site, candidate, "zelda", Verdict.EDIT, output=SECRETS[1])
    _judge(site, candidate, "sam", Verdict.REJECT, reason="because of this")
    path = f"/cases/{candidate}"
    text = rosa.get(f"{path}?state=disputed").text
    assert SECRETS[1] in text
    assert "because of this" in text
    assert "zelda" not in text
    letter = "A" if text.index(SECRETS[1]) < text.index("because of this") else "B"
    form = {"csrf": csrf(rosa), "verdict": f"side-{letter}"}
    told = rosa.post(f"{path}?state=disputed", data=form, headers=SCRIPT).json()
    assert (told["said"], told["next"]) == ("Settled: approved with an edit.", "/?state=disputed")
    view = site.file(candidate).view
    assert (view.state, view.reviewer) == ("approved", "rosa")
    settled = rosa.get(path).text
    assert "zelda approved with an edit" in settled
    assert "sam rejected" in settled


def _api(client: TestClient, path: str) -> str:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 200, path
    return answer.text + answer.headers.get("etag", "")


def test_that_somebody_has_judged_is_not_told_either(
    rosa: TestClient, site: Site, store: Store
) -> None:
    """No count, tag, figure of the team or place in the queue changes with the first verdict."""
    candidate = add_swapped(store)
    draw(store, candidate)
    paths = (f"/cases/{candidate}", "/cases", "/cases/counts", "/cases/next", "/progress",
             "/decisions", "/records/argilla?state=all")  # fmt: skip
    before = {path: _api(rosa, path) for path in paths}
    pages = {path: rosa.get(path).text for path in ("/", f"/cases/{candidate}", "/progress")}
    _judge(site, candidate, "zelda", Verdict.EDIT, output=SECRETS[1])
    site.desk.settle()
    assert {path: _api(rosa, path) for path in paths} == before
    assert {path: rosa.get(path).text for path in pages} == pages
    own = site.desk.case(candidate, Viewer("zelda"))
    assert own is not None and own.view.given == 1


def test_who_has_it_open_is_a_colleague(rosa: TestClient, site: Site, store: Store) -> None:
    """Whoever judged and whoever is about to: neither learns who the other is."""
    candidate = add_swapped(store)
    draw(store, candidate)
    _judge(site, candidate, "rosa", Verdict.REJECT, reason="wrong")
    site.desk.take(candidate, Viewer("zelda"))
    path = f"/cases/{candidate}"
    assert "A colleague has this case open" in rosa.get(path).text
    form = {"csrf": csrf(rosa), "verdict": "skip"}
    assert rosa.post(path, data=form, headers=SCRIPT).json()["problem"] == (
        "A colleague has this case open."
    )
    assert rosa.post(f"{path}/lease", data=form).json() == {"holder": "A colleague"}
    assert "zelda" not in rosa.get(path).text + _api(rosa, path) + rosa.get("/").text


def test_a_dispute_has_no_names_until_it_is_settled(
    rosa: TestClient, site: Site, store: Store
) -> None:
    """Who may settle it reads what was said: on the page, in the API, the audit and the export."""
    candidate = add_swapped(store)
    draw(store, candidate)
    _judge(site, candidate, "zelda", Verdict.EDIT, output=SECRETS[1], note=SECRETS[2])
    _judge(site, candidate, "kim", Verdict.SEND, sent_to="sam")
    _judge(site, candidate, "sam", Verdict.REJECT, reason="because of this")
    names, places = ("zelda", "sam", "kim"), ("/audit", "/audit?form=csv", "/api/v1/decisions")
    case = rosa.get(f"/api/v1/cases/{candidate}").json()
    told = {made["decision"]["reviewer"]: made["decision"] for made in case["others"]}
    assert sorted(told) == ["A", "B"]
    page = rosa.get(f"/cases/{candidate}?state=disputed").text
    for letter, decision in told.items():
        said = decision["output"] or decision["reason"]
        assert page.index(f"side-{letter}") > page.index(said), "the letters are the page's"
    for place in places:
        text = rosa.get(place).text
        assert SECRETS[1] in text and "because of this" in text
        assert not [name for name in names if name in text.replace(SECRETS[2], "")], place
    exported = _api(rosa, "/records/argilla?state=all")
    assert not [said for said in (*names, SECRETS[1]) if said in exported]
    line = json.loads(rosa.get("/api/v1/decisions").text.splitlines()[0])
    assert line["reviewer"] is None, "an import refuses it"
    _judge_as_lead(rosa, candidate)
    for place in places:
        assert not [name for name in names if name not in rosa.get(place).text], place


def _judge_as_lead(rosa: TestClient, candidate: str) -> None:
    form = {"csrf": csrf(rosa), "verdict": "side-A"}
    answer = rosa.post(f"/cases/{candidate}?state=disputed", data=form, headers=SCRIPT)
    assert answer.json()["said"].startswith("Settled")


def test_a_lead_who_is_one_of_the_two_waits_as_well(
    rosa: TestClient, site: Site, store: Store
) -> None:
    """The API gives what the page shows: nothing of the other until somebody else settles it."""
    candidate = add_swapped(store)
    draw(store, candidate)
    _judge(site, candidate, "rosa", Verdict.REJECT, reason="wrong")
    _judge(site, candidate, "zelda", Verdict.EDIT, output=SECRETS[1])
    case = rosa.get(f"/api/v1/cases/{candidate}").json()
    assert (case["candidate"]["state"], case["others"]) == ("disputed", [])


@pytest.mark.parametrize("taken_back", [False, True])
def test_no_audit_tells_a_lead_who_judges_too(
    rosa: TestClient, site: Site, store: Store, taken_back: bool
) -> None:
    """Leads decide as well: the export and the plots wait until both have spoken."""
    candidate = add_swapped(store)
    draw(store, candidate)
    _judge(site, candidate, "zelda", Verdict.EDIT, output=SECRETS[1])
    if taken_back:
        said = site.desk.decisions()[-1].decision_id
        _judge(site, candidate, "zelda", Verdict.UNDO, undoes=said)
    for page in ("/audit", "/audit?form=csv"):
        assert candidate not in rosa.get(page).text, page
    assert "Nothing was decided in these days" in rosa.get("/progress").text
    _judge(site, candidate, "rosa", Verdict.REJECT, reason="wrong")
    if taken_back:
        assert [line for line in rosa.get("/audit").text.splitlines() if "zelda" in line] == []
    else:
        assert SECRETS[1] in rosa.get("/audit").text
    assert "wrong" in rosa.get("/audit").text
