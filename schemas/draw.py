"""Which cases reviewers are asked, with which probability, and what that lets one say of all."""

from typing import Literal

from schemas.base import Record

Stratum = Literal["telling", "random"]
"""Taken for certain, or drawn by lot from the rest."""


class Draw(Record):
    """A case that a round of sampling picked."""

    candidate_id: str
    round_id: str
    stratum: Stratum
    probability: float
    """That it would be picked in its round; 1 for a telling one."""
    population: int
    """Cases that waited when the round was drawn, these among them."""
    reviewers: int
    """2: judged by two, neither of whom sees the other's verdict."""
    why: str
    """In words, for the reviewer."""


class DrawReport(Record):
    """What a round drew."""

    round_id: str | None
    """None: nothing was drawn."""
    population: int
    """Cases that waited and had never been drawn."""
    telling: int
    random: int
    twice: int
    """Of them, those that two reviewers judge."""
    open: int
    """Drawn, now or before, and not decided yet."""
    judged: int
    """Of the population, cases whose very answer a judge has graded; only these can be picked
    because judge and signals disagree."""

    @property
    def drawn(self) -> int:
        """Cases picked."""
        return self.telling + self.random


class Share(Record):
    """The share of all waiting cases that has some outcome, as the drawn ones let one say."""

    name: str
    population: int
    drawn: int
    decided: int
    naive: float | None
    """Among the decided as they are: biased, since most of them were picked for being telling."""
    value: float | None
    """None: a stratum has no decision yet."""
    low: float | None
    high: float | None
    provisional: bool
    """Some drawn cases are not decided; they are taken to be like the others of their stratum."""


class ShareReport(Record):
    """The share of cases that reviewers say yes to, by round and over all."""

    rounds: tuple[Share, ...]
    """The newest first."""
    whole: Share | None
    """Over all rounds; none before the first."""
    confidence: float
    undrawn: int
    """Decided without having been drawn: in bulk, imported, or before there were rounds. No
    estimate knows them."""
