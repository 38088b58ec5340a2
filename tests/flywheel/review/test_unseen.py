"""No character changes how a text looks without being seen itself."""

import pytest
from starlette.testclient import TestClient

from flywheel.review.rendered import render
from flywheel.review.unseen import show_unseen
from flywheel.store import Store
from tests.facts import add_candidate
from tests.flywheel.review.cases import documents
from tests.flywheel.review.conftest import SCRIPT

TRAPS = "\u202e\u2066\u200b\ufeff\u00ad\x1b\x07\u2028\U000e0041"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("is \u202e321\u202c dollars", "is [U+202E]321[U+202C] dollars"),
        ("12\u200b3", "12[U+200B]3"),
        ("a\u200b\u200b\u200bb", "a[U+200B ×3]b"),
        ("rev\u200denue", "rev[U+200D]enue"),
        ("\x1b[31m", "[U+001B][31m"),
        ("\U000e0041", "[U+E0041]"),
        ("line\n\ttab", "line\n\ttab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👩\u200d👧 ❤️", "👩\u200d👩\u200d👧 ❤️"),
        ("€1 é שלום", "€1 é שלום"),
        ("<b>\u202e", "&lt;b&gt;[U+202E]"),
    ],
)
def test_it_is_shown_by_its_number(text: str, shown: str) -> None:
    """What scripts need to be written stays; the rest is told, and has no effect."""
    html = str(show_unseen(text))
    plain = html.replace("</span>", "]")
    while '<span class="unseen"' in plain:
        before, _, after = plain.partition('<span class="unseen"')
        plain = f"{before}[{after.partition('>')[2]}"
    assert plain == shown


def test_markdown_has_none_either() -> None:
    """Not by an entity."""
    html = render("**x** &#x202e;321 \u202e321")
    assert html is not None and "\u202e" not in html and html.count("U+202E") == 2


def test_no_page_shows_a_text_other_than_it_is(rosa: TestClient, store: Store) -> None:
    """Queue, case and bulk, in question, answer, proposal, context, table, reason and tags."""
    text = f"a{TRAPS}b"
    candidate = add_candidate(
        store, question=text, output=f"{text} 1", proposed_output=f"{text} 2", reason=text,
        context=documents(d=f"{text}\n\n| a | {text} |\n|---|---|\n| {text} | 1 |"),
        tags=f'{{"x": "{TRAPS[0]}"}}',
    )  # fmt: skip
    for path in ("/", "/bulk", f"/cases/{candidate}"):
        for headers in ({}, SCRIPT):
            page = rosa.get(path, headers=headers).text
            page = page.partition("<textarea")[0] + page.partition("</textarea>")[2]
            assert "U+202E" in page
            assert not [f"{ord(trap):x}" for trap in TRAPS if trap in page], path
