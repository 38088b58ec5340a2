"""What users do about an answer: seldom a thumb, mostly what they do next."""

from dataclasses import dataclass
from random import Random
from typing import Final

from flywheel.demo.people import Person
from flywheel.demo.questions import Question
from flywheel.demo.seeds import seeds

_DELAYS: Final = {"copy": (8, 40), "accept": (10, 60), "regenerate": (5, 25), "rewrite": (20, 90)}
_DELAY_OTHERWISE: Final = (30, 400)


@dataclass(frozen=True)
class Reaction:
    """One feedback event before it has an id and a time."""

    signal: str
    delay_s: int
    value: float | None = None
    comment: str | None = None
    correction: str | None = None
    planted: tuple[tuple[str, str], ...] = ()


def react(
    random: Random, person: Person, question: Question, right: bool, wrong_answer: str
) -> list[Reaction]:
    """Draw what `person` does about an answer; `wrong_answer` is what a mistaken one claims."""
    shares = seeds("behaviour")["right" if right else "wrong"]
    return [
        _reaction(random, signal, person, question, right, wrong_answer)
        for signal, share in shares.items()
        if random.random() < share
    ]


def _reaction(
    random: Random, signal: str, person: Person, question: Question, right: bool, wrong: str
) -> Reaction:
    delay = random.randint(*_DELAYS.get(signal, _DELAY_OTHERWISE))
    if signal == "copy":
        return Reaction(signal, delay, value=round(random.uniform(0.5, 1), 2))
    if signal == "thumbs":
        return Reaction(signal, delay, value=1 if right else -1)
    if signal == "correction":
        mistaken = random.random() < seeds("behaviour")["texts"]["correction_wrong"]
        return Reaction(signal, delay, correction=wrong if mistaken else question.truth)
    if signal in ("rewrite", "comment", "flag", "follow_up"):
        text, planted = _text(random, signal, person, question, right)
        return Reaction(signal, delay, comment=text, planted=planted)
    return Reaction(signal, delay)


def _text(
    random: Random, signal: str, person: Person, question: Question, right: bool
) -> tuple[str, tuple[tuple[str, str], ...]]:
    data = seeds("behaviour")
    name = signal if signal != "follow_up" else f"follow_up_{'right' if right else 'wrong'}"
    text = random.choice(data["phrases"][name]).format(q=question.bare)
    if random.random() >= data["texts"]["personal"]:
        return text, ()
    template = random.choice(data["phrases"]["personal"])
    return person.fill(template, text=text), tuple(person.slips(template).items())
