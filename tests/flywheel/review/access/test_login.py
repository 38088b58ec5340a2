"""Name and password: what is asked, what is answered, where it leads."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from flywheel.review.access.passwords import Passwords
from flywheel.review.access.permissions import Role
from flywheel.review.access.users import Users
from flywheel.settings import Settings
from tests.flywheel.review.access.conftest import (
    PASSWORD,
    MakeTeam,
    Team,
    form_token,
    log_in,
)

HTTPS: Final = "https://review.example.com"


@pytest.fixture
def rosas(make_team: MakeTeam) -> Team:
    """A team in which rosa has a password."""
    team = make_team()
    team.access.users.add("rosa", Role.REVIEWER, password=PASSWORD)
    return team


def test_without_users_the_link_is_the_only_way(make_team: MakeTeam) -> None:
    """Nobody is asked for a name that nobody has."""
    page = make_team().visit().get("/login")
    assert page.status_code == 401
    assert "Open the link from the terminal" in page.text
    assert 'name="password"' not in page.text
    assert "set-cookie" not in page.headers


def test_with_a_user_everybody_is_asked(rosas: Team) -> None:
    """On whichever page they come to; the terminal's link still lets its holder in."""
    page = rosas.visit().get("/cases/c-1?feature=qa")
    assert page.status_code == 401
    assert 'autocomplete="current-password"' in page.text
    assert 'name="next" value="/cases/c-1?feature=qa"' in page.text
    assert rosas.visit().get(rosas.login.link).status_code == 303


def test_the_right_password_lets_in(rosas: Team) -> None:
    """As that user, with that user's role."""
    client = rosas.visit()
    answer = log_in(client, "Rosa")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = client.get("/")
    assert "Reviewing as <b>rosa</b>" in page.text
    assert "Publish now" not in page.text


def test_a_wrong_name_and_a_wrong_password_are_told_alike(rosas: Team) -> None:
    """Status, words and size are the same: who tries names learns none."""
    rosas.access.users.add("otto", Role.REVIEWER)  # comes by a provider: has no password
    told = set()
    for name, password in (("rosa", "wrong"), ("nobody", PASSWORD), ("otto", ""), ("", "")):
        client = rosas.visit()
        answer = log_in(client, name, password)
        assert client.get("/").status_code == 401
        text = answer.text.replace(form_token(client), "")
        told.add((answer.status_code, "The name or the password is wrong." in text, len(text)))
    assert len(told) == 1
    assert {status for status, _, _ in told} == {401}


def test_a_name_that_nobody_has_takes_a_verification(settings: Settings, rosas: Team) -> None:
    """How long an answer takes must tell nothing: a real hash is checked in every case."""
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(str(hash))
            return super().verify(hash, password)

    rosas.access.users.add("otto", Role.REVIEWER)
    users = Users(rosas.access.users._database, Passwords(Counting()))
    users.set_password("rosa", PASSWORD)
    for name in ("rosa", "nobody", "otto"):
        assert users.verify(name, "wrong password") is None
    assert len(checked) == 3
    assert len({hash.rpartition("$")[0].rpartition("$")[0] for hash in checked}) == 1, "parameters"


def test_the_password_is_nowhere(rosas: Team, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the file, not in a log, not in the answer; nor a name that was typed."""
    with caplog.at_level(logging.DEBUG):
        answer = log_in(rosas.visit(), "a secret typed as name", "a wrong secret")
        log_in(rosas.visit(), "rosa")
    home = rosas.access.users._database.path.parent
    held = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for secret in ("a secret typed as name", "a wrong secret", PASSWORD):
        assert secret not in caplog.text + answer.text
        assert secret.encode() not in held
    assert "a wrong name or password from 127.0.0.1" in caplog.text


def test_guessing_gets_slower_and_slower(rosas: Team) -> None:
    """After five wrong ones the address waits, the right password too; it is told how long."""
    client = rosas.visit()
    for _ in range(5):
        assert log_in(client, "rosa", "wrong").status_code == 401
    answer = log_in(client, "rosa")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert "Try again in" in answer.text
    assert log_in(client, "ROSA").status_code == 429
    assert client.get("/").status_code == 401
    assert client.get(rosas.login.link).status_code == 303, "the terminal's link is not locked"


def test_one_address_cannot_try_all_names(rosas: Team) -> None:
    """Twenty a minute, whatever the names; another address is not concerned."""
    client = rosas.visit("10.0.0.9")
    token = form_token(client)
    for number in range(20):
        data = {"csrf": token, "name": f"n{number}", "password": "wrong"}
        assert client.post("/login", data=data).status_code == 401
    data = {"csrf": token, "name": "rosa", "password": PASSWORD}
    assert client.post("/login", data=data).status_code == 429
    assert log_in(rosas.visit("10.0.0.10"), "rosa").status_code == 303


def test_a_restart_does_not_open_the_gate(rosas: Team, make_team: MakeTeam) -> None:
    """The attempts are counted in the file."""
    for _ in range(5):
        log_in(rosas.visit(), "rosa", "wrong")
    assert log_in(make_team().visit(), "rosa").status_code == 429


def test_attempts_side_by_side_do_not_all_pass(rosas: Team) -> None:
    """They are counted before the password is checked."""
    browsers = [rosas.visit("10.0.0.1") for _ in range(8)]
    tokens = [form_token(browser) for browser in browsers]

    def guess(number: int) -> int:
        data = {"csrf": tokens[number], "name": "rosa", "password": "wrong"}
        return int(browsers[number].post("/login", data=data).status_code)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(8)))
    assert sorted(answers) == [401] * 5 + [429] * 3


def test_who_guesses_keeps_nobody_else_out(rosas: Team) -> None:
    """From one address until it is refused, and again; rosa comes from hers all the same."""
    for _ in range(7):
        guessed = log_in(rosas.visit("10.9.9.9"), "rosa", "wrong")
    assert guessed.status_code == 429
    assert log_in(rosas.visit("10.9.9.9"), "rosa").status_code == 429, "whatever the password"
    assert log_in(rosas.visit("10.0.0.2"), "rosa").status_code == 303


def test_an_account_under_attack_answers_later(
    rosas: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right password, too, is looked at when it has waited, and not before."""
    order: list[object] = []

    async def sleep(seconds: float) -> None:
        order.append(seconds)

    monkeypatch.setattr("flywheel.review.access.routes.sleep", sleep)
    verify = rosas.access.users.verify
    monkeypatch.setattr(
        rosas.access.users, "verify", lambda *given: order.append("looked at") or verify(*given)
    )
    for _ in range(40):
        rosas.access.attempts.delay("ROSA")
    assert log_in(rosas.visit(), "rosa").status_code == 303
    assert log_in(rosas.visit(), "rosa").status_code == 303
    assert order == [8.0, "looked at", 0.0, "looked at"]


def test_who_logs_in_is_forgiven(rosas: Team) -> None:
    """Four typing errors, the right one, and four more."""
    client = rosas.visit()
    for _ in range(2):
        for _ in range(4):
            assert log_in(client, "rosa", "wrong").status_code == 401
        assert log_in(rosas.visit(), "rosa").status_code == 303


@pytest.mark.parametrize(
    ("next", "leads_to"),
    [
        ("/cases/c-1?feature=qa", "/cases/c-1?feature=qa"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/%2fevil.example", "/"),
        ("/\tevil", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("evil.example", "/"),
    ],
)
def test_a_login_leads_to_a_page_of_this_site(rosas: Team, next: str, leads_to: str) -> None:
    """By the form and by the link: no open redirect, no header of somebody else's making."""
    answer = log_in(rosas.visit(), "rosa", next=next)
    assert answer.headers["location"] == leads_to
    assert answer.headers.get_list("set-cookie") == [answer.headers["set-cookie"]]
    token = rosas.login.link.partition("token=")[2]
    answer = rosas.visit().get("/login", params={"token": token, "next": next})
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)
    assert "a=b" not in answer.headers["set-cookie"]


def test_the_page_carries_no_dangerous_next(rosas: Team) -> None:
    """What the form sends along is checked when the page is made, and again when it is sent."""
    page = rosas.visit().get("/login", params={"next": '//evil.example/"><script>'})
    assert "evil" not in page.text
    page = rosas.visit().get("/login", params={"next": '/"><script>alert(1)</script>'})
    assert "<script>alert" not in page.text


def test_a_login_of_another_site_is_refused(rosas: Team) -> None:
    """Login CSRF: nobody is logged in as somebody else behind their back."""
    client = rosas.visit()
    data = {"name": "rosa", "password": PASSWORD}
    assert client.post("/login", data=data).status_code == 403
    data["csrf"] = form_token(client)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/login", data=data, headers=headers).status_code == 403
    assert rosas.visit().post("/login", data=data).status_code == 403, "another visitor's token"


def test_behind_https_the_cookie_goes_nowhere_else(make_team: MakeTeam) -> None:
    """Secure, and with the prefix that no neighbouring name can set; the page says HSTS."""
    team = make_team(HTTPS, public_url=HTTPS)
    team.access.users.add("rosa", Role.REVIEWER, password=PASSWORD)
    answer = log_in(team.visit(), "rosa")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-flywheel_review=")
    for flag in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert "strict-transport-security" not in make_team().visit().get("/health").headers
    origin = {"Origin": HTTPS}
    assert team.visit().get("/health", headers=origin).status_code == 200


def test_a_very_long_password_is_no_load(rosas: Team) -> None:
    """It is refused like every wrong one."""
    assert log_in(rosas.visit(), "rosa", "x" * 100_000).status_code == 401


def test_a_token_of_the_wrong_form_is_refused(rosas: Team) -> None:
    """A header's bytes are not always text."""
    for value in ("Bearer", "Bearer x", "Bearer ", "bearer é".encode("latin-1"), "Basic cm9zYTp4"):
        client: TestClient = rosas.visit()
        assert client.get("/", headers={"Authorization": value}).status_code == 401
