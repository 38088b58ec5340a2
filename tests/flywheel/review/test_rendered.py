"""Markdown as readers see it, and nothing else that a text may try."""

import re

import pytest

from flywheel.review.rendered import TAGS, render

HOSTILE = (
    "**bold** <script>alert(1)</script>",
    "- [click](javascript:alert(1))",
    "**a** [out](https://evil.example) ![x](https://evil.example/x.png)",
    "`x` <img src=x onerror=alert(1)>",
    "# h\n\n<svg onload=alert(1)>",
    "> q\n\n<style>*{display:none}</style>",
    "**x**\n\n[a]: data:text/html,<script>alert(1)</script>\n\n[a]",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "| a | b |\n|---|---|\n| <iframe src=//evil> | <b onclick=x>y</b> |",
    "**&lt;script&gt;**",
)


def test_headings_lists_tables_and_code_are_shown() -> None:
    """A heading is a strong paragraph: the page's outline is its own."""
    html = render("# Q4\n\n- **up** 7.9%\n- `net`\n\n| a | b |\n|---|--:|\n| 1 | 2 |")
    assert html is not None
    assert "<p><strong>Q4</strong></p>" in html
    assert "<li><strong>up</strong> 7.9%</li>" in html
    assert "<code>net</code>" in html
    assert "<td>2</td>" in html


@pytest.mark.parametrize("text", ["Revenue was 12.", "", None, "2 * 3 * 4", "**x** " * 20_000])
def test_a_plain_text_has_nothing_to_show(text: str | None) -> None:
    """Nor has a very long one: rendering it would keep the reader waiting."""
    assert render(text) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_only_bare_elements_come_out(text: str) -> None:
    """No attribute, no link, no picture, no script: only the allowed elements."""
    html = render(text)
    assert html is not None
    for tag in re.findall(r"<[^>]*>", html):
        assert re.fullmatch(r"</?[a-z]+>", tag), tag
        assert tag.strip("</>") in TAGS, tag
