"""`flywheel users`: who may come in, from the terminal."""

import os
import pty
import subprocess
import sys
from typing import Final

import pytest

from flywheel.desk import Desk, Viewer
from flywheel.review.access.passwords import Passwords
from flywheel.review.access.permissions import Role
from flywheel.review.access.tokens import open_tokens
from flywheel.review.access.users import Users, open_users
from flywheel.settings import Settings
from flywheel.store import open_store
from tests.facts import add_candidate
from tests.flywheel.cli.conftest import Run

PASSWORD: Final = "correct horse battery"


def _verify(settings: Settings, name: str, password: str) -> bool:
    return Users(open_users(settings)._database, Passwords()).verify(name, password) is not None


def test_a_user_is_added_with_a_password_from_a_pipe(run: Run, settings: Settings) -> None:
    """Which is said nowhere; the user can log in with it."""
    done = run("users", "add", "rosa", "--role", "lead", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert done.code == 0
    assert done.out == "rosa may come in as lead.\n"
    assert PASSWORD not in done.out + done.err
    assert _verify(settings, "rosa", PASSWORD)
    taken = run("users", "add", "ROSA", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert (taken.code, taken.out) == (2, "")
    assert "there is such a user already" in taken.err


def test_the_password_is_asked_for_without_an_echo(settings: Settings) -> None:
    """On a terminal: twice, and what is typed is not shown. (The space comes with the echo off.)"""
    command = [sys.executable, "-m", "flywheel", "users", "add", "rosa"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*command, "--home", settings.home],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,  # no other terminal to ask on
    ) as process:
        os.close(theirs)
        seen = b""
        for prompt in (b"Password: ", b"confirmation: "):
            while prompt not in seen:
                seen += os.read(ours, 1_000)
            os.write(ours, f"{PASSWORD}\n".encode())
        while b"may come in" not in seen:
            seen += os.read(ours, 1_000)
        assert process.wait(timeout=60) == 0
    os.close(ours)
    assert PASSWORD.encode() not in seen
    assert _verify(settings, "rosa", PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("add", "rosa"), "", "--password-stdin"),
        (("add", "rosa", "--password-stdin"), "short\n", "12 to 1024"),
        (("add", "a\nb", "--no-password"), "", "printable"),
        (("add", "rosa", "--role", "boss"), "", "boss"),
        (("password", "nobody", "--password-stdin"), PASSWORD, "no such user"),
        (("role", "nobody", "lead"), "", "no such user"),
        (("remove", "nobody"), "", "no such user"),
        (("token", "nobody"), "", "no such user"),
        (("token", "nobody", "--revoke", "x"), "", "no such token"),
    ],
)
def test_a_mistake_is_told_in_a_line(
    run: Run, arguments: tuple[str, ...], stdin: str, said: str
) -> None:
    """Exit 2, nothing on standard output, no password in the message."""
    done = run("users", *arguments, stdin=stdin)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "short" not in done.err
    assert len(done.err.splitlines()) == 1


def test_no_option_takes_a_password(run: Run) -> None:
    """An argument stands in the shell's history and in the list of processes."""
    for command in ("add", "password"):
        done = run("users", command, "rosa", "--password", PASSWORD)
        assert done.code == 2
        assert PASSWORD not in done.err


def test_a_change_ends_what_was_open(run: Run, settings: Settings) -> None:
    """Password and role: tokens of before are good no more."""
    run("users", "add", "rosa", "--no-password")
    for change in (("role", "rosa", "lead", "--tenant", "acme"), ("password", "rosa")):
        token = run("users", "token", "rosa").out.strip()
        assert open_tokens(settings).principal(token)
        stdin = ("--password-stdin",) if change[0] == "password" else ()
        done = run("users", *change, *stdin, stdin=PASSWORD)
        assert done.code == 0
        assert open_tokens(settings).principal(token) is None
    found = open_users(settings).find("rosa")
    assert found
    assert (found.role, found.tenant) == (Role.LEAD, "acme")
    assert _verify(settings, "rosa", PASSWORD)


def test_a_removed_user_is_gone(run: Run, settings: Settings) -> None:
    """From the list as well."""
    run("users", "add", "rosa", "--no-password")
    assert run("users", "remove", "rosa").out == "rosa may not come in any more.\n"
    assert run("users", "list", "--json").json == {"users": []}
    assert "No users" in run("users", "list").out


@pytest.mark.parametrize("how", [("remove", "rosa"), ("role", "rosa", "lead", "--tenant", "acme")])
def test_who_is_out_holds_no_case(run: Run, settings: Settings, how: tuple[str, ...]) -> None:
    """What they had open is the next one's at once, beside a running page; others keep theirs."""
    run("users", "add", "rosa", "--no-password")
    ids = [add_candidate(open_store(settings), question=text) for text in ("One?", "Two?")]
    desk, rosa, ben = Desk(settings), Viewer(desk_name(settings, "rosa")), Viewer("ben")
    desk.take(ids[0], rosa, 300)
    desk.take(ids[1], ben, 300)
    assert run("users", *how).code == 0
    held = [desk.take(ids[0], ben), desk.take(ids[1], Viewer("kim"))]
    assert [lease and lease.holder for lease in held] == ["ben", "ben"]


def desk_name(settings: Settings, name: str) -> str:
    """As the page records somebody."""
    return Desk(settings).people.recorded(name)


def test_a_token_is_shown_once_and_alone(run: Run, settings: Settings) -> None:
    """It can be piped; the list has its id and label, never itself; it can be revoked."""
    run("users", "add", "rosa", "--no-password")
    done = run("users", "token", "rosa", "--label", "label-studio", "--days", "7")
    token = done.out.strip()
    assert len(done.out.splitlines()) == 1
    assert "good for 7 days" in done.err
    principal = open_tokens(settings).principal(token)
    assert principal and principal.name == "rosa"
    listed = run("users", "list", "--json")
    assert token not in listed.out
    [user] = listed.json["users"]
    [shown] = user["tokens"]
    assert (shown["label"], user["login"], user["password"]) == ("label-studio", None, False)
    assert run("users", "token", "rosa", "--json").json["token"] != token
    assert run("users", "token", "rosa", "--revoke", shown["id"]).code == 0
    assert open_tokens(settings).principal(token) is None


def test_the_list_fits_the_terminal(run: Run) -> None:
    """Within 80 columns, brackets in a name are no markup."""
    run("users", "add", "[bold]rosa[/bold]", "--no-password", "--tenant", "acme")
    run("users", "add", "ines", "--no-password", "--login", "ines.of.acme@acme.example.com")
    run("users", "token", "ines", "--label", "what a long label for a token this is")
    done = run("users", "list")
    assert max(map(len, done.out.splitlines())) <= 80
    assert "[bold]" in done.out.replace("\n", "")
