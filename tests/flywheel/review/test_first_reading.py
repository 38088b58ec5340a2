"""The queue's page while the facts have not been read since the start."""

from flywheel.store import Store
from tests.facts import add_candidate
from tests.flywheel.review.conftest import Site


def test_a_queue_that_is_not_read_yet_is_not_called_empty(site: Site, store: Store) -> None:
    """Beside a writer at the start: nobody reads that every case is decided when none is known."""
    add_candidate(store)
    client = site.visit()
    assert client.get(site.login.link).status_code == 303
    with store.turn():
        shown = client.get("/").text
    assert "The queue is being read" in shown
    assert "data-look-again" in shown, "script looks again by itself"
    assert "The queue is empty" not in shown
    assert "data-entry" in client.get("/").text
