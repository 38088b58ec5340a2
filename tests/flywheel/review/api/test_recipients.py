"""A program passes a case on to who sees it, as the page does."""

from tests.flywheel.review.api.conftest import As, World

STRANGER = "jane.miller@miller.example"


def test_the_api_knows_colleagues_too(ask: As, world: World) -> None:
    """409 for a stranger; the case stays where it is."""
    path = f"/api/v1/cases/{world.cases[0]}/decisions"
    for name, status in ((STRANGER, 409), ("tom", 409), ("ben", 201)):
        answer = ask("rosa").post(path, json={"verdict": "send", "sent_to": name})
        assert answer.status_code == status, name
    assert [one.decision.sent_to for one in world.desk.decisions()] == ["ben"]
    missing = ask("tom").post(path, json={"verdict": "send", "sent_to": "rosa"})
    assert missing.status_code == 404
