"""Shows a text that is written in Markdown as its readers see it: bare elements, no attribute."""

import re
from functools import cache
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from flywheel.review.unseen import show_unseen_in

TAGS: Final = frozenset(
    "p br hr strong em del code pre blockquote ul ol li table thead tbody tr th td".split()
)
"""No link and no picture: a text of strangers leads nowhere and fetches nothing."""

_MAX_CHARS: Final = 50_000
_SIGNS: Final = re.compile(
    r"^(?:#{1,6} |[-*+] |\d{1,3}[.)] |> |```|\|.*\|\s*$)|\*\*\S|`[^`\n]+`", re.MULTILINE
)


def render(text: str | None) -> Markup | None:
    """Safe HTML of a text with Markdown in it; None for a plain one, and for a very long one.

    markdown-it passes no HTML through; nh3 cleans what comes out as if it did.
    """
    if text is None or len(text) > _MAX_CHARS or not _SIGNS.search(text):
        return None
    clean = nh3.clean(_parser().render(text), tags=set(TAGS), attributes={})
    return show_unseen_in(Markup(clean))  # noqa: S704 - cleaned one line above


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    parser.enable("strikethrough")
    # The page's outline is not a stranger's to write: a heading is a strong paragraph.
    parser.add_render_rule("heading_open", _heading_open)
    parser.add_render_rule("heading_close", _heading_close)
    return parser


def _heading_open(*_: Any) -> str:
    return "<p><strong>"


def _heading_close(*_: Any) -> str:
    return "</strong></p>\n"
