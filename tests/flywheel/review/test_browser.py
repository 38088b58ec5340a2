"""A reviewer's session in a real browser, by keyboard, against the real command."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from flywheel.settings import Settings
from flywheel.steps.candidates import read_candidate
from flywheel.store import Store
from schemas.decision import Verdict
from tests.facts import count_rows
from tests.flywheel.review.cases import add_cases
from tests.flywheel.review.command import reviewing

MAIL = "Anna.Kellermann@example-mail.org"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium from the system; its absence is an error where the suite has to be whole."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing = "no chromium here: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window in which nothing may go wrong: no error, no refused script or style."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(60_000)
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    yield page
    context.close()
    assert trouble == []


def _press(page: Page, *keys: str) -> None:
    page.wait_for_selector("html[data-ready]")
    for key in keys:
        page.keyboard.press(key)


def test_a_session_by_keyboard(page: Page, settings: Settings, store: Store) -> None:
    """Log in by link, look around, approve, edit, reject, undo, finish: all by keys.

    An e-mail address typed into an edit and into a reason reaches no byte under the home, and a
    finished queue publishes a release.
    """
    ids = add_cases(store)
    with reviewing(settings, "--reviewer", "rosa") as command:
        page.goto(command.link)
        assert page.url == f"{command.base}/"
        assert "Reviewing as rosa" in page.inner_text("header")

        _press(page, "j", "j", "k", "Enter")
        page.wait_for_url(f"**/cases/{ids[0]}")
        _press(page, "j")
        page.wait_for_url(f"**/cases/{ids[1]}")
        _press(page, "k")
        page.wait_for_url(f"**/cases/{ids[0]}")
        _press(page, "?")
        assert page.is_visible("dialog")
        _press(page, "a")  # not while the help is open
        _press(page, "Escape")
        assert page.url.endswith(ids[0])

        _press(page, "a")
        page.wait_for_url(f"**/cases/{ids[1]}")
        assert "Approved." in page.inner_text("main")
        _press(page, "u")
        page.wait_for_url(f"**/cases/{ids[0]}")
        assert read_candidate(store, ids[0]).state == "pending"
        _press(page, "a")
        page.wait_for_url(f"**/cases/{ids[1]}")
        _press(page, "a")
        page.wait_for_url(f"**/cases/{ids[2]}")

        _press(page, "e")
        page.keyboard.type(f"Ask {MAIL}. ")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(f"**/cases/{ids[3]}")

        _press(page, "r", "7", "Tab")
        page.keyboard.type(f"a joke by {MAIL}")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/cases/{ids[4]}")

        _press(page, "a")  # nothing is proposed here: the key is off
        _press(page, "s")
        page.wait_for_url("**/")
        assert "Skipped" in page.inner_text("main")
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


def test_it_works_small_and_large_and_without_a_script(
    browser: Browser, settings: Settings, store: Store
) -> None:
    """No sideways scrolling on a tablet or at 200% zoom; every decision without JavaScript."""
    ids = add_cases(store)
    with reviewing(settings) as command:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(command.link)
        page.click("text=Start reviewing")
        for width, height in ((1440, 900), (820, 1180), (640, 400)):
            page.set_viewport_size({"width": width, "height": height})
            wide = page.evaluate("document.querySelector('main').scrollWidth")
            assert wide <= width
            assert page.locator(".decide").is_visible()
        page.click("summary:has-text('Reject')")
        page.click("text=The proposed ideal output is wrong")
        page.click("#reject button")
        page.wait_for_url(f"**/cases/{ids[1]}")
        page.click(".decide button[value=approve]")
        page.wait_for_url(f"**/cases/{ids[2]}")
        context.close()
    assert read_candidate(store, ids[0]).decided_reason == "The proposed ideal output is wrong"
    assert read_candidate(store, ids[1]).state == "approved"
