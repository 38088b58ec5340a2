"""A day of reviewing in a real browser: fifty cases by keys, two who differ, what goes wrong."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from flywheel.desk import Desk, Viewer
from flywheel.review.access.permissions import Role
from flywheel.review.site import Review
from flywheel.settings import Settings
from flywheel.store import Store
from tests.facts import add_candidate, together
from tests.flywheel.review.browsing import LOGIN_PAGE, browsing, press, shift_of, weight, window
from tests.flywheel.review.cases import add_swapped, draw
from tests.flywheel.review.conftest import AUDITOR
from tests.flywheel.review.serving import Served, serving

MAIL = "anna.kellermann@example-mail.org"
MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for this module."""
    with browsing() as browser:
        yield browser


def _desk(web: Served) -> Desk:
    review: Review = web.app.state.review
    return review.desk


def _queue(store: Store, count: int, feature: str = "report_qa") -> list[str]:
    """Cases that differ in more than a number, the surest first."""
    with together(store) as at_once:
        return [
            add_candidate(
                at_once,
                question=f"What was the revenue of {feature} {number} in 2019?",
                p_good=0.001 * number,
                feature=feature,
            )
            for number in range(count)
        ]


def _said(page: Page, text: str) -> None:
    page.wait_for_selector(f"#said:text-is('{text}')")


def test_fifty_cases_by_keyboard_alone(browser: Browser, settings: Settings, store: Store) -> None:
    """Log in once, then keys: every case is decided, no page is loaded, nothing moves by itself.

    An edit is checked while it is typed, one decision is undone, and pages stay light.
    """
    ids = _queue(store, 50)
    with serving(settings) as web, window(browser) as page:
        web.enter(page)
        assert weight(page, f"{web.base}/") < MOST_BYTES
        assert weight(page, f"{web.base}/cases/{ids[0]}") < MOST_BYTES
        page.goto(f"{web.base}/")
        press(page, "o")
        page.wait_for_url(f"**/cases/{ids[0]}")
        page.evaluate("globalThis.sameDocument = true")
        for number, id in enumerate(ids):
            page.wait_for_url(f"**/cases/{id}")
            if number == 7:
                press(page, "r", "2")
                page.keyboard.press("Enter")
                _said(page, "Rejected.")
                press(page, "u")
                _said(page, "Taken back. Decide anew.")
                press(page, "r", "4", "Enter")
                _said(page, "Rejected.")
            elif number == 9:
                press(page, "e")
                page.keyboard.type(f"Ask {MAIL} about 77.7. ")
                page.wait_for_selector("#check :text('Personal data is taken out')")
                assert "EMAIL_ADDRESS" in page.inner_text("#check ins")
                assert "77.7" in page.inner_text("#check .lost")
                page.keyboard.press("Control+Enter")
                _said(page, "Approved with your edit.")
            elif number == 11:
                press(page, "c", "a")
                _said(page, "Approved.")
            else:
                press(page, "a")
        page.wait_for_url(f"{web.base}/")
        desk = _desk(web)
        states = {desk.case(id, AUDITOR).view.state for id in ids if id != ids[7]}  # type: ignore[union-attr]
        made = {m.decision.candidate_id: m.decision for m in desk.decisions() if not m.undone}
        assert states == {"approved"}
        assert len(made) == 50
        assert made[ids[7]].reason == "The question is unclear or out of scope"
        assert (made[ids[9]].output or "").startswith("Ask <EMAIL_ADDRESS_")
        assert made[ids[11]].critical is True
        assert all(m.seconds is not None and m.text_version for m in made.values())
        assert "The queue is empty" in page.inner_text("main")


def test_nothing_is_loaded_and_nothing_moves_between_cases(
    browser: Browser, settings: Settings, store: Store
) -> None:
    """The document stays, the address changes, the focus is on the new case, back goes back."""
    ids = _queue(store, 3)
    with serving(settings) as web, window(browser) as page:
        web.enter(page)
        page.goto(f"{web.base}/cases/{ids[0]}?feature=report_qa")
        page.evaluate("globalThis.sameDocument = true")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_load_state("networkidle")
        press(page, "a")
        page.wait_for_url(f"**/cases/{ids[1]}?feature=report_qa")
        assert page.evaluate("globalThis.sameDocument") is True
        assert page.evaluate("document.activeElement.tagName") == "H1"
        assert page.title() == "Golden set case · flywheel"
        ahead = [url for url in asked if url.endswith(f"/cases/{ids[1]}?feature=report_qa")]
        assert len(ahead) <= 1, "fetched ahead, and not again"
        press(page, "j")
        page.wait_for_url(f"**/cases/{ids[2]}?feature=report_qa")
        page.go_back()
        page.wait_for_selector(f"[data-case='/cases/{ids[1]}']")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("globalThis.sameDocument") is True
        assert shift_of(page) == 0
        press(page, "q")
        page.wait_for_url(f"{web.base}/?feature=report_qa")


def test_two_reviewers_differ_and_a_lead_settles(
    browser: Browser, settings: Settings, store: Store
) -> None:
    """Neither sees the other's verdict; the lead sees both, and names only when it is done."""
    candidate = add_swapped(store)
    draw(store, candidate)
    people = (("sam", Role.REVIEWER), ("kim", Role.REVIEWER), ("lea", Role.LEAD))
    path = f"/cases/{candidate}"
    with (
        serving(settings, *people) as web,
        window(browser, expected=(LOGIN_PAGE,)) as sam,
        window(browser, expected=(LOGIN_PAGE,)) as kim,
        window(browser, expected=(LOGIN_PAGE,)) as lea,
    ):
        for page, name in ((sam, "sam"), (kim, "kim"), (lea, "lea")):
            web.enter_as(page, name)
        sam.goto(web.base + path)
        press(sam, "e")
        sam.keyboard.type("SAMS TEXT. ")
        sam.keyboard.press("Control+Enter")
        sam.wait_for_url(f"{web.base}/")
        for seen in ("/", "/?state=approved", path, f"{path}/around", "/progress"):
            kim.goto(web.base + seen)
            shown = kim.inner_text("body")
            assert "sam" not in shown.split(), seen
            assert "SAMS TEXT" not in shown, seen
        kim.goto(web.base + path)
        press(kim, "r", "2", "Enter")
        kim.wait_for_url(f"{web.base}/")

        lea.goto(f"{web.base}/?state=disputed")
        press(lea, "o")
        lea.wait_for_url(f"**{path}?state=disputed")
        shown = lea.inner_text("main")
        assert "SAMS TEXT" in shown
        assert "The proposed ideal output is wrong" in shown
        assert not {"sam", "kim"} & set(shown.replace(",", " ").split())
        press(lea, "1" if "SAMS" in lea.inner_text(".dispute .side >> nth=0") else "2")
        lea.wait_for_url(f"{web.base}/?state=disputed")
        lea.goto(web.base + path)
        assert "sam approved with an edit" in lea.inner_text("main")
        view = _desk(web).case(candidate, AUDITOR)
        assert view is not None
        assert (view.view.state, view.view.reviewer) == ("approved", "lea")


def test_a_decision_is_never_lost_silently(
    browser: Browser, settings: Settings, store: Store
) -> None:
    """No network, a session that ended, a colleague on the case: what was typed stays."""
    ids = _queue(store, 2)
    noise = ("Failed to load resource",)
    with serving(settings, ("sam", Role.REVIEWER)) as web, window(browser, expected=noise) as page:
        web.enter(page)
        page.goto(f"{web.base}/cases/{ids[0]}")
        page.wait_for_load_state("networkidle")
        press(page, "e")
        page.keyboard.type("Mine. ")
        page.context.set_offline(True)
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#problem:text('cannot be reached')")
        assert page.input_value("#output").startswith("Mine. ")
        page.context.set_offline(False)
        page.context.clear_cookies()
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#problem:text('signed out')")
        other = page.context.new_page()
        web.enter(other)
        other.close()
        _desk(web).give_back(ids[0], Viewer("rosa"))
        _desk(web).take(ids[0], Viewer("sam"))
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#problem:text('sam has this case open')")
        assert page.input_value("#output").startswith("Mine. ")
        page.keyboard.press("Escape")
        press(page, "j")
        page.wait_for_url(f"**/cases/{ids[1]}")
        page.go_back()
        page.wait_for_selector(f"[data-case='/cases/{ids[0]}']")
        assert page.input_value("#output").startswith("Mine. "), "kept while another was shown"
        press(page, "e")
        page.keyboard.press("Control+Enter")
        page.click("#problem button")
        _said(page, "Approved with your edit.")
        [made] = _desk(web).decisions()
        assert (made.decision.output or "").startswith("Mine. ")


def test_bulk_names_the_count_and_filters_work_as_they_are_chosen(
    browser: Browser, settings: Settings, store: Store
) -> None:
    """From a filter in the queue to one decision about all that it selects."""
    _queue(store, 4)
    others = _queue(store, 3, feature="small_talk")
    noise = (LOGIN_PAGE, "Failed to load resource: the server responded with a status of 400")
    with (
        serving(settings, ("lea", Role.LEAD)) as web,
        window(browser, expected=noise) as page,
    ):
        web.enter_as(page, "lea")
        page.select_option("select[name=feature]", "small_talk")
        page.wait_for_url(f"{web.base}/?feature=small_talk")
        page.click("text=Decide all 3 at once")
        page.wait_for_url(f"{web.base}/bulk?feature=small_talk")
        assert "pending cases with feature small_talk" in page.inner_text("main")
        page.select_option("select[name=reason]", index=5)
        page.fill("[name=typed]", "3")
        page.press("[name=typed]", "Enter")
        assert _desk(web).decisions() == [], "return presses no button"
        page.fill("[name=typed]", "2")
        page.click("text=Reject 3 cases")
        page.wait_for_selector("text=Type 3 to confirm that you mean all")
        page.fill("[name=typed]", "3")
        page.click("text=Reject 3 cases")
        page.wait_for_selector("text=3 cases rejected.")
        decided = {m.decision.candidate_id for m in _desk(web).decisions()}
        assert decided == set(others)


def test_without_script_the_basics_work(browser: Browser, settings: Settings, store: Store) -> None:
    """Forms and links alone: return in a field decides nothing, buttons do."""
    ids = _queue(store, 3)
    with serving(settings) as web, window(browser, java_script_enabled=False) as page:
        web.enter(page)
        page.click("text=Start reviewing")
        page.click("summary:has-text('Reject, and say why')")
        page.fill("[name=words]", "a joke")
        page.press("[name=words]", "Enter")
        assert page.url == f"{web.base}/cases/{ids[0]}"
        assert _desk(web).decisions() == []
        page.click("#reject button.reject")
        page.wait_for_url(f"{web.base}/cases/{ids[1]}")
        assert "Rejected." in page.inner_text("#said")
        page.click("summary:has-text('Write or edit')")
        page.fill("#output", "It was 7.")
        page.click("text=Approve this text")
        page.wait_for_url(f"{web.base}/cases/{ids[2]}")
        page.click("#undo button")
        page.wait_for_url(f"{web.base}/cases/{ids[1]}")
        page.click("text=What users did, variants, similar cases")
        assert "Nearest in the current release" in page.inner_text("main")


def test_a_decision_is_not_denied_when_the_next_case_cannot_be_shown(
    browser: Browser, settings: Settings, store: Store
) -> None:
    """What is on the disk is called recorded, and the next case can be asked for again."""
    ids = _queue(store, 2)
    failed = "Failed to load resource: net::ERR_FAILED"
    with serving(settings) as web, window(browser, expected=(failed,)) as page:
        web.enter(page)
        following = f"**/cases/{ids[1]}"
        page.route(following, lambda route: route.abort())
        page.goto(f"{web.base}/cases/{ids[0]}")
        press(page, "a")
        page.wait_for_selector("#problem:text('cannot be reached')")
        assert page.inner_text("#problem").startswith("Recorded, but the next case")
        [made] = _desk(web).decisions()
        assert made.decision.candidate_id == ids[0]
        page.unroute(following)
        page.click("#problem button")
        page.wait_for_url(following)
        page.wait_for_selector(f"[data-case$='{ids[1]}']")
        assert page.inner_text("#problem") == ""
