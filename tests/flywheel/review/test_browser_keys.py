"""What keys do beside deciding: find a number, unfold, close, take back, and say why not."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from flywheel.desk import Desk, Viewer
from flywheel.review.access.permissions import Role
from flywheel.review.site import Review
from flywheel.settings import Settings
from flywheel.store import Store
from tests.facts import add_candidate, together
from tests.flywheel.review.browsing import browsing, press, shift_of, window
from tests.flywheel.review.cases import documents
from tests.flywheel.review.serving import Served, serving

LONG = "Nothing of interest.\n\n" * 60 + "Revenue was $85.1 million.\n\n" + "And so on.\n\n" * 60
TURNS = [
    {"role": "assistant" if number % 2 else "user", "content": f"Turn number {number}."}
    for number in range(9)
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for this module."""
    with browsing() as browser:
        yield browser


def _add(store: Store) -> list[str]:
    with together(store) as at_once:
        long = add_candidate(
            at_once, p_good=0.01, context=documents(report=LONG), messages=json.dumps(TURNS)
        )
        unwritten = add_candidate(at_once, question="And?", proposed_output=None, p_good=0.02)
    return [long, unwritten]


def _said(page: Page, text: str) -> None:
    page.wait_for_selector(f"#said:text-is('{text}')")


def _is_in_sight(page: Page, selector: str) -> bool:
    box = f"document.querySelector('{selector}').getBoundingClientRect()"
    return bool(page.evaluate(f"{box}.top >= 0 && {box}.bottom <= innerHeight"))


def test_what_a_case_is_about_is_in_sight(
    browser: Browser, settings: Settings, store: Store
) -> None:
    """Far down a long context, behind a long conversation; and a key leads on."""
    [long, _] = _add(store)
    size = {"width": 1360, "height": 800}
    with serving(settings) as web, window(browser, viewport=size) as page:
        web.enter(page)
        page.goto(f"{web.base}/cases/{long}")
        press(page)
        assert _is_in_sight(page, ".context details mark")
        assert _is_in_sight(page, ".versus")
        assert not page.is_visible("text=Turn number 0.")
        press(page, "h")
        assert page.is_visible("text=Turn number 0.")
        press(page, "n")
        _said(page, "1 of 1: $85.1 million, in the ideal output.")
        press(page, "d")
        page.wait_for_selector("#said:has-text('1 of ')")
        assert page.locator(".versus [data-here]").count() == 1
        first = page.inner_text("#said")
        press(page, "d")
        page.wait_for_selector("#said:has-text('2 of ')")
        assert (" in the answer." in first, " in the ideal output." in first) == (True, False)
        assert page.locator(".context [data-here]").count() == 1, "either key has its own place"
        press(page, "m")
        assert page.is_visible("#more")
        press(page, "Escape")
        assert not page.is_visible("#more")
        assert page.evaluate("document.activeElement.tagName") == "H1"
        assert shift_of(page) == 0


def test_a_decision_is_told_with_a_way_back_and_a_dead_key_says_why(
    browser: Browser, settings: Settings, store: Store
) -> None:
    """Nothing that a reviewer presses is answered by silence."""
    [long, unwritten] = _add(store)
    with serving(settings) as web, window(browser) as page:
        web.enter(page)
        page.goto(f"{web.base}/cases/{long}")
        press(page, "u")
        _said(page, "There is no decision of yours to take back.")
        press(page, "a")
        page.wait_for_url(f"**/cases/{unwritten}")
        _said(page, "Approved.")
        press(page, "a")
        _said(page, "No ideal output is proposed: e writes one, r rejects.")
        press(page, "s")
        page.wait_for_url(f"{web.base}/")
        page.go_back()
        page.wait_for_selector("html[data-ready]")
        page.goto(f"{web.base}/cases/{unwritten}")
        press(page, "r", "2", "Enter")
        page.wait_for_url(f"{web.base}/")
        page.goto(f"{web.base}/cases/{unwritten}?state=rejected")
        press(page, "u")
        _said(page, "Taken back. Decide anew.")
        assert not page.is_visible(".take-back"), "what is taken back is not offered to be"


def test_deciding_all_the_same_takes_one_key(
    browser: Browser, settings: Settings, store: Store
) -> None:
    """A colleague has the case open: the refusal does not say that something typed is kept."""
    [long, unwritten] = _add(store)
    refused = "Failed to load resource: the server responded with a status of 409"
    with (
        serving(settings, ("sam", Role.REVIEWER)) as web,
        window(browser, expected=(refused,)) as page,
    ):
        web.enter(page)
        _desk(web).take(long, Viewer("sam"))
        page.goto(f"{web.base}/cases/{long}")
        press(page, "a")
        page.wait_for_selector("#problem:text('sam has this case open')")
        assert "What you typed" not in page.inner_text("#problem")
        press(page, "y")
        page.wait_for_url(f"**/cases/{unwritten}")
        _said(page, "Approved.")
        page.click(".take-back")
        page.wait_for_url(f"**/cases/{long}")
        _said(page, "Taken back. Decide anew.")


def test_a_case_is_passed_on_with_its_note_from_one_panel(
    browser: Browser, settings: Settings, store: Store
) -> None:
    """The name, the note, return: nothing of it stands elsewhere."""
    [long, _] = _add(store)
    with serving(settings, ("kim", Role.REVIEWER)) as web, window(browser) as page:
        web.enter(page)
        page.goto(f"{web.base}/cases/{long}")
        press(page, "p")
        page.keyboard.type("kim")
        page.keyboard.press("Tab")
        page.keyboard.type("Is the table right?")
        assert page.locator("details.panel[open]").count() == 1
        page.keyboard.press("Enter")
        _said(page, "Passed on to kim.")
        [made] = _desk(web).decisions()
        assert (made.decision.sent_to, made.decision.note) == ("kim", "Is the table right?")


def _desk(web: Served) -> Desk:
    review: Review = web.app.state.review
    return review.desk
