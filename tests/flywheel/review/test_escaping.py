"""Whatever a text says, the page shows it and does not do it."""

import json
import re
from typing import Any
from urllib.parse import quote

from starlette.testclient import TestClient

from flywheel.desk import Viewer
from flywheel.review.form import decision_now
from flywheel.store import Store
from schemas.decision import Verdict
from tests.approve import decide
from tests.facts import add_candidate, add_feedback, add_interaction, together
from tests.flywheel.review.cases import documents, draw, evidence
from tests.flywheel.review.conftest import SCRIPT, Site, ask, csrf, send

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


def test_no_field_becomes_markup(rosa: TestClient, store: Store) -> None:
    """Script, markup and template syntax come out as text on the list, the case, its surroundings.

    A case for each field, on every page and fragment that shows any of it.
    """
    with together(store) as at_once:
        ids = {
            name: add_candidate(
                at_once, **{"question": f"{name}?", "case_id": f"k-{name}"} | columns(EVIL)
            )
            for name, columns in FIELDS.items()
        }
    for path in ("/", "/bulk", "/?state=pending&model=v1", "/progress"):
        _is_harmless(rosa.get(path).text, path)
    for name, candidate in ids.items():
        for headers in ({}, SCRIPT):
            path = f"/cases/{quote(candidate, safe='')}"
            answer = rosa.get(path, headers=headers)
            assert answer.status_code == 200, name
            _is_harmless(answer.text, name, scripts=0 if headers else 1)


def test_what_stands_around_a_case_is_escaped(rosa: TestClient, store: Store) -> None:
    """Comments, corrections, other wordings and models' names, in the fragment and on its page."""
    candidate = add_candidate(store, case_id="k-1")
    with together(store) as at_once:
        other = add_interaction(at_once, EVIL, EVIL, case_id="k-1", model=EVIL)
        add_feedback(at_once, other, "comment", comment=EVIL)
        add_feedback(at_once, other, "correction", correction=EVIL)
    for headers in ({}, SCRIPT):
        text = rosa.get(f"/cases/{candidate}/around", headers=headers).text
        assert text.count("alert(1)") >= 4
        drawn = re.sub(r"<circle.*?</circle>", "", text)  # each dot has a title of its own
        _is_harmless(drawn, scripts=0 if headers else 1)


def test_what_a_reviewer_types_is_escaped_too(rosa: TestClient, store: Store) -> None:
    """An edit, a reason, labels, notes, names, filters, the live check, and errors about them."""
    candidate = add_candidate(store, proposed_output=None)
    decide(store, candidate, "edit", output=EVIL, reviewer=EVIL)
    for path in (f"/cases/{candidate}", "/?state=approved"):
        _is_harmless(rosa.get(path).text, path)
    typed = ("output", "words", "labels", "note", "sent_to", "reason", "text_version", "seconds")
    form = dict.fromkeys((*typed, "rubric.tone", "target"), EVIL)
    for verdict in ("approve", "edit", "send", "reject"):
        refused = send(rosa, f"/cases/{candidate}", verdict=verdict, state=EVIL, **form)
        assert refused.status_code in (400, 409)
        _is_harmless(refused.text, verdict)
    late = send(rosa, f"/cases/{candidate}", verdict="skip", state=EVIL)
    assert late.status_code == 409
    assert "Meanwhile this case was approved by" in late.text
    _is_harmless(late.text, "late")
    checked = ask(rosa, f"/cases/{candidate}/check", output=EVIL)
    _is_harmless(checked.text, "check", scripts=0)
    for name in ("feature", "tenant", "reason", "signal", "model", "text"):
        for path in ("/", f"/cases/{candidate}", "/bulk"):
            _is_harmless(rosa.get(f"{path}?{name}={quote(EVIL)}").text, name)
    bulk = {"csrf": csrf(rosa), "verdict": EVIL, "words": EVIL, "typed": EVIL, "reason": EVIL}
    _is_harmless(rosa.post("/bulk", data=bulk).text, "bulk")


def test_a_dispute_is_escaped(rosa: TestClient, site: Site, store: Store) -> None:
    """Both sides' texts and reasons, before it is settled and after."""
    candidate = add_candidate(store)
    draw(store, candidate)
    for reviewer, said in (
        (f"a {EVIL}", {"verdict": Verdict.EDIT, "output": EVIL}),
        ("b", {"verdict": Verdict.REJECT, "reason": EVIL, "note": EVIL}),
    ):
        values = {"candidate_id": candidate, "reviewer": reviewer} | said
        site.desk.decide(decision_now(values), Viewer(reviewer))
    _is_harmless(rosa.get(f"/cases/{candidate}?state=disputed").text)
    assert ask(rosa, f"/cases/{candidate}", verdict="side-A").status_code == 200
    _is_harmless(rosa.get(f"/cases/{candidate}").text)


def _is_harmless(text: str, where: str = "", scripts: int = 1) -> None:
    for trap in ("<script>", "<img src=x", "<svg onload", "<base", "<!--", "1337"):
        assert trap not in text, (where, trap)
    assert text.count("<script") == scripts, "the page's own"
    assert text.count("</title>") == scripts
