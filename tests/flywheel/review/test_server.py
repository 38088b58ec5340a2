"""The port, the address shown, and the command from start to Ctrl-C."""

import socket
import subprocess
import sys
from threading import Event
from time import process_time

import httpx
import pytest

from flywheel.errors import ConfigError
from flywheel.review.server import base_url, bind, warm_up
from flywheel.scrub import get_scrubber
from flywheel.scrub.directory import load_directory
from flywheel.settings import Settings
from flywheel.store import open_store
from tests.flywheel.review.command import Reviewing, reviewing


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    """With what to do about it."""
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"port {port} on 127.0.0.1 .*--port"):
            bind("127.0.0.1", port)


def test_a_browser_may_come_before_the_server_does() -> None:
    """The socket listens at once: the link can be opened the moment it is printed."""
    with bind("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        pass


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("localhost", "http://localhost:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("::", "http://[::1]:80"),
    ],
)
def test_the_link_is_one_that_a_browser_here_can_open(host: str, shown: str) -> None:
    """Also where the page listens on every address."""
    assert base_url(host, 80) == shown


def test_the_scrubber_is_ready_before_the_first_edit(settings: Settings) -> None:
    """Loading ends by itself, all of it; it begins when the first page is out of its way."""
    load_directory.cache_clear()
    shown = Event()
    loading = warm_up(settings, shown)
    loading.join(timeout=0.2)
    assert loading.is_alive()
    shown.set()
    loading.join(timeout=120)
    assert get_scrubber(settings) is get_scrubber(settings)
    began = process_time()
    get_scrubber(settings).scrub_text("Ask Maria Huber, she wrote it.")
    assert process_time() - began < 0.3, "what was left to load takes over a second"


def test_the_command_prints_one_object_and_ends_in_order(settings: Settings) -> None:
    """From start to Ctrl-C: the link works, the log holds no token, the exit code is 0."""
    with reviewing(settings, "--reviewer", "rosa") as page:
        assert page.started["reviewer"] == "rosa"
        with httpx.Client(trust_env=False, follow_redirects=True) as http:
            assert http.get(f"{page.base}/health").text == "ok"
            assert http.get(page.base).status_code == 401
            answer = http.get(page.link)
            assert "The queue is empty" in answer.text
            assert answer.headers["Cache-Control"] == "no-store"
            assert "server" not in answer.headers
            assert http.get(page.link).status_code == 200
    _ended_in_order(page)
    assert page.link not in page.errors, "a used link was logged"
    assert page.errors.count("/login?token=") == 1, "the next link, and no access log"


def _ended_in_order(page: Reviewing) -> None:
    assert page.code == 0
    assert "Traceback" not in page.errors
    assert "The review page is closed" in page.errors


def test_a_taken_port_ends_the_command_with_one_line(settings: Settings) -> None:
    """Exit 2, as for every mistake that the caller can mend."""
    with bind("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        _is_refused(settings, f"port {port} on 127.0.0.1 cannot be used", "--port", port)


def test_a_host_that_is_not_this_machines_is_a_mistake(settings: Settings) -> None:
    """In a process of its own, which may try what this one may not."""
    _is_refused(settings, "on 192.0.2.1 cannot be used", "--host", "192.0.2.1", "--port", "0")


def test_a_home_of_a_newer_version_is_refused(settings: Settings) -> None:
    """Not served with the queue of before: what is decided there would never be a fact."""
    with open_store(settings).transaction() as connection:
        connection.execute("INSERT INTO migrations (number, name) VALUES (9999, 'tomorrow')")
    _is_refused(settings, "has schema 9999, newer than this version knows; upgrade", "--port", "0")


def _is_refused(settings: Settings, said: str, *arguments: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "flywheel", "review", "--home", settings.home, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: ")
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_reviewer_needs_a_name(settings: Settings) -> None:
    """Decisions without a name would say nothing."""
    _is_refused(settings, "--reviewer: a name of 1 to 100 characters", "--reviewer", " ")
