"""Whatever a text says, the page shows it and does not do it."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from flywheel.store import Store
from tests.approve import decide
from tests.facts import add_candidate
from tests.flywheel.review.cases import documents, evidence
from tests.flywheel.review.conftest import send

EVIL = """<script>alert(1)</script> "><img src=x onerror=alert(1)>' </textarea></title>
<svg onload=alert(1)> {{ 7 * 191 }}{% for x in () %} <!-- --><base href=//evil.example>"""

FIELDS: dict[str, Any] = {
    "question": lambda text: {"question": text},
    "system message": lambda text: {
        "messages": json.dumps(
            [{"role": "system", "content": text}, {"role": "user", "content": "well?"}]
        )
    },
    "output": lambda text: {"output": text},
    "proposed output": lambda text: {"proposed_output": text},
    "equal outputs": lambda text: {"output": text, "proposed_output": text},
    "context": lambda text: {"context": documents(d=text)},
    "context id": lambda text: {"context": documents(**{text: "text"})},
    "table": lambda text: {"context": documents(d=f"| a | {text} |\n|---|---|\n| {text} | 1 |")},
    "reason": lambda text: {"reason": text},
    "evidence note": lambda text: {"evidence": evidence(("flag", "explicit", 1, -1.0, text))},
    "feature": lambda text: {"feature": text},
    "tenant": lambda text: {"tenant": text},
    "tag": lambda text: {"tags": json.dumps({text: text})},
    "policy": lambda text: {"policy_version": text},
    "candidate id": lambda text: {"candidate_id": text.replace("/", "|")},
}
"""Every field with text of others in it, as columns of a candidate."""


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_becomes_markup(rosa: TestClient, store: Store, name: str) -> None:
    """Script, markup and template syntax come out as text on the list and on the case."""
    candidate = add_candidate(store, **FIELDS[name](EVIL))
    queue = rosa.get("/")
    href = queue.text.partition('data-entry href="')[2].partition('"')[0]
    pages = [queue, rosa.get(href)]
    assert [page.status_code for page in pages] == [200, 200], candidate
    for page in pages:
        _is_harmless(page.text)


def test_what_a_reviewer_types_is_escaped_too(rosa: TestClient, store: Store) -> None:
    """An edit, a reason, and both again in the page that asks for more."""
    candidate = add_candidate(store, proposed_output=None)
    decide(store, candidate, "edit", output=EVIL, reviewer=EVIL)
    for path in (f"/cases/{candidate}", "/?state=approved"):
        _is_harmless(rosa.get(path).text)
    again = send(rosa, f"/cases/{candidate}", verdict="approve", output=EVIL, note=EVIL)
    assert again.status_code == 400
    _is_harmless(again.text)
    for path in (f"/?feature={quote(EVIL)}", f"/cases/{candidate}?feature={quote(EVIL)}"):
        _is_harmless(rosa.get(path).text)


def _is_harmless(text: str) -> None:
    assert "<script>" not in text
    assert "<img src=x" not in text
    assert "<svg" not in text
    assert "<base" not in text
    assert "<!--" not in text
    assert "1337" not in text
    assert text.count("<script") == 1, "the page's own"
    assert text.count("</title>") == 1
