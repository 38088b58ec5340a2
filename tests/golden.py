"""Publishes releases of made-up examples, for tests of evaluation."""

import json
from collections.abc import Sequence
from pathlib import Path

from flywheel.bank import publishing, switch, write_release
from flywheel.embed import get_embedder
from flywheel.settings import Settings
from schemas.candidate import Target
from schemas.event import ContextDocument, Message
from schemas.example import Example

COUNTRIES = ("Germany", "France", "Canada", "Japan")
EUROPE = COUNTRIES[:2]


def make_example(number: int, target: Target = Target.GOLDEN, **changes: object) -> Example:
    """A question on one company's table; every fourth company is German, French, ..."""
    country = COUNTRIES[number % 4]
    revenue, income = f"{1000 + number}.5", f"{100 + number}.2"
    values: dict[str, object] = {
        "id": f"e-{target.value}-{number:04}",
        "case_id": f"case-{target.value}-{number:04}",
        "target": target,
        "messages": (
            Message(role="user", content=f"What was the revenue of company {number:04}?"),
        ),
        "context": (
            ContextDocument(
                id=f"d-{number}",
                text=f"| (in millions) | 2024 |\n| Revenue | ${revenue} |\n"
                f"| Operating income | ${income} |",
            ),
        ),
        "output": f"Revenue was ${revenue} million.",
        "feature": "report_qa" if number % 3 else "summary",
        "tenant": "acme" if number % 2 else "globex",
        "tags": {"country": country, "region": "Europe" if country in EUROPE else "elsewhere"},
        "reviewer": "rosa",
        "decided_at": "2025-01-06T10:00:00+00:00",
        "candidate_id": f"c-{target.value}-{number:04}",
    }
    return Example.model_validate(values | changes)


def publish_examples(settings: Settings, examples: Sequence[Example]) -> str:
    """Write the release of these examples and switch to it; gives its id."""
    with publishing(settings) as releases:
        manifest = write_release(
            releases,
            examples,
            get_embedder(settings),
            parent=None,
            created_at="2025-01-06T10:00:00+00:00",
        )
        switch(releases, manifest.id)
    return manifest.id


def publish_golden(settings: Settings, cases: int, bank: int = 6) -> list[Example]:
    """A release of so many golden cases and bank examples; gives the golden ones."""
    golden = [make_example(number) for number in range(cases)]
    others = [make_example(5000 + n, Target.BANK, tenant=None) for n in range(bank)]
    publish_examples(settings, [*golden, *others])
    return golden


def write_replay(path: Path, answers: dict[str, str]) -> str:
    """A replay file; gives what `--candidate` takes."""
    lines = [json.dumps({"case_id": case, "output": text}) for case, text in answers.items()]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return f"replay:{path}"
