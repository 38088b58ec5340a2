"""Windows of a real browser in which nothing may go wrong, and what to ask of a page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-lcd-text",
)
WATCH: Final = """
globalThis.shifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (!shift.hadRecentInput) globalThis.shifts.push(shift.value);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
"""Notes every layout shift that no key or click of the moment explains."""


LOGIN_PAGE: Final = "Failed to load resource: the server responded with a status of 401"
"""What a browser notes of a login page."""


def find_chromium() -> str:
    """Chromium from the system; its absence is an error where the suite has to be whole."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing = "no chromium here: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless Chromium."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, *, expected: tuple[str, ...] = (), **options: Any) -> Iterator[Page]:
    """A window of its own session; no error, nothing refused, but for what is expected."""
    context = browser.new_context(**options)
    context.set_default_timeout(60_000)
    context.add_init_script(WATCH)
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    unexpected = [text for text in trouble if not text.startswith(expected or ("\0",))]
    if unexpected:
        raise AssertionError(unexpected)


def press(page: Page, *keys: str) -> None:
    """Press keys once the page is ready for them."""
    page.wait_for_selector("html[data-ready]")
    for key in keys:
        page.keyboard.press(key)


def go(page: Page, url: str) -> None:
    """Open a page, and wait for what comes after it."""
    page.goto(url)
    if page.query_selector("#around[data-load]"):
        page.wait_for_selector("#around .happenings, #around .none")


def shift_of(page: Page) -> float:
    """How far things moved by themselves."""
    return float(page.evaluate("globalThis.shifts.reduce((sum, one) => sum + one, 0)"))


def scrolls_sideways(page: Page) -> bool:
    """Whether something is wider than the window."""
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))


def weight(page: Page, url: str) -> int:
    """Bytes of a page with all that it loads, headers included."""
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(_size(request)))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return sum(sizes)


def _size(request: Any) -> int:
    sizes = request.sizes()
    return int(sizes["responseBodySize"] + sizes["responseHeadersSize"])
