"""Every page as it looks: light, dark, at 200% zoom, on a tablet and a telephone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from flywheel.settings import Settings
from tests.flywheel.review.browsing import browsing, go, press, scrolls_sideways, shift_of, window
from tests.flywheel.review.scene import make_scene
from tests.flywheel.review.serving import serving

LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {"viewport": {"width": 1360, "height": 900}},
    "dark": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
    "zoom-200": {"viewport": {"width": 640, "height": 480}, "device_scale_factor": 2},
    "tablet": {"viewport": {"width": 820, "height": 1180}, "has_touch": True},
    "telephone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}
"""200% zoom of a window of 1280 pixels has 640 of them in CSS."""
MISSING: Final = "Failed to load resource: the server responded with a status of 404"
DARKER_THAN: Final = 0.2
CROWDED: Final = ("queue", "case", "disputed", "bulk", "progress")
"""The pages with most on them: in the other looks these stand for all."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for this module."""
    with browsing() as browser:
        yield browser


@pytest.fixture
def pictures(pytestconfig: pytest.Config) -> Path:
    """Where they are kept: `screenshots` in pyproject.toml."""
    folder = pytestconfig.rootpath / str(pytestconfig.getini("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_every_page_fits_every_screen(browser: Browser, settings: Settings, pictures: Path) -> None:
    """Nothing is wider than the window, nothing moves by itself, dark is dark."""
    scene = make_scene(settings)
    with serving(settings) as web:
        for look, options in LOOKS.items():
            with window(browser, expected=(MISSING,), **options) as page:
                web.enter(page)
                names = scene.paths if look == "light" else CROWDED
                for name in names:
                    path = scene.paths[name]
                    go(page, web.base + path)
                    assert not scrolls_sideways(page), (look, name)
                    assert shift_of(page) == 0, (look, name)
                    page.screenshot(path=pictures / f"{look}-{name}.png")
                page.goto(f"{web.base}/cases/{scene.telling}")
                for key, panel in (("e", "edit"), ("r", "reject"), ("m", "more")):
                    press(page, key)
                    assert page.is_visible(f"#{panel}")
                    assert not scrolls_sideways(page), (look, panel)
                    page.screenshot(path=pictures / f"{look}-{panel}.png")
                    page.keyboard.press("Escape")
                    page.evaluate("document.activeElement.blur()")
                assert (_lightness(page) < DARKER_THAN) == (look == "dark")


def _lightness(page: Page) -> float:
    """Of the page's ground, 0 to 1."""
    colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    parts = [int(part) for part in str(colour).removeprefix("rgb(").rstrip(")").split(",")]
    return sum(parts) / 3 / 255
