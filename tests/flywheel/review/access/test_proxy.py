"""A proxy's header: believed from its address, refused from any other."""

import logging

import pytest

from flywheel.errors import ConfigError
from flywheel.review.access.permissions import Role
from flywheel.review.access.proxy import Proxies
from tests.flywheel.review.access.conftest import MakeTeam, Team

PROXY, ELSEWHERE = "10.1.2.3", "10.9.9.9"
HEADER = "X-Forwarded-User"


@pytest.fixture
def behind(make_team: MakeTeam) -> Team:
    """A team behind a proxy, which knows rosa by her address."""
    team = make_team(proxies=("10.1.0.0/16",), user_header=HEADER)
    team.access.users.add("rosa", Role.REVIEWER, login="rosa@example.com")
    return team


def test_whom_the_proxy_names_is_in(behind: Team) -> None:
    """As the user whom it calls so, without a login; forms have a token of their own."""
    client = behind.visit(PROXY)
    client.headers[HEADER] = "rosa@example.com"
    page = client.get("/")
    assert "Reviewing as <b>rosa</b>" in page.text
    token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert token
    assert client.post("/undo", data={"csrf": token}).status_code == 400, "nothing to undo"
    assert client.post("/undo", data={"csrf": "x"}).status_code == 403


def test_the_same_header_from_elsewhere_is_refused_aloud(
    behind: Team, caplog: pytest.LogCaptureFixture
) -> None:
    """Not overlooked: no page is shown, not even with a session, and the log has a line."""
    client = behind.enter("rosa")
    client._transport.client = (ELSEWHERE, 1)  # type: ignore[attr-defined]
    with caplog.at_level(logging.WARNING):
        assert client.get("/", headers={HEADER: "rosa@example.com"}).status_code == 403
    assert f"a {HEADER} header from {ELSEWHERE}" in caplog.text
    assert "rosa" not in caplog.text
    assert client.get("/").status_code == 200, "without the header the session counts"


def test_without_the_setting_the_header_says_nothing(team: Team) -> None:
    """Proxies send it to whoever stands behind them."""
    headers = {HEADER: "ada"}
    assert team.visit(PROXY).get("/", headers=headers).status_code == 401
    assert "Reviewing as <b>rosa</b>" in team.enter("rosa").get("/", headers=headers).text


@pytest.mark.parametrize("spelled", ["x-forwarded-user", "X-FORWARDED-USER"])
def test_a_name_twice_is_refused(behind: Team, spelled: str) -> None:
    """One of them somebody else has put there."""
    headers = [(HEADER, "rosa@example.com"), (spelled, "ada")]
    assert behind.visit(PROXY).get("/", headers=headers).status_code == 400


def test_a_header_of_another_spelling_is_another_header(behind: Team) -> None:
    """Some servers take an underscore for a dash; this one does not."""
    headers = {"X_Forwarded_User": "rosa@example.com"}
    assert behind.visit(PROXY).get("/", headers=headers).status_code == 401


def test_who_is_no_user_needs_a_default_role(behind: Team, make_team: MakeTeam) -> None:
    """Without the setting they are refused; with it they come in with that role."""
    client = behind.visit(PROXY)
    assert client.get("/", headers={HEADER: "new@example.com"}).status_code == 403
    open_to_new = make_team(proxies=(PROXY,), user_header=HEADER, default_role="lead")
    page = open_to_new.visit(PROXY).get("/", headers={HEADER: "new@example.com"})
    assert "Reviewing as <b>new@example.com</b>" in page.text
    assert "Publish now" in page.text
    odd = open_to_new.visit(PROXY).get("/", headers={HEADER: "x" * 101})
    assert odd.status_code == 403


def test_one_browser_two_people(behind: Team) -> None:
    """Who logs in at the proxy as another gets a session, and a form's token, of their own."""
    behind.access.users.add("sam", Role.REVIEWER)
    client = behind.visit(PROXY)
    tokens = set()
    for name in ("rosa@example.com", "sam"):
        text = client.get("/", headers={HEADER: name}).text
        tokens.add(text.partition('name="csrf" value="')[2].partition('"')[0])
    assert len(tokens) == 2
    assert client.get("/").status_code == 401, "a session of the proxy's is none without it"


def test_a_user_who_is_removed_is_out(behind: Team) -> None:
    """The proxy still names them, and nobody of that name is here."""
    client = behind.visit(PROXY)
    assert client.get("/", headers={HEADER: "rosa@example.com"}).status_code == 200
    behind.access.users.remove("rosa")
    assert client.get("/", headers={HEADER: "rosa@example.com"}).status_code == 403


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        (PROXY, "203.0.113.7", "203.0.113.7"),
        (PROXY, "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (PROXY, "203.0.113.7, 10.1.9.9", "203.0.113.7"),
        (PROXY, "nonsense", PROXY),
        (PROXY, "10.1.0.1, 10.1.0.2", "10.1.0.1"),
        (ELSEWHERE, "203.0.113.7", ELSEWHERE),
        ("::ffff:10.1.2.3", "203.0.113.7", "203.0.113.7"),
        (None, "203.0.113.7", "unknown"),
    ],
)
def test_the_clients_address_is_what_the_proxy_saw(
    peer: str | None, said: str, client: str
) -> None:
    """Not what the client says of itself: that stands further left."""
    scope = {
        "type": "http",
        "client": peer and (peer, 1),
        "headers": [(b"x-forwarded-for", said.encode())],
    }
    assert Proxies(["10.1.0.0/16"], None).client(scope) == client


@pytest.mark.parametrize(
    ("networks", "header", "said"),
    [
        (["here"], None, "PROXIES: here is no address"),
        (["10.1.2.3/16"], None, "PROXIES"),
        ([], HEADER, "USER_HEADER: name the proxy"),
    ],
)
def test_settings_that_let_anybody_in_are_refused(
    networks: list[str], header: str | None, said: str
) -> None:
    """Before the page starts."""
    with pytest.raises(ConfigError, match=said):
        Proxies(networks, header)
