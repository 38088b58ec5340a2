"""The flow `curate` over facts in a store."""

from datetime import UTC, datetime

from prefect.client.orchestration import SyncPrefectClient

from flows.curate import curate
from flywheel.settings import Settings
from flywheel.steps.promote import run_promote
from flywheel.store import open_store
from tests.approve import approve
from tests.facts import add_feedback, add_interaction
from tests.flows.conftest import Told

QUESTION = "What did the Ostrava plant earn in 2019?"


def _one_bad_one_good(settings: Settings) -> None:
    store = open_store(settings)
    bad = add_interaction(store, QUESTION, "$58.1 million")
    for user in ("u-1", "u-2"):
        add_feedback(store, bad, "thumbs", -1, user=user)
        add_feedback(store, bad, "correction", correction="$85.1 million", user=user)
    good = add_interaction(store, "And in 2018?", "$79.0 million")
    for user in ("u-1", "u-2"):
        add_feedback(store, good, "thumbs", 1, user=user)
        add_feedback(store, good, "copy", 1.0, user=user)


def test_pending_candidates_are_shown_by_reason(
    prefect: SyncPrefectClient, settings: Settings
) -> None:
    """The table says for each side why cases wait; the run's message says how many."""
    _one_bad_one_good(settings)
    state = curate(home=str(settings.home), return_state=True)

    told = Told(prefect, state)
    rows = told.table("candidates")
    pending = sum(row["pending"] for row in rows)
    assert {row["target"] for row in rows} == {"golden", "bank"}
    assert state.message == f"{pending} new candidates; {pending} wait for a reviewer"
    assert told.progress == [100.0]


def test_a_second_run_proposes_nothing_and_keeps_the_queue(
    prefect: SyncPrefectClient, settings: Settings
) -> None:
    """Hourly runs do not pile up candidates."""
    _one_bad_one_good(settings)
    first = Told(prefect, curate(home=str(settings.home), return_state=True))
    state = curate(home=str(settings.home), return_state=True)

    again = Told(prefect, state)
    assert (state.message or "").startswith("0 new candidates")
    assert again.table("candidates") == first.table("candidates")


def test_what_the_bank_lacks_is_proposed(prefect: SyncPrefectClient, settings: Settings) -> None:
    """Hourly, without anybody asking for it; the question itself stays in the store."""
    store = open_store(settings)
    approve(store, "bank", "What was revenue in 2019?")
    run_promote(settings)
    add_interaction(store, QUESTION, context=None, time=datetime.now(UTC))
    state = curate(home=str(settings.home), return_state=True)
    assert state.message == "1 new candidates; 1 wait for a reviewer"
    told = Told(prefect, state)
    assert [row["reason"] for row in told.table("candidates") if row["pending"]] == ["coverage_gap"]
    assert "Ostrava" not in told.all_words


def test_no_text_of_a_case_reaches_prefect(prefect: SyncPrefectClient, settings: Settings) -> None:
    """Questions and answers stay in the store; Prefect gets counts."""
    _one_bad_one_good(settings)
    told = Told(prefect, curate(home=str(settings.home), return_state=True))

    assert "Ostrava" not in told.all_words
    assert "85.1" not in told.all_words
