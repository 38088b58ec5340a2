"""One person is one name, and nobody's address stands in decisions, however they come in."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from flywheel.desk import Filters, Viewer
from flywheel.people import PSEUDONYM
from flywheel.review.access import Role, shown
from flywheel.review.access.gate import FILE
from flywheel.review.access.sessions import Holder
from flywheel.store import Store
from tests.facts import add_candidate
from tests.flywheel.review.access.conftest import CSRF, PASSWORD, MakeTeam, Team
from tests.flywheel.review.cases import draw

PROXY, HEADER = "10.1.2.3", "X-Forwarded-User"
ADDRESS = "Jane.Miller@miller.example"


def _come(team: Team, header: str | bytes) -> TestClient:
    client = team.visit(PROXY)
    value = header if isinstance(header, bytes) else header.encode()
    client.headers.update([(HEADER.encode(), value)])
    return client


def _judge(team: Team, header: str, case: str, verdict: str = "approve") -> int:
    client = _come(team, header)
    token = client.get("/").text.partition('name="csrf" value="')[2].partition('"')[0]
    form = {"csrf": token, "verdict": verdict, "reason": "no", "force": "1"}
    return int(client.post(f"/cases/{case}", data=form).status_code)


@pytest.fixture
def behind(make_team: MakeTeam) -> Team:
    """Behind a proxy that lets in whom it likes."""
    return make_team(proxies=("10.1.0.0/16",), user_header=HEADER, default_role="reviewer")


@pytest.mark.parametrize(
    "spelled", [("Kim", "kim"), ("JÜRGEN", "Jürgen"), (ADDRESS, ADDRESS.lower())]
)
def test_two_spellings_are_one_reviewer(
    behind: Team, store: Store, spelled: tuple[str, str]
) -> None:
    """The second is no second blind judgement, with which the first would agree."""
    case = add_candidate(store)
    draw(store, case)
    desk = behind.app.state.review.desk
    for header in spelled:
        assert _judge(behind, header, case) == 303
    assert len({made.decision.reviewer for made in desk.decisions()}) == 1
    with desk._tables.reading() as connection:  # the desk tells nobody who may be the second
        [found] = connection.execute("SELECT state, given FROM cases")
    assert tuple(found) == ("pending", 1)
    assert _judge(behind, "sam", case) == 303
    assert desk.case(case, Viewer("lea")).view.state == "approved"


def test_a_user_is_found_in_any_spelling(behind: Team) -> None:
    """As the user that an admin added, with that role; none can be added beside them."""
    behind.access.users.add("Jürgen", Role.LEAD)
    for header in ("JÜRGEN".encode(), "jürgen".encode("latin-1")):
        assert "Reviewing as <b>Jürgen</b>" in _come(behind, header).get("/").text
    with pytest.raises(Exception, match="already"):
        behind.access.users.add("jÜrgen", Role.REVIEWER)


def test_a_name_that_stands_in_decisions_goes_on(behind: Team, store: Store) -> None:
    """Who decided as Kim, or under an address, before names were compared still has it all."""
    for kept in ("Kim", ADDRESS):
        case = add_candidate(store, question=f"{kept}?")
        desk = behind.app.state.review.desk
        with desk._tables.writing() as connection:  # as an older version wrote it
            connection.execute(
                "INSERT INTO decisions VALUES (?, ?, ?, 'skip', '2025-01-01', 1, 0, '{}')",
                [f"d-{kept}", case, kept],
            )
            connection.execute("DELETE FROM decisions WHERE decision_id <> ?", [f"d-{kept}"])
        desk.people._until = 0.0
        assert desk.people.recorded(kept.swapcase()) == kept


def _holding(home: Path, text: str) -> list[str]:
    files = [path for path in home.rglob("*") if path.is_file() and FILE not in path.name]
    return [path.name for path in files if text.lower().encode() in path.read_bytes().lower()]


@pytest.mark.parametrize("is_user", [True, False])
def test_a_colleague_whose_name_is_an_address(team: Team, store: Store, is_user: bool) -> None:
    """They are sent a case, decide it, and are shown to colleagues; decisions know a pseudonym."""
    case = add_candidate(store)
    if is_user:
        jane = team.access.users.add(ADDRESS, Role.REVIEWER)
        janes = team.enter(jane.name)
    else:
        janes = team.hold(Holder("oidc", ADDRESS.lower(), None, "reviewer", None))
    shown = ADDRESS if is_user else ADDRESS.lower()
    rosa, desk = team.enter("rosa"), team.app.state.review.desk
    assert f'<option value="{shown}">' in rosa.get(f"/cases/{case}").text
    form = {"csrf": CSRF, "verdict": "send", "sent_to": ADDRESS, "force": "1"}
    assert rosa.post(f"/cases/{case}", data=form).status_code == 303
    assert f"sent to {shown}" not in rosa.get("/").text, "it is in the colleague's queue alone"
    assert f"You passed it on to {shown}." in rosa.get(f"/cases/{case}").text
    page = janes.get("/").text
    assert "sent to you" in page and f"Reviewing as <b>{shown}</b>" in page
    form = {"csrf": CSRF, "verdict": "reject", "reason": "no", "force": "1"}
    assert janes.post(f"/cases/{case}", data=form).status_code == 303
    sent, judged = (made.decision for made in desk.decisions())
    assert sent.sent_to == judged.reviewer and PSEUDONYM.fullmatch(judged.reviewer)
    assert f"Rejected by {shown}" in rosa.get(f"/cases/{case}").text
    mine = desk.find(Filters(state="rejected", mine=True), Viewer(judged.reviewer))
    assert [entry.candidate_id for entry in mine] == [case]
    desk.settle()
    assert not _holding(store.path.parent, ADDRESS)


def test_a_guest_is_not_a_user_by_being_called_so(behind: Team, store: Store) -> None:
    """A user whom the proxy calls otherwise keeps name and decisions to themselves."""
    behind.access.users.add("Ada", Role.LEAD, login="ada@corp.example")
    assert _judge(behind, "ada@corp.example", add_candidate(store)) == 303
    for header in ("ada", "Ada"):
        assert _come(behind, header).get("/").status_code == 403


def test_a_guest_is_not_whom_the_terminals_link_stands_for(behind: Team) -> None:
    """Unless an admin adds them: what that one decided would be theirs, to take back too."""
    for header in ("owner", "OWNER"):
        assert _come(behind, header).get("/").status_code == 403
    behind.access.users.add("owner", Role.REVIEWER)
    assert _come(behind, "owner").get("/").status_code == 200


def test_a_guest_is_nobody_by_taking_a_pseudonym(behind: Team, store: Store) -> None:
    """It stands in exports, for all to read."""
    assert _judge(behind, ADDRESS, add_candidate(store)) == 303
    [made] = behind.app.state.review.desk.decisions()
    assert PSEUDONYM.fullmatch(made.decision.reviewer)
    for header in (made.decision.reviewer, made.decision.reviewer.upper()):
        assert _come(behind, header).get("/").status_code == 403


def test_a_user_who_is_added_ends_a_guests_session_in_any_spelling(behind: Team) -> None:
    """Sessions are found by name: the guest's would go on as the user's."""
    guest = behind.hold(Holder("oidc", "jürgen", None, "reviewer", None))
    assert guest.get("/").status_code == 200
    behind.access.users.add("Jürgen", Role.LEAD, login="j@corp.example")
    assert guest.get("/").status_code == 401


def test_the_log_of_logins_has_no_address(
    make_team: MakeTeam, caplog: pytest.LogCaptureFixture
) -> None:
    """It tells who came in as decisions do."""
    team = make_team()
    team.access.users.add(ADDRESS, Role.REVIEWER, password=PASSWORD)
    client = team.visit()
    token = client.get("/login").text.partition('name="csrf" value="')[2].partition('"')[0]
    with caplog.at_level("DEBUG", logger="flywheel"):
        form = {"csrf": token, "name": ADDRESS, "password": PASSWORD}
        assert client.post("/login", data=form).status_code == 303
    assert "signed in by password: person-" in caplog.text
    assert ADDRESS not in caplog.text


def test_names_are_looked_up_once_a_page_and_soon_again(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for each row of a queue; who comes in meanwhile is named a little later."""
    now = 100.0
    monkeypatch.setattr(shown, "monotonic", lambda: now)
    named, called = team.access.shown.named, team.access.recorded(ADDRESS)
    assert named(f"by {called}") == f"by {called}"
    team.access.users.add(ADDRESS, Role.REVIEWER)
    assert named(f"by {called}") == f"by {called}"
    now += 2.5
    assert named(f"{called}, {called}") == f"{ADDRESS}, {ADDRESS}"
