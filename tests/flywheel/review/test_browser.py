"""A reviewer's session in a real browser, by keyboard, against the real command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from flywheel.settings import Settings
from flywheel.steps.candidates import read_candidate
from flywheel.store import Store
from schemas.decision import Verdict
from tests.facts import count_rows
from tests.flywheel.review.browsing import browsing, press, window
from tests.flywheel.review.cases import add_cases
from tests.flywheel.review.command import reviewing

MAIL = "Anna.Kellermann@example-mail.org"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for this module."""
    with browsing() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window in which nothing may go wrong."""
    with window(browser) as page:
        yield page


def test_a_session_by_keyboard(page: Page, settings: Settings, store: Store) -> None:
    """Log in by link, look around, approve, edit, reject, undo, finish: all by keys.

    An e-mail address typed into an edit and into a reason reaches no byte under the home, and a
    finished queue publishes a release.
    """
    ids = add_cases(store)
    with reviewing(settings, "--reviewer", "rosa") as command:
        page.goto(command.link)
        assert page.url == f"{command.base}/"
        assert "rosa" in page.inner_text("header")

        press(page, "j", "j", "k", "Enter")
        page.wait_for_url(f"**/cases/{ids[0]}")
        press(page, "j")
        page.wait_for_url(f"**/cases/{ids[1]}")
        press(page, "k")
        page.wait_for_url(f"**/cases/{ids[0]}")
        press(page, "?")
        assert page.is_visible("dialog")
        press(page, "a")  # not while the help is open
        press(page, "Escape")
        assert page.url.endswith(ids[0])

        press(page, "a")
        page.wait_for_url(f"**/cases/{ids[1]}")
        assert page.inner_text("#said") == "Approved."
        press(page, "u")
        page.wait_for_url(f"**/cases/{ids[0]}")
        assert "You took your decision back" in page.inner_text("main")
        press(page, "a")
        page.wait_for_url(f"**/cases/{ids[1]}")
        press(page, "a")
        page.wait_for_url(f"**/cases/{ids[2]}")

        press(page, "e")
        page.keyboard.type(f"Ask {MAIL}. ")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(f"**/cases/{ids[3]}")

        press(page, "r", "7", "Tab")
        page.keyboard.type(f"a joke by {MAIL}")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/cases/{ids[4]}")

        press(page, "a")  # nothing is proposed here: the key is off
        press(page, "s")
        page.wait_for_url(f"{command.base}/")
        assert "Skipped" in page.inner_text("#said")
        for _ in range(60):
            page.goto(f"{command.base}/published")
            if "Published release" in page.inner_text("main"):
                break
            page.wait_for_timeout(500)
        assert "Published release" in page.inner_text("main")

    assert command.code == 0
    assert MAIL.lower() not in command.errors.lower()
    _are_decided(store, ids)
    _is_nowhere(settings.home, MAIL)


def _are_decided(store: Store, ids: list[str]) -> None:
    views = [read_candidate(store, candidate) for candidate in ids]
    assert [view.verdict for view in views] == [
        Verdict.APPROVE,
        Verdict.APPROVE,
        Verdict.EDIT,
        Verdict.REJECT,
        Verdict.SKIP,
    ]
    assert {view.reviewer for view in views} == {"rosa"}
    edited = views[2].decided_output or ""
    assert edited.startswith("Ask <EMAIL_ADDRESS_")
    assert edited.endswith("By €0.20, from €1.90 to €2.10 a share.")
    assert (views[3].decided_reason or "").startswith("a joke by <EMAIL_ADDRESS_")
    assert count_rows(store, "decisions") == 7
    assert count_rows(store, "current_examples") == 3


def _is_nowhere(home: Path, text: str) -> None:
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name == "flywheel.duckdb" for path in files)
    for path in files:
        held = path.read_bytes().lower()
        assert text.lower().encode() not in held, path
        assert b"kellermann" not in held, path
