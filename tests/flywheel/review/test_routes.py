"""The pages and forms as a reviewer's browser sees them, with script and without."""

import re

import pytest
from starlette.testclient import TestClient

from flywheel.review.queue import PAGE_SIZE
from flywheel.settings import Settings
from flywheel.store import Store
from tests.approve import decide
from tests.facts import add_candidate, count_rows, together
from tests.flywheel.review.cases import add_cases, add_swapped, draw
from tests.flywheel.review.conftest import SCRIPT, Site, ask, csrf, last, send


def _listed(text: str) -> list[str]:
    return re.findall(r'data-entry href="/cases/([^"?]+)', text)


def _shown_texts(text: str) -> str:
    """A page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_the_queue_lists_the_most_telling_first_and_says_why(
    rosa: TestClient, store: Store
) -> None:
    """Order, counts, question, both answers, the reason in words and how it was drawn."""
    ids = add_cases(store)
    draw(store, ids[0], reviewers=1)
    text = rosa.get("/").text
    assert _listed(text)[0] == ids[0]
    assert sorted(_listed(text)) == sorted(ids)
    shown = _shown_texts(text)
    assert "Pending 5 Disputed 0 Approved 0 Rejected 0" in shown
    assert "3 users rewrote their prompt after this answer; 2 users corrected 213.4" in shown
    assert "Drawn by lot of 812 that waited: 1 in 20." in shown
    assert "The dividend rose by 10%. → By €0.20, from €1.90 to €2.10 a share." in shown
    assert "ideal output to write" in shown
    assert "report_qa (3)" in shown
    assert "rewrite (1)" in shown


def test_filters_are_in_the_address_and_go_along(
    rosa: TestClient, store: Store, site: Site
) -> None:
    """They narrow the list; a case keeps them for what comes next; blank ones are none."""
    ids = add_cases(store)
    assert _listed(rosa.get("/?target=bank&feature=&since=&drawn=").text) == [ids[1]]
    assert _listed(rosa.get("/?text=dividend").text) == [ids[2]]
    assert _listed(rosa.get("/?signal=rewrite&model=v1").text) == [ids[0]]
    assert _listed(rosa.get("/?until=2024-12-31").text) == []
    narrow = rosa.get("/?target=golden&feature=report_qa").text
    assert sorted(_listed(narrow)) == sorted([ids[2], ids[4]])
    assert f"/cases/{ids[2]}?target=golden&amp;feature=report_qa" in narrow
    answer = send(rosa, f"/cases/{ids[2]}?target=golden&feature=report_qa", verdict="approve")
    assert answer.headers["location"] == f"/cases/{ids[4]}?target=golden&feature=report_qa"
    assert _listed(rosa.get("/?state=approved&mine=1").text) == [ids[2]]
    assert "Choose fewer of them" in rosa.get("/?feature=other").text
    assert rosa.get("/?since=yesterday").status_code == 400
    assert rosa.get("/?since=2026-02-30").status_code == 400
    assert site.stands(ids[2]) == ("approved", "approve")


def test_a_long_queue_has_pages(rosa: TestClient, store: Store) -> None:
    """The second page goes on where the first ends; one beyond the last shows the last."""
    with together(store) as at_once:
        for number in range(PAGE_SIZE + 2):
            add_candidate(at_once, question=f"question {number}")
    first, second = rosa.get("/").text, rosa.get("/?page=2").text
    assert len(_listed(first)) == PAGE_SIZE
    assert len(_listed(second)) == 2
    assert not set(_listed(first)) & set(_listed(second))
    assert 'rel="next" href="/?page=2"' in first
    assert "Page 2 of 2" in rosa.get("/?page=99").text
    assert rosa.get("/?page=0").status_code == 400


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "flywheel curate"),
        ("?state=disputed", "two reviewers of one case"),
        ("?state=approved", "To the pending cases"),
        ("?mine=1", "No colleague has sent you a case"),
        ("?text=nothing", "begin like these"),
    ],
)
def test_an_empty_queue_says_what_to_do(rosa: TestClient, query: str, said: str) -> None:
    """Each kind of nothing has its own way on."""
    assert said in rosa.get(f"/{query}").text


def test_a_case_shows_all_that_it_is_decided_by(rosa: TestClient, store: Store) -> None:
    """Question, both answers with their difference, tables, evidence, model and counts."""
    candidate = add_swapped(store)
    text = rosa.get(f"/cases/{candidate}").text
    assert '<del><span class="found" title="stands in the context">213.4</span></del>' in text
    assert '<del><span class="missing" title="not in the context">19.4</span></del>' in text
    assert re.search(r"<th scope=row>Revenue</th><td class=\"number\"><mark class=\"both\"", text)
    shown = _shown_texts(text)
    for part in (
        "Summarise the fourth quarter",
        "corrected 213.4 and 1,284.6, which had changed places, 19.4 to 16.6",
        "Judged bad: P(good) 2%.",
        "Not in the context (calculated?): 19.4%",
        "correction explicit 2 users corrected it −2.90",
        "Model v1",
        "Asked 1 answer to 1 user",
        "Answered 2025-01-06 09:00 UTC",
        "region europe",
        "nordlicht_2024_outlook",
        "1 left",
    ):
        assert part in shown, part


def test_script_gets_the_case_without_the_page_around_it(
    rosa: TestClient, store: Store, site: Site
) -> None:
    """The same case, no second header; fetched ahead, it is not taken yet."""
    candidate = add_swapped(store)
    part = rosa.get(f"/cases/{candidate}", headers=SCRIPT).text
    whole = rosa.get(f"/cases/{candidate}").text
    assert "<html" not in part
    assert "<header" not in part
    assert 'data-title="Golden set case · flywheel"' in part
    assert (
        part.split() == whole.partition("<main")[2].partition(">")[2].partition("</main")[0].split()
    )


def test_a_case_that_does_not_exist_is_said_so(rosa: TestClient) -> None:
    """An old address after an erasure, on every way to it."""
    for path in ("/cases/c-none", "/cases/c-none/around"):
        answer = rosa.get(path)
        assert answer.status_code == 404
        assert "its data was erased" in answer.text
    assert ask(rosa, "/cases/c-none", verdict="skip").status_code == 404
    assert ask(rosa, "/cases/c-none/lease").status_code == 404


def test_approving_opens_the_next_case_at_once(rosa: TestClient, store: Store, site: Site) -> None:
    """One form, one decision under the reviewer's name with the text's version, what is next."""
    ids = add_cases(store)
    following = re.findall(r'rel="next"[^>]* href="([^"]+)"', rosa.get(f"/cases/{ids[0]}").text)[0]
    version = rosa.get(f"/cases/{ids[0]}").text.partition('name="text_version" value="')[2][:26]
    fields = {"verdict": "approve", "text_version": version, "seconds": "4.2"}
    answer = send(rosa, f"/cases/{ids[0]}", **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, following)
    [made] = site.desk.decisions()
    assert (made.decision.reviewer, made.decision.text_version) == ("rosa", version)
    assert made.decision.seconds == 4.2
    assert site.stands(ids[0]) == ("approved", "approve")
    assert ">Approved.</div>" in rosa.get(following).text
    assert ">Approved.</div>" not in rosa.get(following).text, "told once"


def test_script_is_told_what_a_page_would_say(rosa: TestClient, store: Store) -> None:
    """What was done, where to go, the day's bar; no page."""
    ids = add_cases(store)
    told = ask(rosa, f"/cases/{ids[0]}", verdict="approve", target="bank", labels="swap, q4").json()
    assert told["said"] == "Approved, for the few-shot bank."
    assert told["next"].startswith("/cases/")
    assert "you <b>1</b> today" in told["bar"]
    assert "<b>4</b> left" in told["bar"]
    assert told["last"] == last(rosa)
    undone = ask(rosa, "/undo", decision=told["last"]).json()
    assert undone["last"] == ""
    assert (undone["next"], undone["said"]) == (f"/cases/{ids[0]}", "Taken back. Decide anew.")
    assert "<b>5</b> left" in undone["bar"]


def test_an_edit_is_approved_as_it_was_typed(rosa: TestClient, store: Store, site: Site) -> None:
    """Line breaks as the reviewer meant them, a first empty line included."""
    candidate = add_swapped(store)
    typed = "\nRevenue: €1,284.6 million\r\nOperating income: €213.4 million"
    send(rosa, f"/cases/{candidate}", verdict="edit", output=typed)
    [made] = site.desk.decisions()
    assert made.decision.output == typed.replace("\r\n", "\n")
    text = rosa.get(f"/cases/{candidate}").text
    # HTML drops the first line break of a text area: one more than the text has.
    assert ">\n\nRevenue: €1,284.6 million\nOperating" in text.partition("<textarea")[2]
    assert "The ideal output, as edited" in text


@pytest.mark.parametrize(
    ("reason", "words", "recorded"),
    [
        ("The model's answer is right", "", "The model's answer is right"),
        ("Not typical", " ask again ", "Not typical: ask again"),
    ],
)
def test_a_rejection_keeps_its_reason(
    rosa: TestClient, store: Store, site: Site, reason: str, words: str, recorded: str
) -> None:
    """One of the list, or with one's own words behind it."""
    candidate = add_swapped(store)
    send(rosa, f"/cases/{candidate}", verdict="reject", reason=reason, words=words)
    view = site.file(candidate).view
    assert (view.state, view.decided_reason) == ("rejected", recorded)


def test_a_decision_that_says_too_little_is_asked_again(
    rosa: TestClient, store: Store, site: Site
) -> None:
    """Nothing is recorded, the page says what is missing, and what was typed is still there."""
    candidate = add_candidate(store, proposed_output=None)
    for fields, said, kept in (
        ({"verdict": "reject", "words": " "}, "Say why", '<details id="reject" class="panel" open'),
        (
            {"verdict": "edit", "output": " \n"},
            "Write the ideal output",
            'id="edit" class="panel" open',
        ),
        ({"verdict": "approve"}, "There is no proposed ideal output", "<textarea"),
        ({"verdict": "send", "note": "mine"}, "Say whom", 'value="mine"'),
        ({"verdict": "edit", "output": "my text" + "x" * 1_000_001}, "longer than", "my textxx"),
        ({"verdict": "edit", "output": "x", "labels": "<b>"}, "A label is a word", "&lt;b&gt;"),
        (
            {"verdict": "edit", "output": "y", "target": "bank", "critical": "1"},
            "Only a golden case",
            "checked",
        ),
    ):
        answer = send(rosa, f"/cases/{candidate}", **fields)
        assert answer.status_code == 400, fields["verdict"]
        assert "Not recorded" in answer.text
        assert said in answer.text
        assert kept in answer.text
        told = ask(rosa, f"/cases/{candidate}", **fields)
        assert said in told.json()["problem"]
    assert site.desk.decisions() == []
    assert send(rosa, f"/cases/{candidate}", verdict="applaud").status_code == 400


def test_skipped_cases_wait_at_the_end(rosa: TestClient, store: Store, site: Site) -> None:
    """A skip decides nothing; skipped ones come round, and a second skip ends at the queue."""
    with together(store) as at_once:
        ids = [add_candidate(at_once, question=f"q{n}", p_good=n / 10) for n in range(3)]
    opened = [
        send(rosa, f"/cases/{candidate}", verdict="skip").headers["location"]
        for candidate in (*ids, ids[0])
    ]
    assert opened == [f"/cases/{id}" for id in (ids[1], ids[2], ids[0])] + ["/"]
    assert {site.stands(id)[0] for id in ids} == {"pending"}
    assert _listed(rosa.get("/").text) == ids
    assert rosa.get("/").text.count("skipped by you") == 3


def test_undo_takes_the_last_decision_back(rosa: TestClient, store: Store, site: Site) -> None:
    """Step by step, as newer facts: what was decided stays on record, in the facts too."""
    ids = add_cases(store)
    send(rosa, f"/cases/{ids[0]}", verdict="approve")
    send(rosa, f"/cases/{ids[2]}", verdict="reject", reason="no")
    for candidate in (ids[2], ids[0]):
        answer = send(rosa, "/undo", decision=last(rosa))
        assert answer.headers["location"] == f"/cases/{candidate}"
        assert site.stands(candidate)[0] == "pending"
        assert "Taken back" in rosa.get(f"/cases/{candidate}").text
    assert last(rosa) == ""
    assert send(rosa, "/undo", decision="").status_code == 400
    assert send(rosa, "/undo").status_code == 400
    site.desk.settle()
    assert count_rows(store, "decisions") == 4


def test_a_double_click_takes_one_decision_back(rosa: TestClient, store: Store, site: Site) -> None:
    """The form names which: sent again, at once or after another decision, it is the same undo."""
    ids = add_cases(store)
    send(rosa, f"/cases/{ids[0]}", verdict="approve")
    send(rosa, f"/cases/{ids[2]}", verdict="reject", reason="no")
    named = last(rosa)
    for _ in range(2):
        answer = send(rosa, "/undo", decision=named)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{ids[2]}")
    assert [site.stands(ids[n])[0] for n in (0, 2)] == ["approved", "pending"]
    send(rosa, f"/cases/{ids[2]}", verdict="reject", reason="still no")
    assert ask(rosa, "/undo", decision=named).json()["said"] == "Taken back. Decide anew."
    assert [site.stands(ids[n])[0] for n in (0, 2)] == ["approved", "rejected"]
    assert len(site.desk.decisions()) == 4


def test_a_decision_can_be_changed_later(rosa: TestClient, store: Store, site: Site) -> None:
    """An approved case is opened from its list; approving it again is not offered."""
    candidate = add_swapped(store)
    decide(store, candidate, reviewer="sam")
    text = rosa.get(f"/cases/{candidate}?state=approved").text
    assert "Approved by sam" in text
    assert 'data-key="a" disabled' in text
    send(rosa, f"/cases/{candidate}?state=approved", verdict="reject", reason="no")
    assert site.stands(candidate)[0] == "rejected"


def test_the_last_decision_hands_the_batch_over(rosa: TestClient, store: Store, site: Site) -> None:
    """When none but skipped cases are left, and again when these are decided too."""
    with together(store) as at_once:
        ids = [add_candidate(at_once, question=f"q{n}", p_good=n / 10) for n in range(3)]
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
    assert csrf(rosa)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("since=x", "“since” takes a day, such as 2026-01-31."),
        ("until=2026-02-30", "“until” takes a day, such as 2026-01-31."),
        ("page=0", "“page” takes a whole number from 1 on."),
        ("mine=perhaps", "“mine” takes 1."),
        ("state=open", "“state” takes pending, disputed, approved or rejected."),
        ("target=gold", "“target” takes golden or bank."),
        (f"text={'x' * 201}", "“text” takes at most 200 letters."),
    ],
)
def test_a_malformed_address_says_what_is_wrong_and_leads_on(
    rosa: TestClient, wrong: str, said: str
) -> None:
    """The parameter, what it takes, and the same address without it; nothing sent is quoted."""
    answer = rosa.get(f"/?model=v1&{wrong}")
    assert answer.status_code == 400
    assert said in answer.text
    assert 'href="/?model=v1">Go on without it' in answer.text
    assert rosa.get("/?model=v1").status_code == 200
    assert rosa.get(f"/?{wrong}", headers={"Accept": "application/json"}).json() == {
        "problem": said
    }
