"""One's own decisions on the next page, while another process has the database."""

from starlette.testclient import TestClient

from flywheel.store import Store
from tests.flywheel.review.cases import add_cases
from tests.flywheel.review.conftest import Site, last, send


def test_ones_own_decision_is_on_the_next_page_though_the_database_is_busy(
    rosa: TestClient, site: Site, store: Store
) -> None:
    """Beside a long ingest: list, case and undo show what one just did; it is settled later."""
    ids = add_cases(store)
    assert f'href="/cases/{ids[2]}' in rosa.get("/").text
    with store.turn():
        assert send(rosa, f"/cases/{ids[2]}", verdict="approve").status_code == 303
        assert f'href="/cases/{ids[2]}' not in rosa.get("/").text
        assert f'href="/cases/{ids[2]}' in rosa.get("/?state=approved").text
        assert site.stands(ids[2]) == ("approved", "approve")
        assert send(rosa, "/undo", decision=last(rosa)).status_code == 303
        assert f'href="/cases/{ids[2]}' in rosa.get("/").text
    assert site.stands(ids[2])[0] == "pending"
