"""The whole week, drawn from one seed: questions, answers, what users did, and the truth."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from flywheel.demo.answers import right_answer
from flywheel.demo.companies import PERIODS, Company, make_companies, report
from flywheel.demo.models import answer
from flywheel.demo.people import Person, make_people
from flywheel.demo.questions import Question, ask
from flywheel.demo.seeds import chance, seeds
from flywheel.demo.starters import make_starters
from flywheel.demo.users import Reaction, react
from flywheel.demo.week import MONDAY_NINE, Day, draw_times, make_week

Event = dict[str, Any]
"""One line of the event format."""


@dataclass(frozen=True)
class Asked:
    """One question and its answer, with what only the simulation knows."""

    id: str
    time: datetime
    day: str
    person: Person
    company: Company
    question: Question
    model: str
    output: str
    consent: bool

    @property
    def latency_ms(self) -> int:
        """No worse for a wrong answer: nothing to see on a dashboard."""
        return 400 + (len(self.question.text) * 37 + len(self.output) * 11) % 500

    @property
    def on_topic(self) -> bool:
        """Whether the report can answer it at all."""
        return self.question.on_topic

    @property
    def right(self) -> bool:
        """Whether the model said the truth."""
        return self.output == self.question.truth


@dataclass(frozen=True)
class Simulation:
    """A week of the app's life."""

    seed: int
    companies: list[Company]
    starters: list[Event]
    """Checked cases from before the week, as `flywheel import golden` reads them."""
    asked: list[Asked]
    feedback: list[Event]
    planted: dict[str, str]
    """Every piece of personal data that went into a text or an id: value to kind."""

    def truth(self, interaction_id: str) -> Asked:
        """What was asked under this id; raises `KeyError`."""
        return {one.id: one for one in self.asked}[interaction_id]


def simulate(seed: int) -> Simulation:
    """Draw the week; the same seed gives the same week to the last byte."""
    companies, people = make_companies(seed), make_people(seed)
    random = chance(seed, "questions")
    asked: list[Asked] = []
    for day in make_week():
        for time in draw_times(random, day):
            asked.append(_ask_one(random, len(asked), time, day, companies, people))
    feedback, planted = _react_to_all(chance(seed, "users"), asked)
    for one in asked:
        planted |= one.question.planted
    planted |= {one.person.email: "EMAIL_ADDRESS" for one in asked}
    starters = make_starters(seed, companies, people)
    return Simulation(seed, companies, starters, asked, feedback, dict(sorted(planted.items())))


def interaction_event(one: Asked) -> Event:
    """The line that the app logs for an answer."""
    tokens = len(one.question.text) // 4
    return {
        "type": "interaction",
        "id": one.id,
        "time": one.time.isoformat(),
        "app": "earnings-desk",
        "feature": one.question.feature,
        "tenant": one.person.tenant,
        "user": one.person.user,
        "session": f"{one.person.user}/{one.day}",
        "model": "summit-large",  # what the provider calls it, before and after
        "provider": "summit",
        "system_fingerprint": f"fp-{one.model}",
        "prompt": {"name": "earnings_qa", "version": "1"},
        "messages": [{"role": "user", "content": one.question.text}],
        "context": [{"id": f"{one.company.slug}-2024-q4", "text": report(one.company)}],
        "output": one.output,
        "usage": {"input_tokens": 260 + tokens, "output_tokens": len(one.output) // 4},
        "latency_ms": one.latency_ms,
        "consent": one.consent,
        "tags": {"region": one.company.region},
    }


def _ask_one(
    random: Random,
    number: int,
    time: datetime,
    day: Day,
    companies: list[Company],
    people: list[Person],
) -> Asked:
    company, person = random.choice(companies), random.choice(people)
    question = ask(random, company, person)
    messages = [("user", f"{report(company)}\n\n{question.text}")]
    return Asked(
        id=f"msg-{number + 1:04d}",
        time=time,
        day=day.name,
        person=person,
        company=company,
        question=question,
        model=day.model,
        output=answer(day.model, messages),
        consent=random.random() >= seeds("behaviour")["questions"]["no_consent"],
    )


def _react_to_all(random: Random, asked: list[Asked]) -> tuple[list[Event], dict[str, str]]:
    events: list[Event] = []
    planted: dict[str, str] = {}
    for one in asked:
        wanted = one.question.wanted
        other = replace(wanted, period=PERIODS[1 - PERIODS.index(wanted.period)])
        mistaken = right_answer(one.company, other)
        happy = one.right and one.on_topic  # who is refused a favour is not
        for reaction in react(random, one.person, one.question, happy, mistaken):
            if reaction.signal == "correction" and not one.on_topic:
                continue
            events.append(_feedback_event(len(events) + 1, one, reaction))
            planted |= dict(reaction.planted)
    return events, planted


def _feedback_event(number: int, one: Asked, reaction: Reaction) -> Event:
    time = min(one.time + timedelta(seconds=reaction.delay_s), MONDAY_NINE)
    event: Event = {
        "type": "feedback",
        "id": f"fb-{number:04d}",
        "time": time.isoformat(),
        "interaction_id": one.id,
        "signal": reaction.signal,
        "user": one.person.user,
    }
    for key in ("value", "comment", "correction"):
        value = getattr(reaction, key)
        if value is not None:
            event[key] = value
    return event
