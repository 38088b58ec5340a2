"""Print precision, recall and F2 on both halves: `make eval-scrub`.

FLYWHEEL_SCRUB__SPACY_MODEL=NAME tries another model; `--json` prints one object for scripts.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.eval_scrub.cases import HALVES, load_cases
from benchmarks.eval_scrub.score import ALL, ANY, Score, score_characters, score_entities
from benchmarks.eval_scrub.systems import plain_presidio, stage
from flywheel.settings import go_offline, load_settings

CHECKED: Final = ("CREDIT_CARD", "IBAN_CODE", "NATIONAL_ID")
"""Types whose numbers carry check digits: their recall on the held-out half shall be 0.99."""

Scores = dict[str, dict[str, dict[str, Score]]]


def evaluate() -> Iterator[tuple[str, str, dict[str, Score], dict[str, Score]]]:
    """System, half, scores over characters, scores over entities."""
    settings = load_settings().scrub
    for name, system in (("plain Presidio", plain_presidio(settings)), ("stage", stage(settings))):
        for half in HALVES:
            cases = list(load_cases(half))
            found = system(cases)
            yield name, half, score_characters(cases, found), score_entities(cases, found)


def main(as_json: bool) -> None:
    """Print a table for each system and half, then the figures that the targets speak of."""
    go_offline()
    results = list(evaluate())
    if as_json:
        print(json.dumps([_plain(*result) for result in results]))
        return
    console = Console()
    for name, half, characters, entities in results:
        console.print(_table(f"{name}, {half.replace('_', ' ')} half", characters, entities))
    _, _, characters, entities = results[-1]
    print(f"held out, stage: F2 {characters[ALL].f2:.3f} over characters, ", end="")
    print(f"{entities[ALL].f2:.3f} over entities, {characters[ANY].f2:.3f} of any type; recall of")
    print(", ".join(f"{kind} {entities[kind].recall:.3f}" for kind in CHECKED if kind in entities))


def _table(title: str, characters: dict[str, Score], entities: dict[str, Score]) -> Table:
    table = Table(title=title, padding=(0, 0))
    table.add_column("type", no_wrap=True)
    table.add_column("labels", justify="right")
    for over in ("chr", "ent"):
        for what in ("P", "R", "F2"):
            table.add_column(f"{over} {what}", justify="right")
    for kind, score in characters.items():
        other = entities.get(kind)
        count = str(other.labelled) if other else ""
        table.add_row(kind, count, *_figures(score), *(_figures(other) if other else ("",) * 3))
    return table


def _figures(score: Score) -> tuple[str, str, str]:
    return f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f2:.3f}"


def _plain(
    system: str, half: str, characters: dict[str, Score], entities: dict[str, Score]
) -> dict[str, Any]:
    return {
        "system": system,
        "half": half,
        "characters": {kind: asdict(score) for kind, score in characters.items()},
        "entities": {kind: asdict(score) for kind, score in entities.items()},
    }


if __name__ == "__main__":
    main("--json" in sys.argv[1:])
