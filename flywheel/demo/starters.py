"""The cases that the team starts with: checked by its analysts, and all of American companies.

That is the story's blind spot, and a common one: a suite tests what its makers thought of.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from flywheel.demo.companies import Company, report
from flywheel.demo.people import Person
from flywheel.demo.questions import Question, ask
from flywheel.demo.seeds import chance

ANALYSTS: Final = "analysts"
"""Whose decisions they are recorded as."""

_EACH: Final = 2
"""Cases a company."""


def make_starters(
    seed: int, companies: list[Company], people: list[Person]
) -> list[dict[str, Any]]:
    """Two different questions on each American company with their right answers."""
    random = chance(seed, "starters")
    starters: list[dict[str, Any]] = []
    for company in companies:
        if company.region != "America":
            continue
        asked: dict[str, Question] = {}
        while len(asked) < _EACH:
            question = ask(random, company, people[0])
            if question.on_topic:
                asked[question.bare] = question
        starters += [_line(len(starters) + n, company, q) for n, q in enumerate(asked.values(), 1)]
    return starters


def write_starters(starters: Iterable[dict[str, Any]], path: Path) -> None:
    """One case a line, as `flywheel import golden` reads them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in starters), "utf-8")


def _line(number: int, company: Company, question: Question) -> dict[str, Any]:
    return {
        "id": f"check-{number:02d}",
        "messages": [{"role": "user", "content": question.bare}],
        "context": [{"id": f"{company.slug}-2024-q4", "text": report(company)}],
        "output": question.truth,
        "feature": question.feature,
        "tags": {"region": company.region},
    }
