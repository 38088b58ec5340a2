"""axe-core finds nothing on any page of the review, in light and in dark, open panels included."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from flywheel.settings import Settings
from tests.flywheel.review.browsing import browsing, go, press
from tests.flywheel.review.scene import Scene, make_scene
from tests.flywheel.review.serving import Served, serving
from tests.tools.conftest import TOOLS

AXE = TOOLS / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for this module."""
    with browsing() as browser:
        yield browser


def violations(page: Page) -> list[tuple[str, list[Any]]]:
    """Rule and places of everything that axe finds on the page as it stands."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]
    ]


def look_through(page: Page, web: Served, scene: Scene) -> dict[str, list[tuple[str, list[Any]]]]:
    """What axe finds, by page."""
    found = {}
    for name, path in scene.paths.items():
        go(page, web.base + path)
        for details in page.query_selector_all("details:not([open], .panel) > summary"):
            details.click()
        found[name] = violations(page)
    page.goto(f"{web.base}/cases/{scene.telling}")
    for key in "ermp":
        press(page, key)
        found[f"panel {key}"] = violations(page)
        page.keyboard.press("Escape")
        page.evaluate("document.activeElement.blur()")
    press(page, "e")
    page.keyboard.type("Ask anna.keller@example.org about 77.7. ")
    page.wait_for_selector("#check .warn")
    found["check"] = violations(page)
    page.keyboard.press("Escape")
    press(page, "?")
    found["help"] = violations(page)
    return {name: some for name, some in found.items() if some}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, settings: Settings, scheme: Any) -> None:
    """Names, roles, contrast, order of headings, regions: on every page and in every panel."""
    scene = make_scene(settings)
    # axe comes in by evaluation, which the pages' own policy refuses.
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    with serving(settings) as web:
        page = context.new_page()
        page.goto(f"{web.base}/login")
        strangers = violations(page)
        web.enter(page)
        assert look_through(page, web, scene) == {}
        assert strangers == []
        context.close()
