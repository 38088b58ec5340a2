"""Questions about the reports, some with the asker's personal data in them."""

from dataclasses import dataclass
from random import Random
from typing import Final

from flywheel.demo.answers import Kind, Wanted, right_answer
from flywheel.demo.companies import PERIODS, Company
from flywheel.demo.people import Person
from flywheel.demo.seeds import seeds

_WEIGHTS: Final = {
    Kind.REVENUE: 26,
    Kind.OPERATING_INCOME: 22,
    Kind.NET_INCOME: 14,
    Kind.REGION: 14,
    Kind.SUMMARY: 12,
    Kind.GROWTH: 8,
    Kind.MARGIN: 4,
}


@dataclass(frozen=True)
class Question:
    """One question, what it is after, and what it gives away."""

    text: str
    bare: str
    """Without the personal part."""
    wanted: Wanted
    truth: str
    feature: str
    planted: dict[str, str]
    """Personal data in the text: value to kind."""

    @property
    def on_topic(self) -> bool:
        """Whether the report can answer it at all."""
        return self.wanted.kind is not Kind.OFF_TOPIC


def ask(random: Random, company: Company, person: Person) -> Question:
    """Draw a question of `person` about `company`."""
    shares = seeds("behaviour")["questions"]
    off_topic = random.random() < shares["off_topic"]
    kind = (
        Kind.OFF_TOPIC if off_topic else random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    )
    period = PERIODS[0] if kind is Kind.GROWTH or random.random() < 0.7 else PERIODS[1]
    region = random.choice(sorted(company.splits)) if kind is Kind.REGION else None
    wanted = Wanted(kind, period, region)
    entry = seeds("questions")[kind.value]
    bare = random.choice(entry["ask"]).format(
        company=company.name, whose=company.whose, period=period, region=region or ""
    )
    template = "{q}"
    if random.random() < shares["personal"]:
        template = random.choice(seeds("questions")["personal"]["with"])
    return Question(
        text=person.fill(template, q=bare),
        bare=bare,
        wanted=wanted,
        truth=right_answer(company, wanted),
        feature=entry["feature"],
        planted=person.slips(template),
    )
