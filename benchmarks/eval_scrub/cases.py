"""Texts with the personal data in them: every template in every locale, filled and labelled."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, get_args

from benchmarks.eval_scrub.values import Half, Neutral, Value, Values

DATA: Final = Path(__file__).resolve().parents[2] / "data" / "eval" / "scrub"
SEED: Final = 20_260_401
LOCALES: Final = (
    "en_US", "en_GB", "en_CA", "en_AU", "en_IN", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL",
    "pl_PL", "sv_SE", "pt_BR",
)  # fmt: skip
HALVES: Final[tuple[Half, ...]] = get_args(Half)
TITLES: Final = ("Dr.", "Mrs.", "Mr", "Prof.")
_SLOT: Final = re.compile(r"«(?P<kind>\w+)(?:#(?P<again>\w+))?»")


class Label(NamedTuple):
    """Personal data in a case's text."""

    start: int
    end: int
    type: str


class Case(NamedTuple):
    """One text of the evaluation set."""

    text: str
    labels: tuple[Label, ...]
    style: str
    locale: str


def load_cases(half: Half) -> Iterator[Case]:
    """Every template of a half in every locale."""
    templates = tomllib.loads((DATA / f"{half}.toml").read_text("utf-8"))["template"]
    neutral: Neutral = tomllib.loads((DATA / "neutral.toml").read_text("utf-8"))[half]
    neutral["title"] = list(TITLES)
    for locale in LOCALES:
        values = Values(half, locale, neutral, SEED)
        for template in templates:
            text, labels = _fill(template["text"].strip("\n"), values)
            yield Case(text, tuple(labels), template["style"], locale)


def _fill(template: str, values: Values) -> tuple[str, list[Label]]:
    parts: list[str] = []
    labels: list[Label] = []
    known: dict[str, Value] = {}
    at = size = 0
    for slot in _SLOT.finditer(template):
        value = known.get(slot[0]) or values.draw(slot["kind"])
        if slot["again"]:
            known[slot[0]] = value
        parts += [template[at : slot.start()], value.lead, value.text]
        size += slot.start() - at + len(value.lead)
        if value.type:
            labels.append(Label(size, size + len(value.text), value.type))
        size += len(value.text)
        at = slot.end()
    return "".join([*parts, template[at:]]), labels
