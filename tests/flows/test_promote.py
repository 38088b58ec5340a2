"""The flow `promote` over decided candidates."""

from prefect.client.orchestration import SyncPrefectClient

from flows.promote import promote
from flywheel.settings import Settings
from flywheel.store import open_store
from tests.approve import decide
from tests.facts import add_candidate
from tests.flows.conftest import Told


def _decided(settings: Settings) -> str:
    """A golden and a bank case approved, one approved whose case is golden already."""
    store = open_store(settings)
    decide(store, add_candidate(store, "golden", question="What was the revenue of Ostrava?"))
    decide(store, add_candidate(store, "bank", question="How many people work in Lisbon?"))
    leaking = add_candidate(store, "bank", question="What was the revenue of Ostrava?")
    decide(store, leaking)
    return leaking


def test_a_release_has_a_page_with_counts_files_and_refusals(
    prefect: SyncPrefectClient, settings: Settings
) -> None:
    """What was added, what was refused and why, and each file's hash."""
    leaking = _decided(settings)
    state = promote(home=str(settings.home), return_state=True)

    told = Told(prefect, state)
    page = told.artifact("release")["data"]
    current = (settings.releases_path / "current").read_text().strip()
    assert state.message == f"2 added, 0 withdrawn, 1 refused; release {current} published"
    assert f"# Release {current} published" in page
    assert "| **in the release** | **1** | **1** |" in page
    assert "`golden.jsonl`" in page
    assert leaking in page


def test_without_new_decisions_the_release_stays(
    prefect: SyncPrefectClient, settings: Settings
) -> None:
    """The same content publishes nothing, and the run says so."""
    _decided(settings)
    promote(home=str(settings.home), return_state=True)
    state = promote(home=str(settings.home), return_state=True)

    assert (state.message or "").endswith("unchanged")
    assert "stays" in Told(prefect, state).artifact("release")["data"]


def test_nothing_approved_is_no_error(prefect: SyncPrefectClient, settings: Settings) -> None:
    """An event that comes too early ends in a page that says there is no release."""
    state = promote(home=str(settings.home), return_state=True)

    assert state.is_completed()
    assert "No release yet" in Told(prefect, state).artifact("release")["data"]


def test_no_text_of_an_example_reaches_prefect(
    prefect: SyncPrefectClient, settings: Settings
) -> None:
    """The page names files and hashes; examples are in the release."""
    _decided(settings)
    told = Told(prefect, promote(home=str(settings.home), return_state=True))

    assert "Ostrava" not in told.all_words
    assert "85.1" not in told.all_words
