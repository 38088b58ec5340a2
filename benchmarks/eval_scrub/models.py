"""Names by NER model, alone and together: `python -m benchmarks.eval_scrub.models [MODEL ...]`.

A MODEL is an installed spaCy package, or several with commas: their findings are united. Prints
for each how many of the names it finds by itself, and with the stage's rules and lists.
"""

import sys
from time import perf_counter
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.eval_scrub.cases import HALVES, Case, Label, load_cases
from benchmarks.eval_scrub.score import Score, score_entities
from benchmarks.eval_scrub.systems import stage
from benchmarks.eval_scrub.values import Half
from flywheel.scrub.people import NameEngine
from flywheel.settings import ScrubSettings, go_offline, load_settings

_NAMES: Final = "PERSON"


class Row(NamedTuple):
    """One model on one half: names by itself and by the stage; texts that it reads a second."""

    model: str
    half: Half
    alone: Score
    stage: Score
    speed: float


def measure(model: str, half: Half, settings: ScrubSettings) -> Row:
    """Score one model, or several with commas, on the names of one half."""
    cases = [_only_names(case) for case in load_cases(half)]
    engine = NameEngine(model, settings.language)
    engine.load()
    start = perf_counter()
    artifacts = engine.process_batch([case.text for case in cases], settings.language)
    mentions = [list(dict.fromkeys(found.entities)) for _, found in artifacts]
    speed = len(cases) / (perf_counter() - start)
    alone = [[Label(m.start, m.end, _NAMES) for m in found] for found in mentions]
    chosen = settings.model_copy(update={"spacy_model": model})
    staged = [[one for one in found if one.type == _NAMES] for found in stage(chosen)(cases)]
    scores = (score_entities(cases, found)[_NAMES] for found in (alone, staged))
    return Row(model, half, *scores, speed)


def _only_names(case: Case) -> Case:
    return case._replace(labels=tuple(label for label in case.labels if label.type == _NAMES))


def main(models: list[str]) -> None:
    """Print a row for each model and half."""
    go_offline()
    settings = load_settings().scrub
    table = Table("model", "half", "alone P", "alone R", "stage P", "stage R", "texts/s")
    for model in models or [settings.spacy_model]:
        for half in HALVES:
            row = measure(model, half, settings)
            figures = (row.alone.precision, row.alone.recall, row.stage.precision, row.stage.recall)
            table.add_row(
                model.replace(",", "\n"), half, *(f"{f:.3f}" for f in figures), f"{row.speed:,.0f}"
            )
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
