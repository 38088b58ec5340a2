"""Sessions: their ids rotate, they end in time, and what several requests change of one stays."""

import json
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from flywheel.review.access.database import Database
from flywheel.review.access.permissions import Role
from flywheel.review.access.sessions import VISITOR, Holder, Sessions
from flywheel.review.access.users import Users
from tests.flywheel.review.access.conftest import CSRF, MakeTeam, Team, form_token
from tests.flywheel.review.conftest import csrf

HOUR = 3600.0
LINK = Holder("link", "rosa")


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Some day, noon."""
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty file."""
    return Database(tmp_path / "access.sqlite")


@pytest.fixture
def sessions(database: Database, clock: Clock) -> Sessions:
    """Two hours idle, twelve in all."""
    return Sessions(database, idle_s=2 * HOUR, max_s=12 * HOUR, clock=clock)


def test_a_session_holds_what_it_is_given(sessions: Sessions) -> None:
    """By its id; by no other."""
    id = sessions.begin(LINK, {"csrf": "x", "undo": ["a", "b"]})
    session = sessions.open(id)
    assert session
    assert (session.kind, session.name) == ("link", "rosa")
    assert session.data == {"csrf": "x", "undo": ["a", "b"]}
    assert session.fresh_id is None
    assert sessions.open(id[:-1]) is None
    assert sessions.open("") is None


def test_no_id_is_on_the_disk(sessions: Sessions, database: Database) -> None:
    """Who reads the file cannot go on with anybody's session."""
    id = sessions.begin(LINK, {})
    held = b"".join(path.read_bytes() for path in database.path.parent.iterdir())
    assert b"rosa" in held
    assert id.encode() not in held


def test_it_ends_when_idle(sessions: Sessions, clock: Clock) -> None:
    """Each request puts the end off; two hours without one, and it is over."""
    id = sessions.begin(LINK, {})
    for _ in range(3):
        clock.now += 1.9 * HOUR
        session = sessions.open(id)
        assert session
        id = session.fresh_id or id
    clock.now += 2 * HOUR + 1
    assert sessions.open(id) is None


def test_it_ends_in_any_case(sessions: Sessions, clock: Clock) -> None:
    """Twelve hours after the login, however busy it was."""
    id = sessions.begin(LINK, {})
    for _ in range(11):
        clock.now += HOUR
        session = sessions.open(id)
        assert session
        id = session.fresh_id or id
    clock.now += HOUR + 1
    assert sessions.open(id) is None


def test_the_id_rotates_and_the_old_one_dies(sessions: Sessions, clock: Clock) -> None:
    """After a quarter of an hour; requests side by side may carry the old one a moment longer."""
    old = sessions.begin(LINK, {"csrf": "x"})
    clock.now += 15 * 60
    session = sessions.open(old)
    assert session and session.fresh_id
    new = session.fresh_id
    beside = sessions.open(old)
    assert beside and beside.fresh_id is None
    assert sessions.open(new) and sessions.open(old)
    clock.now += 61
    assert sessions.open(old) is None


def test_an_old_id_that_comes_back_ends_the_session(sessions: Sessions, clock: Clock) -> None:
    """Two browsers have it, and one of them stole it: neither goes on."""
    old = sessions.begin(LINK, {})
    clock.now += 15 * 60
    session = sessions.open(old)
    assert session and session.fresh_id
    assert sessions.open(session.fresh_id)
    clock.now += 61
    assert sessions.open(old) is None
    assert sessions.open(session.fresh_id) is None


def test_an_answer_that_never_arrived_signs_nobody_out(sessions: Sessions, clock: Clock) -> None:
    """The new id was lost on the way: the old one gets another, and that one is good no more."""
    old = sessions.begin(LINK, {})
    clock.now += 15 * 60
    lost = sessions.open(old)
    assert lost and lost.fresh_id
    clock.now += 5 * 60
    again = sessions.open(old)
    assert again and again.fresh_id
    assert sessions.open(again.fresh_id)
    assert sessions.open(lost.fresh_id) is None


def test_a_visitors_session_is_short(sessions: Sessions, clock: Clock) -> None:
    """It only has to hold until the login."""
    id = sessions.begin(Holder(VISITOR, ""), {"csrf": "x"})
    assert sessions.open(id)
    clock.now += 15 * 60 + 1
    assert sessions.open(id) is None


def test_strangers_cannot_fill_the_disk(
    sessions: Sessions, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest visitors go; who has logged in stays."""
    monkeypatch.setattr("flywheel.review.access.sessions._MOST_VISITORS", 5)
    kept = sessions.begin(LINK, {})
    first = sessions.begin(Holder(VISITOR, ""), {})
    for _ in range(8):
        last = sessions.begin(Holder(VISITOR, ""), {})
    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone()[0] <= 7
    assert sessions.open(kept) and sessions.open(last)
    assert sessions.open(first) is None


def test_changes_side_by_side_are_both_kept(sessions: Sessions) -> None:
    """What one request changes does not undo what another did meanwhile."""
    id = sessions.begin(LINK, {"csrf": "x", "notice": "done"})
    session = sessions.open(id)
    assert session
    sessions.save(session.key, {"undo": ["a"]}, [])
    sessions.save(session.key, {}, ["notice"])
    after = sessions.open(id)
    assert after and after.data == {"csrf": "x", "undo": ["a"]}


@pytest.mark.parametrize("change", ["role", "password", "remove"])
def test_a_user_who_changes_is_out_at_once(
    sessions: Sessions, database: Database, change: str
) -> None:
    """Another role, password or none at all: the next request is a stranger's."""
    users = Users(database)
    user = users.add("rosa", Role.LEAD)
    id = sessions.begin(Holder("password", user.name, user.version), {})
    late = Holder("password", user.name, user.version)  # a login that is still on its way
    assert sessions.open(id)
    if change == "role":
        users.set_role("rosa", Role.REVIEWER, None)
    elif change == "password":
        users.set_password("rosa", "another horse battery")
    else:
        users.remove("rosa")
    assert sessions.open(id) is None
    assert sessions.open(sessions.begin(late, {})) is None
    if change == "remove":
        users.add("rosa", Role.LEAD)
        assert sessions.open(sessions.begin(late, {})) is None, "another rosa"


def test_who_becomes_a_user_logs_in_anew(sessions: Sessions, database: Database) -> None:
    """Somebody who came by a group's role has a user's role now."""
    id = sessions.begin(Holder("oidc", "rosa", None, "admin", None), {})
    assert sessions.open(id)
    Users(database).add("rosa", Role.REVIEWER)
    assert sessions.open(id) is None


def _begin(path: str, start: int) -> list[str]:
    """Another process at work on the same file."""
    sessions = Sessions(Database(Path(path)), idle_s=HOUR, max_s=HOUR)
    return [sessions.begin(Holder("link", f"r{start + n}"), {"n": n}) for n in range(20)]


def test_two_processes_share_one_file(database: Database) -> None:
    """What one begins the other opens; none of their changes is lost."""
    Users(database).add("rosa", Role.REVIEWER)
    with get_context("spawn").Pool(2) as pool:
        both = pool.starmap(_begin, [(str(database.path), 0), (str(database.path), 100)])
    sessions = Sessions(database, idle_s=HOUR, max_s=HOUR)
    names = {session.name for ids in both for id in ids if (session := sessions.open(id))}
    assert len(names) == 40


def test_a_login_takes_nothing_of_before_along(team: Team) -> None:
    """Session fixation: who planted a visitor's cookie does not get the session that follows."""
    client = team.visit()
    token = form_token(client)
    [(name, planted)] = client.cookies.items()
    client.get(team.login.link)
    [(_, after)] = client.cookies.items()
    assert after != planted
    thief = team.visit()
    thief.cookies.set(name, planted)
    assert thief.get("/").status_code == 401
    assert token not in client.get("/").text
    assert csrf(client) not in ("", token)


def test_a_login_in_a_session_replaces_it(team: Team) -> None:
    """The link opened in a browser where another was logged in: that one is out."""
    client = team.enter("rosa")
    [(name, before)] = client.cookies.items()
    client.get(team.login.link)
    other = team.visit()
    other.cookies.set(name, before)
    assert other.get("/").status_code == 401
    assert "Reviewing as <b>owner</b>" in client.get("/").text


def test_logging_out_ends_this_session_alone(team: Team) -> None:
    """Its cookie is taken away and good for nothing; the other browser goes on."""
    here, there = team.enter("rosa"), team.enter("rosa")
    [(name, value)] = here.cookies.items()
    answer = here.post("/logout", data={"csrf": CSRF})
    assert "Max-Age=0" in answer.headers["set-cookie"]
    here.cookies.set(name, value)
    assert here.get("/").status_code == 401
    assert there.get("/").status_code == 200


def test_logging_out_everywhere_ends_them_all(team: Team) -> None:
    """All of this name, and nobody else's."""
    here, there, other = team.enter("rosa"), team.enter("rosa"), team.enter("lena")
    assert here.post("/logout/everywhere", data={"csrf": CSRF}).status_code == 303
    assert there.get("/").status_code == 401
    assert other.get("/").status_code == 200


def test_a_restart_ends_no_session(team: Team, make_team: MakeTeam) -> None:
    """The key that signs cookies is in the home."""
    client = team.enter("rosa")
    again = make_team()
    after = again.visit()
    after.cookies.update(client.cookies)
    assert after.get("/").status_code == 200


def test_a_links_session_is_its_reviewers_alone(team: Team, make_team: MakeTeam) -> None:
    """The page was started for somebody else: their name must not be under what follows."""
    client = team.hold(Holder("link", "somebody else"))
    assert client.get("/").status_code == 401


def test_requests_side_by_side_keep_the_session(team: Team) -> None:
    """Many at once, across a rotation: none is refused."""
    client = team.enter("rosa")
    with team.access.users._database.transaction() as connection:
        connection.execute("UPDATE sessions SET rotated_at = rotated_at - 901")
    cookies = dict(client.cookies)

    def ask(_: int) -> int:
        browser: TestClient = team.visit()
        browser.cookies.update(cookies)
        return int(browser.get("/health").status_code) + int(browser.get("/").status_code)

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(ask, range(12))) == {400}
    with team.access.users._database.reading() as connection:
        assert json.loads(connection.execute("SELECT data FROM sessions").fetchone()[0])["csrf"]
