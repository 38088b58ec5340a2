"""The pages and forms as a reviewer's browser sees them."""

import re

import pytest
from starlette.testclient import TestClient

from flywheel.review.queue import PAGE_SIZE
from flywheel.settings import Settings
from flywheel.steps.candidates import read_candidate
from flywheel.store import Store
from schemas.decision import Verdict
from tests.approve import decide
from tests.facts import add_candidate, count_rows
from tests.flywheel.review.cases import add_cases, add_swapped
from tests.flywheel.review.conftest import Site, csrf, send


def _listed(text: str) -> list[str]:
    return re.findall(r'data-entry href="/cases/([^"?]+)', text)


def _shown_texts(text: str) -> str:
    """A page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_the_queue_lists_the_most_telling_first_and_says_why(
    rosa: TestClient, store: Store
) -> None:
    """Order, counts, question, both answers and the reason in words."""
    ids = add_cases(store)
    text = rosa.get("/").text
    assert _listed(text) == ids
    shown = _shown_texts(text)
    assert "Pending 5 Approved 0 Rejected 0" in shown
    assert "By how much did the dividend rise?" in shown
    assert "The dividend rose by 10%. → By €0.20, from €1.90 to €2.10 a share." in shown
    assert "2 users copied it; 1 user shared it" in shown
    assert "ideal output to write" in shown
    assert "Reviewing as rosa" in shown


def test_filters_are_in_the_address_and_go_along(rosa: TestClient, store: Store) -> None:
    """Target, feature and state narrow the list; a case keeps them for what comes next."""
    ids = add_cases(store)
    decide(store, ids[3])
    assert _listed(rosa.get("/?target=bank&feature=").text) == [ids[1]]
    narrow = rosa.get("/?target=golden&feature=report_qa").text
    assert _listed(narrow) == [ids[2], ids[4]]
    assert "/cases/" + ids[2] + "?target=golden&amp;feature=report_qa" in narrow
    assert _listed(rosa.get("/?state=approved").text) == [ids[3]]
    answer = send(rosa, f"/cases/{ids[2]}?target=golden&feature=report_qa", verdict="approve")
    assert answer.headers["location"] == f"/cases/{ids[4]}?target=golden&feature=report_qa"
    assert "No candidate fits these filters" in rosa.get("/?feature=other").text


def test_a_long_queue_has_pages(rosa: TestClient, store: Store) -> None:
    """The second page goes on where the first ends; one beyond the last shows the last."""
    for number in range(PAGE_SIZE + 2):
        add_candidate(store, question=f"question {number}")
    first, second = rosa.get("/").text, rosa.get("/?page=2").text
    assert len(_listed(first)) == PAGE_SIZE
    assert len(_listed(second)) == 2
    assert not set(_listed(first)) & set(_listed(second))
    assert 'rel="next" href="/?page=2"' in first
    assert "Page 2 of 2" in rosa.get("/?page=99").text
    assert rosa.get("/?page=0").status_code == 400


def test_an_empty_queue_says_what_to_do(rosa: TestClient) -> None:
    """A new home has nothing to show, and says what brings something."""
    assert "flywheel curate" in rosa.get("/").text


def test_a_case_shows_all_that_it_is_decided_by(rosa: TestClient, store: Store) -> None:
    """Question, both answers with their difference, tables, evidence, model and counts."""
    candidate = add_swapped(store)
    text = rosa.get(f"/cases/{candidate}").text
    assert "<del>213.4</del>" in text
    assert "<ins>16.6</ins>" in text
    assert re.search(r"<th scope=row>Revenue</th><td class=\"number\"><mark class=\"both\"", text)
    shown = _shown_texts(text)
    for part in (
        "Summarise the fourth quarter",
        "Not in the context (calculated?): 19.4%",
        "correction explicit 2 users corrected it −2.90",
        "P(good) 2%",
        "Model v1",
        "Asked 1 answer to 1 user",
        "Answered 2025-01-06 09:00 UTC",
        "region europe",
        "nordlicht_2024_outlook",
        "pending 1 of 1",
    ):
        assert part in shown, part


def test_a_case_that_does_not_exist_is_said_so(rosa: TestClient) -> None:
    """An old address after an erasure."""
    answer = rosa.get("/cases/c-none")
    assert answer.status_code == 404
    assert "its data was erased" in answer.text


def test_approving_opens_the_next_case_at_once(rosa: TestClient, store: Store, site: Site) -> None:
    """One form, one fact under the reviewer's name, and the case behind it."""
    ids = add_cases(store)
    answer = send(rosa, f"/cases/{ids[0]}", verdict="approve")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{ids[1]}")
    view = read_candidate(store, ids[0])
    assert (view.state, view.verdict, view.reviewer) == ("approved", Verdict.APPROVE, "rosa")
    assert "Approved." in rosa.get(f"/cases/{ids[1]}").text
    assert "Approved." not in rosa.get(f"/cases/{ids[1]}").text
    assert site.finished == []


def test_an_edit_is_approved_as_it_was_typed(rosa: TestClient, store: Store) -> None:
    """Line breaks as the reviewer meant them, a first empty line included."""
    candidate = add_swapped(store)
    typed = "\nRevenue: €1,284.6 million\r\nOperating income: €213.4 million"
    send(rosa, f"/cases/{candidate}", verdict="edit", output=typed)
    view = read_candidate(store, candidate)
    assert view.verdict is Verdict.EDIT
    assert view.decided_output == typed.replace("\r\n", "\n")
    text = rosa.get(f"/cases/{candidate}").text
    # HTML drops the first line break of a text area: one more than the text has.
    assert ">\n\nRevenue: €1,284.6 million\nOperating" in text.partition("<textarea")[2]


def test_an_edit_that_changes_nothing_is_an_approval(rosa: TestClient, store: Store) -> None:
    """The form came back as it was filled in, line breaks as a browser sends them."""
    candidate = add_swapped(store, proposed_output="one\ntwo")
    send(rosa, f"/cases/{candidate}", verdict="edit", output="one\r\ntwo")
    view = read_candidate(store, candidate)
    assert (view.verdict, view.decided_output) == (Verdict.APPROVE, None)


@pytest.mark.parametrize(
    ("reason", "note", "recorded"),
    [
        ("The model's answer is right", "", "The model's answer is right"),
        ("", "a joke", "a joke"),
        ("Not typical", " ask again ", "Not typical: ask again"),
    ],
)
def test_a_rejection_keeps_its_reason(
    rosa: TestClient, store: Store, reason: str, note: str, recorded: str
) -> None:
    """One of the list, one's own words, or both."""
    candidate = add_swapped(store)
    send(rosa, f"/cases/{candidate}", verdict="reject", reason=reason, note=note)
    view = read_candidate(store, candidate)
    assert (view.state, view.decided_reason) == ("rejected", recorded)


@pytest.mark.parametrize(
    ("fields", "said", "kept"),
    [
        ({"verdict": "reject", "reason": "", "note": " "}, "Say why", '<details id="reject"'),
        ({"verdict": "edit", "output": " \n"}, "Write the ideal output", '<details id="edit"'),
        ({"verdict": "approve"}, "There is no proposed ideal output", "<textarea"),
        ({"verdict": "edit", "output": "my text" + "x" * 1_000_001}, "longer than", "my textxx"),
    ],
)
def test_a_decision_that_says_too_little_is_asked_again(
    rosa: TestClient, store: Store, fields: dict[str, str], said: str, kept: str
) -> None:
    """Nothing is recorded, the page says what is missing, and what was typed is still there."""
    candidate = add_candidate(store, proposed_output=None)
    answer = send(rosa, f"/cases/{candidate}", **fields)
    assert answer.status_code == 400
    assert "Not recorded" in answer.text
    assert said in answer.text
    assert kept in answer.text
    assert count_rows(store, "decisions") == 0


def test_skipped_cases_wait_at_the_end(rosa: TestClient, store: Store, site: Site) -> None:
    """A skip decides nothing; skipped ones come round once more, then the queue is shown."""
    ids = [add_candidate(store, question=f"q{n}", p_good=n / 10) for n in range(3)]
    opened = []
    for candidate in (*ids, *ids):
        answer = send(rosa, f"/cases/{candidate}", verdict="skip")
        opened.append(answer.headers["location"])
        assert read_candidate(store, candidate).state == "pending"
    assert opened == [f"/cases/{id}" for id in (ids[1], ids[2], ids[0], ids[1], ids[2])] + ["/"]
    assert _listed(rosa.get("/").text) == ids
    assert site.finished == []


def test_undo_makes_the_last_decision_pending_again(rosa: TestClient, store: Store) -> None:
    """Step by step, as newer facts: what was decided stays on record."""
    ids = add_cases(store)
    send(rosa, f"/cases/{ids[0]}", verdict="approve")
    send(rosa, f"/cases/{ids[2]}", verdict="reject", reason="no")
    assert 'action="/undo"' in rosa.get("/").text
    for candidate in (ids[2], ids[0]):
        assert send(rosa, "/undo").headers["location"] == f"/cases/{candidate}"
        assert read_candidate(store, candidate).state == "pending"
        assert "pending again" in rosa.get(f"/cases/{candidate}").text
    assert count_rows(store, "decisions") == 4
    assert 'action="/undo"' not in rosa.get("/").text
    assert send(rosa, "/undo").status_code == 400


def test_a_decision_can_be_changed_later(rosa: TestClient, store: Store) -> None:
    """An approved case is opened from its list; approving it again is not offered."""
    candidate = add_swapped(store)
    decide(store, candidate, reviewer="sam")
    text = rosa.get(f"/cases/{candidate}?state=approved").text
    assert "Approved by sam" in text
    assert 'value="approve"' not in text
    send(rosa, f"/cases/{candidate}?state=approved", verdict="reject", reason="no")
    assert read_candidate(store, candidate).state == "rejected"


def test_the_last_decision_hands_the_batch_over(rosa: TestClient, store: Store, site: Site) -> None:
    """When none but skipped cases are left, and again when these are decided too."""
    ids = [add_candidate(store, question=f"q{n}", p_good=n / 10) for n in range(3)]
    send(rosa, f"/cases/{ids[0]}", verdict="skip")
    send(rosa, f"/cases/{ids[1]}", verdict="approve")
    assert site.finished == []
    send(rosa, f"/cases/{ids[2]}", verdict="reject", reason="no")
    assert site.finished == [2]
    send(rosa, f"/cases/{ids[0]}", verdict="approve")
    assert site.finished == [2, 1]
    assert "handed to Prefect" in rosa.get("/").text


def test_without_prefect_the_page_promotes(
    rosa: TestClient, store: Store, site: Site, settings: Settings
) -> None:
    """The last decision publishes a release with the approved case, and the page says so."""
    site.somebody_promotes = False
    send(rosa, f"/cases/{add_swapped(store)}", verdict="approve")
    assert (settings.home / "releases" / "current").exists()
    assert count_rows(store, "current_examples") == 1
    assert "Published release" in rosa.get("/").text
    assert "what production reads from now on" in rosa.get("/published").text


def test_publish_now_shows_what_came_out(rosa: TestClient, store: Store, site: Site) -> None:
    """With the queue half full: what went in, what is kept out and why, and nothing twice."""
    ids = add_cases(store)
    assert "Nothing published yet" in rosa.get("/published").text
    send(rosa, f"/cases/{ids[0]}", verdict="approve")
    assert 'Publish now <span class="count">1</span>' in rosa.get("/").text
    assert send(rosa, "/publish").headers["location"] == "/published"
    shown = _shown_texts(rosa.get("/published").text)
    assert "Added or changed 1 0 Withdrawn 0 0" in shown
    assert 'class="count">1</span>' not in rosa.get("/").text.partition("</header>")[0]
    send(rosa, "/publish")
    assert "Nothing new to publish" in rosa.get("/published").text
    assert site.finished == []


def test_two_reviewers_decide_side_by_side(site: Site, rosa: TestClient, store: Store) -> None:
    """Another browser's session has its own token and its own undo."""
    ids = add_cases(store)
    with site.visit() as sam:
        sam.get(site.login.link)
        send(rosa, f"/cases/{ids[0]}", verdict="approve")
        send(sam, f"/cases/{ids[1]}", verdict="approve")
        assert csrf(sam) != csrf(rosa)
        assert send(sam, "/undo").headers["location"] == f"/cases/{ids[1]}"
    assert read_candidate(store, ids[0]).state == "approved"
