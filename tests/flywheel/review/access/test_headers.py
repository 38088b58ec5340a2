"""What every response carries, and what a crash gives away."""

import logging
import re
import socket
from pathlib import Path
from time import sleep

import pytest
from starlette.testclient import TestClient

import flywheel.review
from flywheel.errors import ReleaseError
from flywheel.review.access.headers import HEADERS
from flywheel.settings import Settings
from flywheel.steps.promote import PromoteReport
from flywheel.store import Store
from tests.facts import add_candidate
from tests.flywheel.review.conftest import Site, send
from tests.flywheel.review.serving import serving

FOLDER = Path(flywheel.review.__file__).parent


@pytest.mark.parametrize("path", ["/", "/health", "/login", "/nothing", "/static/review.js"])
def test_every_response_carries_the_headers(
    rosa: TestClient, stranger: TestClient, path: str
) -> None:
    """Pages, refusals, errors and files: no frame, no sniffing, no cache, no other source."""
    for client in (rosa, stranger):
        headers = client.get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS


def test_a_refused_host_carries_them_too(stranger: TestClient) -> None:
    """The outermost layer is the outermost."""
    answer = stranger.get("/", headers={"Host": "evil.example"})
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_the_policy_allows_this_host_alone() -> None:
    """Nothing inline, nothing evaluated, nobody else's frame or form."""
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


def test_no_template_needs_more_than_the_policy_gives() -> None:
    """No inline script or style, no event attribute, no address of another host."""
    for path in sorted((FOLDER / "templates").iterdir()):
        text = path.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", text), path
        assert not re.search(r"(?:https?:)?//[a-z]", text), path
        assert "|safe" not in text.replace(" ", ""), path
        assert "autoescape false" not in text, path


def test_a_crash_says_where_and_never_what(
    site: Site, rosa: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug's message could hold somebody's text: page and log do without it."""

    text = "@".join(("anna.keller", "example.com"))  # a traceback shows lines of code

    def crash() -> PromoteReport:
        raise RuntimeError(text)

    site.app.state.review.batch._promote = crash
    with caplog.at_level(logging.DEBUG):
        answer = send(rosa, "/publish")
    assert answer.status_code == 500
    assert text not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text
    assert "batch.py" in caplog.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_known_error_is_told_in_a_line(site: Site, rosa: TestClient) -> None:
    """The errors of this project never quote text, so their message is shown."""

    def fail() -> PromoteReport:
        raise ReleaseError("the release folder is damaged: <b>restore it</b>")

    site.app.state.review.batch._promote = fail
    answer = send(rosa, "/publish")
    assert answer.status_code == 400
    assert "the release folder is damaged: &lt;b&gt;restore it" in answer.text


def test_a_form_that_makes_no_sense_is_not_echoed(rosa: TestClient, store: Store) -> None:
    """A verdict that there is none of is refused without repeating it."""
    answer = send(rosa, f"/cases/{add_candidate(store)}", verdict="<i>nonsense</i>")
    assert answer.status_code == 400
    assert "nonsense" not in answer.text
    assert rosa.get("/?state=odd").status_code == 400


def test_a_request_of_two_lengths_is_refused_and_none_follows(settings: Settings) -> None:
    """A proxy that believes the other one would let through what it has not looked at."""
    inner = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    body = b"0\r\n\r\n" + inner
    head = f"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    with serving(settings) as page:
        address = page.base.removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1])), 10) as connection:
            connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + body)
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ") and answer.count(b"HTTP/1.1 ") == 1


def test_who_leaves_in_the_middle_is_no_error(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Any stranger may; the log is for what is wrong here."""
    head = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
    with serving(settings) as page:
        address = page.base.removeprefix("http://").split(":")
        for _ in range(3):
            with socket.create_connection((address[0], int(address[1])), 10) as connection:
                connection.sendall(
                    head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\ncsrf="
                )
                sleep(0.05)
    assert "ClientDisconnect" not in caplog.text
