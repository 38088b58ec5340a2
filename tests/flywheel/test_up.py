"""What `flywheel up` decides before it starts anything."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from flywheel.errors import ConfigError
from flywheel.settings import Settings, load_settings
from flywheel.up import POOL, Plan, login_link, plan, take_port, waiting_for


def test_everything_stands_in_the_home(settings: Settings) -> None:
    """Prefect's database goes to the home, which the children know by its absolute path."""
    todo = plan(settings, {}, prefect_port=0, review_port=0)
    home = settings.home.resolve()
    assert list(todo.processes) == ["prefect", "worker", "review"]
    assert todo.environment["PREFECT_HOME"] == str(home / "prefect")
    assert (home / "prefect").stat().st_mode & 0o077 == 0
    assert todo.environment["FLYWHEEL_HOME"] == str(home)
    assert "127.0.0.1" in todo.processes["prefect"]
    assert "--sole-worker" in todo.processes["worker"]


def test_a_prefect_home_of_ones_own_stays(settings: Settings, tmp_path: Path) -> None:
    """Who has set PREFECT_HOME finds the database there."""
    own = str(tmp_path / "mine")
    todo = plan(settings, {"PREFECT_HOME": own}, prefect_port=0, review_port=0)
    assert todo.environment["PREFECT_HOME"] == own


def test_a_configured_api_is_used_instead_of_a_new_server(settings: Settings) -> None:
    """A team's server keeps its profile: neither its address nor its home is changed."""
    api = "http://prefect.internal:4200/api"
    todo = plan(settings, {}, prefect_port=0, review_port=0, configured_api=api)
    assert list(todo.processes) == ["worker", "review"]
    assert "--sole-worker" not in todo.processes["worker"]  # others may be at work there
    assert "PREFECT_HOME" not in todo.environment
    assert todo.ui_url == "http://prefect.internal:4200"


def test_relative_paths_mean_what_they_meant_to_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flow runs work in another folder: database and settings file become absolute."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text('database = "db/here.duckdb"\n')
    monkeypatch.setenv("FLYWHEEL_CONFIG", "mine.toml")
    environment = {"FLYWHEEL_CONFIG": "mine.toml"}
    todo = plan(load_settings(Path("state")), environment, prefect_port=0, review_port=0)
    assert todo.environment["FLYWHEEL_HOME"] == str(tmp_path / "state")
    assert todo.environment["FLYWHEEL_DATABASE"] == str(tmp_path / "db/here.duckdb")
    assert todo.environment["FLYWHEEL_CONFIG"] == str(tmp_path / "mine.toml")


def test_a_taken_port_is_named_with_the_option_that_changes_it() -> None:
    """Two of them on one machine: one line says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} .* --prefect-port"):
            take_port("127.0.0.1", port, "prefect")


def test_port_0_becomes_a_free_one() -> None:
    """Tests and second copies need no port of their own choosing."""
    assert take_port("127.0.0.1", 0, "review") > 0


class _Answers(http.server.BaseHTTPRequestHandler):
    workers: tuple[str, ...] = ()

    def _say(self, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self._say(True)

    def do_POST(self) -> None:
        assert f"/work_pools/{POOL}/" in self.path
        self._say([{"status": status} for status in self.workers])

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def answering() -> Iterator[str]:
    """A server on loopback that answers as Prefect's API and the review page do."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _plan(api: str, review: str) -> Plan:
    return Plan({}, {}, api_url=f"{api}/api", review_url=review, home=Path())


def test_all_is_up_once_a_worker_is_online(answering: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is printed when runs would really start, not when a port opens."""
    todo = _plan(answering, answering)
    assert waiting_for(todo) == ["worker"]
    monkeypatch.setattr(_Answers, "workers", ("OFFLINE",))
    assert waiting_for(todo) == ["worker"]
    monkeypatch.setattr(_Answers, "workers", ("OFFLINE", "ONLINE"))
    assert waiting_for(todo) == []


def test_what_does_not_answer_is_named() -> None:
    """Nothing listens: all three are awaited, and no error is raised."""
    nobody = f"http://127.0.0.1:{take_port('127.0.0.1', 0, 'review')}"
    assert waiting_for(_plan(nobody, nobody)) == ["prefect", "worker", "review"]


def test_the_login_link_is_found_in_what_the_page_prints() -> None:
    """The first line is one JSON object; all other lines are left as they are."""
    link = "http://127.0.0.1:8765/login?token=t"
    assert login_link(json.dumps({"login": link, "port": 8765})) == link
    assert [login_link(line) for line in ("", "42", "[]", '{"port": 1}', "Started")] == [None] * 5
