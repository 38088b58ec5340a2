"""flywheel.desk: the queue at once, and a decision that is durable when it is acknowledged."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from flywheel.desk import Desk, Filters, Viewer, outbox, settle
from flywheel.desk.mirror import Progress
from flywheel.desk.tables import FILE, Tables
from flywheel.errors import InputError, StoreError
from flywheel.settings import Settings
from flywheel.steps.erase import erase_user
from flywheel.steps.promote import run_promote
from flywheel.steps.queue import export_decisions
from flywheel.store import Store, open_store
from schemas.decision import Decision, Verdict
from schemas.target import Target
from tests.facts import add_candidate, add_draw

ANN, BOB = Viewer("ann"), Viewer("bob")
LEA = Viewer("lea", adjudicates=True)
PENDING = Filters()


@pytest.fixture
def store(settings: Settings) -> Store:
    """The test's store."""
    return open_store(settings)


@pytest.fixture
def desk(settings: Settings, store: Store) -> Iterator[Desk]:
    """A desk without its background thread: tests say when it settles."""
    with store.transaction():
        pass
    yield Desk(settings)


def say(candidate_id: str, verdict: str = "approve", **fields: Any) -> Decision:
    """A decision of this moment."""
    needed: dict[str, dict[str, Any]] = {
        "reject": {"reason": "Not typical"},
        "edit": {"output": "By 12.4%."},
        "send": {"sent_to": "bob"},
    }
    said = {
        "candidate_id": candidate_id,
        "verdict": Verdict(verdict),
        "reviewer": "?",
        "time": datetime.now(UTC).isoformat(),
    }
    return Decision.model_validate(said | needed.get(verdict, {}) | fields)


def ids(desk: Desk, viewer: Viewer = ANN, **filters: Any) -> list[str]:
    """What the queue shows."""
    return [entry.candidate_id for entry in desk.find(Filters(**filters), viewer)]


def facts(settings: Settings, path: Path) -> list[dict[str, Any]]:
    """The decisions in the store, as the export has them."""
    export_decisions(settings, path, state="all")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [line for line in lines if line["kind"] == "decision"]


def test_the_most_telling_comes_first_and_what_was_drawn_before_it(
    desk: Desk, store: Store
) -> None:
    """Drawn in the order of the draws; then with an ideal output; then the surest."""
    unsure = add_candidate(store, question="a", p_good=0.2)
    sure = add_candidate(store, question="b", p_good=0.01)
    unwritten = add_candidate(store, question="c", p_good=0.0, proposed_output=None)
    drawn = add_candidate(store, question="d", p_good=0.4)
    add_draw(store, drawn, stratum="random")
    assert ids(desk) == [drawn, sure, unsure, unwritten]
    assert ids(desk, drawn="random") == [drawn]
    order = [desk.next(PENDING, ANN, after) for after in (None, drawn, sure, unsure, unwritten)]
    assert order == [drawn, sure, unsure, unwritten, drawn]
    assert desk.previous(PENDING, ANN, sure) == drawn
    assert desk.previous(PENDING, ANN, drawn) is None


def test_filters_and_their_counts(desk: Desk, store: Store) -> None:
    """All filters hold together; the counts say what each choice would show."""
    evidence = json.dumps(
        [{"signal": "thumbs", "kind": "explicit", "votes": 1, "log_odds": -2.5, "note": "1 thumb"}]
    )
    thumbed = add_candidate(store, question="How large was the Dividend?", evidence=evidence)
    bank = add_candidate(store, "bank", question="b", feature="chat", day="2025-02-01")
    other = add_candidate(store, question="c", tenant="globex", reason_code="rising")
    assert ids(desk, target="bank") == [bank] == ids(desk, feature="chat")
    assert ids(desk, since="2025-02-01") == [bank] == ids(desk, until="2025-03-01", target="bank")
    assert ids(desk, tenant="globex") == [other] == ids(desk, reason="rising")
    assert ids(desk, signal="thumbs") == [thumbed] == ids(desk, text="dividend lar")
    assert ids(desk, text='"dividend') == [thumbed]
    assert ids(desk, text="dividend", target="bank") == []
    counts = desk.count(Filters(target="golden"), ANN)
    assert counts.shown == 2 and counts.by_state["pending"] == 2
    assert counts.facets["target"] == {"golden": 2, "bank": 1}
    assert counts.facets["tenant"] == {"acme": 1, "globex": 1}
    assert counts.facets["signal"] == {"thumbs": 1}


def test_a_tenants_reviewer_sees_that_tenant_alone(desk: Desk, store: Store) -> None:
    """In the list, in the counts, case by case, and when deciding."""
    own = add_candidate(store, question="a")
    other = add_candidate(store, question="b", tenant="globex")
    bound = Viewer("tom", tenant="acme")
    assert ids(desk, bound) == [own]
    assert desk.count(PENDING, bound).by_state["pending"] == 1
    assert desk.case(other, bound) is None and desk.take(other, bound) is None
    assert desk.next(PENDING, bound, own) is None
    with pytest.raises(InputError, match="no such candidate"):
        desk.decide(say(other), bound)
    desk.decide(say(other), ANN)
    assert desk.decisions(Viewer("", tenant="acme")) == []


def test_a_decision_counts_at_once_and_becomes_one_fact(
    desk: Desk, store: Store, settings: Settings, tmp_path: Path
) -> None:
    """The page does not wait for the database; said twice, or settled twice, it is one."""
    case = add_candidate(store)
    id = desk.decide(say(case, target=Target.BANK, labels=("typical",), note="fine"), ANN)
    assert desk.decide(say(case, target=Target.BANK, labels=("typical",), note="fine"), ANN) == id
    assert ids(desk) == [] and ids(desk, state="approved") == [case]
    assert settle(settings) == 1 and settle(settings) == 0
    [fact] = facts(settings, tmp_path / "facts.jsonl")
    expected = {"reviewer": "ann", "target": "bank", "labels": ["typical"], "note": "fine"}
    assert expected.items() <= fact.items()
    desk.refresh()
    seen = desk.case(case, ANN)
    assert seen is not None and [one.decision_id for one in seen.mine] == [id]
    assert (seen.view.state, seen.view.goes_to) == ("approved", "bank")


def test_decisions_that_keep_coming_do_not_keep_who_settles(
    desk: Desk, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A promotion appends what was taken until it began; what comes meanwhile is the next one's."""
    cases = [add_candidate(store, case_id=f"k-{n}") for n in range(4)]
    desk.refresh()
    desk.decide(say(cases.pop()), ANN)
    append = outbox.append_decisions

    def append_while_another_comes(*arguments: Any) -> list[bool | str]:
        if cases:
            desk.decide(say(cases.pop()), ANN)
        return append(*arguments)

    monkeypatch.setattr(outbox, "append_decisions", append_while_another_comes)
    assert [settle(settings) for _ in range(5)] == [1, 1, 1, 1, 0]


def test_a_decision_shows_at_once_with_all_that_it_says(desk: Desk, store: Store) -> None:
    """Before it is a fact, and before anything is read anew."""
    case = add_candidate(store)
    said = say(case, "edit", output="By 12.4%.", labels=("typical",), note="seen", critical=True)
    desk.decide(said, ANN)
    seen = desk.case(case, BOB)
    assert seen is not None
    view = seen.view
    assert (view.decided_output, view.note) == ("By 12.4%.", "seen")
    assert (view.labels, view.critical) == (("typical",), True)


def test_a_page_does_not_wait_for_a_long_first_reading(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows what is there after a moment, and how much is still to be read."""
    begun, ended = Event(), Event()

    def slow(tables: Tables, store: Store, progress: Progress, **options: bool) -> bool:
        progress(2_000, 9_000)
        begun.set()
        return ended.wait(30)

    monkeypatch.setattr("flywheel.desk.desk.refresh", slow)
    monkeypatch.setattr("flywheel.desk.desk._FIRST_S", 0.01)
    desk = Desk(settings)
    desk.start()
    try:
        assert begun.wait(30)
        assert ids(desk) == [] and desk.reading == (2_000, 9_000)
    finally:
        ended.set()
        desk.stop()


def test_undo_leaves_what_stood_before(desk: Desk, store: Store, settings: Settings) -> None:
    """A fact that takes another back; only one's own, and only once."""
    case = add_candidate(store)
    desk.decide(say(case, "reject"), BOB)
    wrong = desk.decide(say(case), ANN)
    last = desk.last(ANN)
    assert last is not None and last.decision_id == wrong
    with pytest.raises(InputError, match="of yours"):
        desk.decide(say(case, "undo", undoes=wrong), BOB)
    desk.decide(say(case, "undo", undoes=wrong), ANN)
    assert ids(desk, state="rejected") == [case] and desk.last(ANN) is None
    settle(settings)
    with store.transaction() as connection:
        [state] = connection.execute("SELECT state FROM candidate_states").fetchone() or ()
    assert state == "rejected"


def test_what_one_skips_waits_last_for_that_one_alone(desk: Desk, store: Store) -> None:
    """A colleague still finds it in its place."""
    first, second = add_candidate(store, p_good=0.0), add_candidate(store, question="b")
    desk.decide(say(first, "skip"), ANN)
    assert ids(desk) == [second, first] and ids(desk, BOB) == [first, second]
    assert [entry.skipped for entry in desk.find(PENDING, ANN)] == [False, True]
    assert desk.next(PENDING, ANN, second) == first


def test_a_case_that_was_sent_is_the_colleagues(desk: Desk, store: Store) -> None:
    """It leaves the others' queues and stands in the colleague's as theirs."""
    case = add_candidate(store)
    desk.decide(say(case, "send", note="Is this our wording?"), ANN)
    assert ids(desk) == [] and ids(desk, BOB) == [case] == ids(desk, BOB, mine=True)


def test_a_case_that_was_sent_can_be_found_by_others(desk: Desk, store: Store) -> None:
    """Its colleague may be away, or gone: it can be decided, or passed on, by who looks for it."""
    case, other = add_candidate(store), add_candidate(store, question="b")
    desk.decide(say(case, "send", note="Is this our wording?"), ANN)
    assert ids(desk, passed=True) == [case] and ids(desk, BOB, passed=True) == []
    assert desk.count(Filters(passed=True), ANN).by_state["pending"] == 1
    assert desk.next(Filters(passed=True), ANN) == case
    desk.decide(say(case, "reject", reason="wrong"), ANN)
    assert ids(desk, passed=True) == [] and ids(desk) == [other]


def test_an_open_case_is_passed_by(desk: Desk, store: Store) -> None:
    """Two people do not decide one case; a lease that ran out holds nobody up."""
    first, second = add_candidate(store, p_good=0.0), add_candidate(store, question="b")
    taken = desk.take(first, ANN)
    assert taken is not None and taken.holder == "ann"
    refused = desk.take(first, BOB)
    assert refused is not None and refused.holder == "ann"
    assert desk.next(PENDING, BOB) == second and desk.next(PENDING, ANN) == first
    assert [entry.open_by for entry in desk.find(PENDING, BOB)] == ["ann", None]
    desk.give_back(first, ANN)
    assert desk.next(PENDING, BOB) == first
    desk.take(first, ANN, seconds=-1)
    assert desk.next(PENDING, BOB) == first


def test_two_judge_blind_and_a_lead_settles(desk: Desk, store: Store, settings: Settings) -> None:
    """Neither sees the other's verdict before giving one; neither of them settles the case."""
    case = add_candidate(store)
    add_draw(store, case, reviewers=2)
    assert desk.take(case, ANN) == desk.take(case, ANN) or desk.take(case, ANN)
    taken = desk.take(case, BOB)
    assert taken is not None and taken.holder == "bob"  # two may have it open
    desk.decide(say(case), ANN)
    assert ids(desk) == [] and ids(desk, BOB) == [case]
    seen = desk.case(case, BOB)
    assert seen is not None and seen.others == () and seen.view.verdict is None
    [entry] = desk.find(PENDING, BOB)
    assert (entry.verdict, entry.reviewer) == (None, None)
    desk.decide(say(case, "reject"), BOB)
    assert ids(desk, LEA, state="disputed") == [case]
    blind = desk.case(case, ANN)
    assert blind is not None and blind.others == ()
    for viewer, words in ((BOB, "for leads"), (Viewer("ann", adjudicates=True), "one of the two")):
        with pytest.raises(InputError, match=words):
            desk.decide(say(case, adjudicates=True), viewer)
    seen = desk.case(case, LEA)
    assert seen is not None and len(seen.others) == 2
    desk.decide(say(case, adjudicates=True), LEA)
    assert ids(desk, state="approved") == [case]
    settle(settings)
    with store.transaction() as connection:
        rows = connection.execute("SELECT state, reviewer FROM candidate_states").fetchall()
    assert rows == [("approved", "lea")]


def test_bulk_decides_what_was_seen_or_nothing(desk: Desk, store: Store) -> None:
    """When the number changed meanwhile, nothing is decided."""
    cases = [add_candidate(store, question=f"q{n}", feature="chat") for n in range(3)]
    chat = Filters(feature="chat")
    with pytest.raises(InputError, match="do not show 4"):
        desk.decide_all(chat, ANN, lambda entry: say(entry.candidate_id, "reject"), 4)
    assert len(ids(desk)) == 3
    report = desk.decide_all(chat, ANN, lambda entry: say(entry.candidate_id, "reject"), 3)
    assert (report.decided, report.refused) == (3, ())
    assert sorted(ids(desk, state="rejected")) == sorted(cases)


def test_what_a_reviewer_types_is_scrubbed_before_it_is_written(
    desk: Desk, store: Store, settings: Settings
) -> None:
    """No e-mail address of an ideal output, a reason or a note is in any file of the home, and no
    number of somebody's where names of versions and criteria are kept as they come."""
    address = "jane.roe@example.com"
    case, other = add_candidate(store), add_candidate(store, question="b")
    desk.decide(say(case, "edit", output=f"Ask {address}.", note=f"from {address}"), ANN)
    desk.decide(say(other, "reject", reason=f"{address} is in it"), ANN)
    desk.decide(say(other, "send", sent_to=address), ANN)
    planted = (address, "536-22-1109", "198.18.4.105", "00:1a:2b:3c:4d:5e", "AB123456C")
    for one in planted:
        for verdict, more in (
            ("skip", {"text_version": one}),
            ("approve", {"rubric": {one: 3}}),
        ):
            with pytest.raises(InputError, match="names stay as they come"):
                desk.decide(say(case, verdict, **more), ANN)
    with pytest.raises(InputError, match="labels"):
        desk.decide(say(case, labels=("call +49 30 901820",)), ANN)
    settle(settings)
    files = [path for path in settings.home.rglob("*") if path.is_file()]
    assert settings.home / FILE in files
    found = [one for path in files for one in planted if one.encode() in path.read_bytes()]
    assert found == []


def test_others_decisions_and_cases_come_in(desk: Desk, store: Store, settings: Settings) -> None:
    """What a script or a second page decides shows here; a promotion takes what is decided here."""
    case = add_candidate(store)
    assert ids(desk) == [case]
    Desk(settings).decide(say(case), BOB)
    assert ids(desk, state="approved") == [case]
    assert run_promote(settings).added == {"golden": 1, "bank": 0}


def test_an_erased_user_is_in_no_byte_of_it(desk: Desk, store: Store, settings: Settings) -> None:
    """Neither in the mirror nor in its index of words, and the page knows nothing of the case."""
    add_candidate(store, question="Zyzzyva quagga?", output="Zyzzyva")
    kept = add_candidate(store, question="Other", interaction_id=None)
    [gone] = ids(desk, text="zyzzyva")
    desk.decide(say(gone, "edit", output="Zyzzyva too."), ANN)
    erase_user(settings, "u-asker")
    assert ids(desk, text="zyzzyva") == [] and desk.case(gone, ANN) is None
    assert ids(desk) == [kept]
    for path in settings.home.glob(f"{FILE}*"):
        assert b"yzzyva" not in path.read_bytes().lower()


def test_a_full_disk_acknowledges_nothing(desk: Desk, store: Store) -> None:
    """The page says so in one line, and the case waits as before."""
    case = add_candidate(store)
    assert ids(desk) == [case]
    desk._tables.connection.execute("PRAGMA max_page_count = 1")  # SQLite's own full disk
    with pytest.raises(Exception, match="SQLITE_FULL") as raised:
        for number in range(200):
            desk.decide(say(case, "reject", reason=f"{number} " + "no " * 1_000), ANN)
    assert not isinstance(raised.value, sqlite3.Error)
    assert ids(desk) in ([case], [])


def test_what_undo_would_take_back_is_of_ones_tenant(desk: Desk, store: Store) -> None:
    """Who was bound to a tenant since does not get at what they wrote about another's case."""
    own = add_candidate(store, question="Own?", tenant="acme")
    others = add_candidate(store, question="Others?", tenant="bolt")
    desk.decide(say(own, "reject", reason="mine"), ANN)
    desk.decide(say(others, "reject", reason="not mine any more"), ANN)
    newest = desk.last(Viewer(ANN.name, tenant="acme"))
    assert newest is not None
    assert newest.decision.candidate_id == own
    assert desk.last(Viewer(ANN.name, tenant="other")) is None


def test_a_case_that_is_not_read_yet_is_not_unknown(settings: Settings, store: Store) -> None:
    """At the first start, and anew after an erasure: to be told that it was erased would be false;
    one that is not there when all is read is.
    """
    candidate_id = add_candidate(store)
    desk = Desk(settings)
    with store.turn():
        for ask in (desk.case, desk.take):
            with pytest.raises(StoreError, match="still being read"):
                ask(candidate_id, ANN)
        with pytest.raises(StoreError, match="still being read"):
            desk.decide(say(candidate_id), ANN)
    assert desk.case("c-never", ANN) is None
    assert desk.decide(say(candidate_id), ANN)


def test_the_end_does_not_wait_for_who_has_the_database(
    desk: Desk, settings: Settings, store: Store, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Ctrl-C beside a long ingest: no traceback, and the next one settles what is left."""
    monkeypatch.setattr("flywheel.desk.desk._LAST_S", 0.1)
    candidate_id = add_candidate(store)
    for start in (lambda: None, desk.start):
        desk.refresh()
        with store.turn():
            start()
            desk.decide(say(candidate_id, "skip", note=str(start)), ANN)
            desk.stop()
        assert "waits in desk.sqlite for the next command" in caplog.text
        caplog.clear()
    settle(settings)
    with store.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM decisions").fetchall() == [(2,)]


def test_nobody_keeps_the_whole_queue_open(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that opens case after case lets go of the first; one held on to stays."""
    monkeypatch.setattr("flywheel.desk.desk._MOST_OPEN", 2)
    one, two, three = (add_candidate(store, question=text) for text in "abc")
    for candidate_id in (one, two, one, three):
        desk.take(candidate_id, ANN)
    held = [desk.take(candidate_id, BOB) for candidate_id in (one, two, three)]
    assert [lease and lease.holder for lease in held] == ["ann", "bob", "ann"]
