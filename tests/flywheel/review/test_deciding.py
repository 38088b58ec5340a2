"""What happens between opening a case and deciding it: leases, conflicts, colleagues, checks."""

from starlette.testclient import TestClient

from flywheel.desk import Viewer
from flywheel.review.form import decision_now
from flywheel.store import Store
from schemas.decision import Verdict
from tests.flywheel.review.cases import add_cases
from tests.flywheel.review.conftest import SCRIPT, Site, ask, send

SAM = Viewer("sam")


def test_an_open_case_is_passed_by_and_named(rosa: TestClient, site: Site, store: Store) -> None:
    """Opening a page takes the case, fetching it ahead does not; who has it is told."""
    ids = add_cases(store)
    assert rosa.get(f"/cases/{ids[0]}", headers=SCRIPT).status_code == 200
    assert site.file(ids[0], SAM).lease is None
    rosa.get(f"/cases/{ids[0]}")
    lease = site.file(ids[0], SAM).lease
    assert lease is not None
    assert lease.holder == "rosa"
    assert ask(rosa, f"/cases/{ids[0]}/leave").json() == {"holder": None}
    assert site.file(ids[0], SAM).lease is None
    site.desk.take(ids[0], SAM)
    assert ask(rosa, f"/cases/{ids[0]}/lease").json() == {"holder": "sam"}
    assert "sam has this case open" in rosa.get(f"/cases/{ids[0]}").text
    assert "sam has it open" in rosa.get("/").text
    assert f'data-key="o" href="/cases/{ids[0]}"' not in rosa.get("/").text


def test_what_happened_meanwhile_is_told_before_it_is_decided_twice(
    rosa: TestClient, site: Site, store: Store
) -> None:
    """A colleague's lease, a colleague's decision, another text: told once, then one's own call."""
    ids = add_cases(store)
    site.desk.take(ids[0], SAM)
    told = ask(rosa, f"/cases/{ids[0]}", verdict="approve")
    assert told.status_code == 409
    assert told.json() == {"problem": "sam has this case open.", "forcible": True}
    page = send(rosa, f"/cases/{ids[0]}", verdict="edit", output="typed")
    assert page.status_code == 409
    assert "Decide all the same" in page.text
    assert ">\ntyped</textarea>" in page.text
    assert ask(rosa, f"/cases/{ids[0]}", verdict="approve", force="1").status_code == 200

    values = {"candidate_id": ids[1], "reviewer": "sam", "verdict": Verdict.REJECT, "reason": "no"}
    site.desk.decide(decision_now(values), SAM)
    told = ask(rosa, f"/cases/{ids[1]}", verdict="approve", state="pending")
    assert told.json()["problem"] == "Meanwhile this case was rejected by sam."
    told = ask(rosa, f"/cases/{ids[2]}", verdict="approve", text_version="t-old")
    assert told.json()["problem"].startswith("The text of this case has changed")
    told = ask(rosa, f"/cases/{ids[2]}", verdict="approve", output="another text")
    assert told.json()["problem"].startswith("You wrote another text")
    assert site.stands(ids[2])[0] == "pending"


def test_a_double_click_is_one_decision(rosa: TestClient, site: Site, store: Store) -> None:
    """Without script the form is sent twice: the answer to the second is that of the first."""
    ids = add_cases(store)
    answers = [send(rosa, f"/cases/{ids[0]}", verdict="approve", state="pending") for _ in "12"]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(site.desk.decisions()) == 1
    told = ask(rosa, f"/cases/{ids[1]}", verdict="skip").json()
    assert "you <b>1</b> today" in told["bar"]
    assert 'Publish now <span class="count">1</span>' in rosa.get("/").text


def test_a_case_passed_on_is_the_colleagues(rosa: TestClient, site: Site, store: Store) -> None:
    """It leaves one's queue and waits in theirs, with the note."""
    ids = add_cases(store)
    sent = ask(rosa, f"/cases/{ids[0]}", verdict="send", sent_to=" sam ", note="is this theirs?")
    assert sent.json()["said"] == "Passed on to sam."
    assert ids[0] not in rosa.get("/").text
    assert site.file(ids[0]).view.sent_to == "sam"
    assert "You passed it on to sam." in rosa.get(f"/cases/{ids[0]}").text


def test_a_text_is_checked_while_it_is_written(rosa: TestClient, site: Site, store: Store) -> None:
    """What would be stored, numbers that no source holds, the difference; nothing is kept."""
    candidate = add_cases(store)[0]
    typed = "Ask Anna.Keller@example.org: revenue was €1,284.6 million, not 77.7."
    text = ask(rosa, f"/cases/{candidate}/check", output=typed).text
    assert "Personal data is taken out" in text
    assert "<ins>&lt;EMAIL_ADDRESS_" in text
    assert "Anna.Keller" not in text
    assert "<b>77.7</b>" in text
    assert "<del>" in text
    assert "<html" not in text
    fine = ask(rosa, f"/cases/{candidate}/check", output="Revenue was €1,284.6 million.").text
    assert "Every number stands in the context" in fine
    assert (
        "empty text cannot be approved" in ask(rosa, f"/cases/{candidate}/check", output=" ").text
    )
    long = ask(rosa, f"/cases/{candidate}/check", output="x" * 1_000_001).text
    assert "longer than" in long
    assert site.desk.decisions() == []
