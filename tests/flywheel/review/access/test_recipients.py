"""A case is passed on to who sees it, and no other name that is typed there is written down."""

from pathlib import Path

import pytest

from flywheel.review.access import Role
from flywheel.review.access.sessions import Holder
from flywheel.review.recipients import colleagues
from flywheel.settings import Settings
from flywheel.store import Store
from tests.facts import add_candidate
from tests.flywheel.review.access.conftest import CSRF, MakeTeam, Team

STRANGER = "jane.miller@miller.example"
NUMBER = "4915112345678"


def _on_disk(home: Path, text: str) -> list[str]:
    files = [path for path in home.rglob("*") if path.is_file()]
    return [path.name for path in files if text.encode() in path.read_bytes()]


@pytest.mark.parametrize("name", [STRANGER, "nobody", "otto"])
def test_who_does_not_see_a_case_is_not_sent_it(team: Team, store: Store, name: str) -> None:
    """It would wait for nobody, and an address that somebody typed would stand in two databases."""
    team.access.users.add("otto", Role.REVIEWER, tenant="bolt")
    case = add_candidate(store, tenant="acme")
    answer = team.enter("rosa").post(
        f"/cases/{case}", data={"csrf": CSRF, "verdict": "send", "sent_to": name, "force": "1"}
    )
    desk = team.app.state.review.desk
    desk.settle()
    assert answer.status_code == 400
    assert "Nobody of this name" in answer.text
    assert not desk.decisions()
    assert not _on_disk(store.path.parent, STRANGER)


def test_a_colleague_who_sees_it_is_sent_it(team: Team, store: Store) -> None:
    """A user, or somebody whom a provider let in; who is bound hears of their tenant's alone."""
    case = add_candidate(store, tenant="acme")
    team.hold(Holder("oidc", "gus", None, "reviewer", None))
    team.access.users.add("otto", Role.REVIEWER, tenant="bolt")
    rosa = team.enter("rosa")
    for name in ("ines", "gus", "owner"):
        form = {"csrf": CSRF, "verdict": "send", "sent_to": name, "force": "1"}
        assert rosa.post(f"/cases/{case}", data=form).status_code == 303
        assert team.app.state.review.desk.decisions()[-1].decision.sent_to == name
    rosas = team.access.tokens.principal(
        team.access.tokens.make(team.access.users, "rosa", "", None)
    )
    assert rosas is not None
    assert colleagues(team.access, rosas, "acme") == ["ada", "gus", "ines", "lena"]
    assert "otto" in colleagues(team.access, rosas, "bolt")


def test_alone_on_a_laptop_a_handle_will_do(make_team: MakeTeam, store: Store) -> None:
    """There are no users to choose from; an address is refused all the same."""
    owner = make_team().hold(Holder("link", "owner"))
    case = add_candidate(store)
    for name, status in (("sam", 303), (STRANGER, 400), ("Jane Miller", 400)):
        form = {"csrf": CSRF, "verdict": "send", "sent_to": name, "force": "1"}
        assert owner.post(f"/cases/{case}", data=form).status_code == status, name


def test_a_number_for_a_colleague_is_not_kept_in_the_session(
    make_team: MakeTeam, store: Store, settings: Settings
) -> None:
    """What the next page tells waits on the disk for it."""
    owner, case = make_team().hold(Holder("link", "owner")), add_candidate(store)
    form = {"csrf": CSRF, "verdict": "send", "sent_to": NUMBER, "force": "1"}
    assert owner.post(f"/cases/{case}", data=form).status_code == 303
    assert _on_disk(settings.home, NUMBER) == []
    assert "Passed on to person-" in owner.get("/").text
