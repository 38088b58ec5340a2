"""The week: repeatable, as busy as stated, and with the shares that the seeds state."""

import json
from collections import Counter

import pytest

from flywheel.demo.seeds import seeds
from flywheel.demo.simulation import Simulation, interaction_event, simulate
from flywheel.demo.week import MONDAY_NINE, THURSDAY
from schemas.event import EVENT, Feedback, Interaction


@pytest.fixture(scope="module")
def week() -> Simulation:
    """One week."""
    return simulate(1)


def test_the_same_seed_gives_the_same_week_and_another_one_another() -> None:
    """To the last byte of every event."""
    first, again, other = simulate(1), simulate(1), simulate(2)
    assert first == again
    assert [interaction_event(a) for a in first.asked] != [
        interaction_event(a) for a in other.asked
    ]


def test_some_six_hundred_questions_between_thursday_and_monday_nine(week: Simulation) -> None:
    """As many a day as the seeds say; nothing before the week and nothing after nine."""
    assert Counter(one.day for one in week.asked) == Counter(seeds("behaviour")["days"])
    assert len(week.asked) == 600
    assert all(THURSDAY < one.time < MONDAY_NINE for one in week.asked)
    assert all(event["time"] <= MONDAY_NINE.isoformat() for event in week.feedback)


def test_v1_answers_until_friday_and_is_right(week: Simulation) -> None:
    """Every answer; from Saturday on it is v2."""
    before = [one for one in week.asked if one.day in ("thursday", "friday")]
    assert {one.model for one in before} == {"v1"}
    assert {one.model for one in week.asked if one not in before} == {"v2"}
    assert all(one.right for one in before)


def test_v2_breaks_europe_and_only_europe(week: Simulation) -> None:
    """Nearly all European answers are wrong from Saturday on, no American one is."""
    after = [one for one in week.asked if one.model == "v2"]
    europe = [one for one in after if one.company.region == "Europe"]
    assert all(one.right for one in after if one not in europe)
    assert sum(not one.right for one in europe) / len(europe) > 0.9
    assert 0.4 < len(europe) / len(after) < 0.6


def test_users_seldom_use_thumbs_and_mostly_act(week: Simulation) -> None:
    """Rewrites and regenerations outnumber thumbs many times over."""
    signals = Counter(event["signal"] for event in week.feedback)
    assert signals["rewrite"] + signals["regenerate"] > 5 * signals["thumbs"] > 0
    assert signals["correction"] > 0


def test_what_users_do_follows_the_stated_shares(week: Simulation) -> None:
    """Within what chance allows in one week."""
    for right, name in ((True, "right"), (False, "wrong")):
        answers = {o.id for o in week.asked if (o.right and o.on_topic) is right}
        for signal, share in seeds("behaviour")[name].items():
            count = sum(
                e["signal"] == signal and e["interaction_id"] in answers for e in week.feedback
            )
            spread = 4 * (share * (1 - share) / len(answers)) ** 0.5
            assert abs(count / len(answers) - share) < spread + 0.03, (name, signal)


def test_a_third_of_the_questions_carry_personal_data_of_five_kinds(week: Simulation) -> None:
    """And each planted value really stands in the text."""
    with_data = [one for one in week.asked if one.question.planted]
    assert 0.28 < len(with_data) / len(week.asked) < 0.42
    assert all(v in one.question.text for one in with_data for v in one.question.planted)
    assert set(week.planted.values()) == {
        "PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE",
    }  # fmt: skip


def test_every_planted_value_of_comments_is_known(week: Simulation) -> None:
    """Whatever stands in a comment after "Call me on" is on the list."""
    for event in week.feedback:
        comment = event.get("comment", "")
        if "Call me on " in comment:
            phone = comment.split("Call me on ")[1].split(",")[0]
            assert week.planted[phone] == "PHONE_NUMBER"


def test_every_event_keeps_the_event_format(week: Simulation) -> None:
    """The schemas accept each line."""
    for one in week.asked:
        assert isinstance(EVENT.validate_json(json.dumps(interaction_event(one))), Interaction)
    for event in week.feedback:
        assert isinstance(EVENT.validate_json(json.dumps(event)), Feedback)


def test_the_app_does_not_know_which_model_answers(week: Simulation) -> None:
    """The provider's name for it stays: the change is silent."""
    assert {interaction_event(one)["model"] for one in week.asked} == {"summit-large"}
