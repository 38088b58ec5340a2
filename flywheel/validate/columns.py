"""What Great Expectations gets to see of a batch: numbers, codes and findings, never a text."""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import polars as pl

from flywheel.scrub import RESIDUAL, find_residual
from schemas.signal import SIGNALS, Signal

INTERACTION_TEXTS: Final = ("messages", "context", "output", "tags")
FEEDBACK_TEXTS: Final = ("comment", "correction", "tags")
ATTRIBUTION: Final = (
    "app", "feature", "tenant", "cohort", "model", "provider", "system_fingerprint",
    "prompt_name", "prompt_version",
)  # fmt: skip
INTERACTION_IDS: Final = ("id", "few_shot_release", "few_shot_ids", "few_shot_withheld")
FEEDBACK_IDS: Final = ("id", "interaction_id")
_JSON: Final = frozenset({"messages", "context", "tags"})
_OTHER: Final = "(other)"
VALUED: Final = tuple(signal for signal, rule in SIGNALS.items() if rule.low is not None)


def project_interactions(frame: pl.DataFrame, allow: tuple[str, ...] = ()) -> pl.DataFrame:
    """The columns of the suite `interactions`."""
    return frame.select(
        _code("id"),
        "time",
        *(pl.col(name) for name in ("input_tokens", "output_tokens", "cost_usd", "latency_ms")),
    ).with_columns(_residuals(frame, (*INTERACTION_TEXTS, *ATTRIBUTION), INTERACTION_IDS, allow))


def project_feedback(frame: pl.DataFrame, allow: tuple[str, ...] = ()) -> pl.DataFrame:
    """The columns of the suite `feedback`; each signal's values stand in a column of their own."""
    return frame.select(
        _code("id"),
        _code("interaction_id"),
        "time",
        _known("signal", [signal.value for signal in Signal]),
        _known("kind", ["explicit", "implicit"]),
        *(
            pl.when(pl.col("signal") == signal.value)
            .then(pl.col("value"))
            .alias(value_column(signal))
            for signal in VALUED
        ),
    ).with_columns(_residuals(frame, FEEDBACK_TEXTS, FEEDBACK_IDS, allow))


def value_column(signal: Signal) -> str:
    """The column with this signal's values."""
    return f"value_of_{signal.value}"


def residual_column(entity: str) -> str:
    """The column that names where this entity still stands; null where nowhere."""
    return f"residual_{entity.lower()}"


def _code(name: str) -> pl.Expr:
    """Equal ids are equal numbers, a blank one is null: an id could hold an address."""
    present = pl.col(name).str.strip_chars().str.len_chars() > 0
    return pl.when(present).then(pl.col(name).rank("dense")).alias(name)


def _known(name: str, values: Sequence[str]) -> pl.Expr:
    known = pl.col(name).is_in(list(values))
    return pl.when(known | pl.col(name).is_null()).then(pl.col(name)).otherwise(pl.lit(_OTHER))


def _residuals(
    frame: pl.DataFrame, texts: Sequence[str], ids: Sequence[str], allow: tuple[str, ...]
) -> list[pl.Series]:
    """For each entity a column with the names of the columns in which it still stands."""
    where: dict[str, dict[int, str]] = {entity: {} for entity in RESIDUAL}
    for name in (*texts, *ids):
        if name in frame.columns:
            for row, entities in _rows_with_residuals(name, frame[name], allow, name in ids):
                for entity in entities:
                    found = where[entity]
                    found[row] = f"{found[row]} {name}" if row in found else name
    return [
        pl.Series(residual_column(entity), map(found.get, range(len(frame))), pl.String)
        for entity, found in where.items()
    ]


def _rows_with_residuals(
    name: str, column: pl.Series, allow: tuple[str, ...], only_email: bool
) -> Iterator[tuple[int, frozenset[str]]]:
    """Each different value is looked through once: labels, tags and documents come many times."""
    found: dict[Any, frozenset[str]] = {}
    for row, value in enumerate(column.to_list()):
        key = tuple(value) if isinstance(value, list) else value
        if key not in found:
            found[key] = _residual_of(name, value, allow, only_email=only_email)
        if found[key]:
            yield row, found[key]


def _residual_of(
    name: str, value: Any, allow: tuple[str, ...], *, only_email: bool
) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for leaf in _leaves(name, value):
        found |= _remembered(leaf, allow)
    # an id may well be a number that looks like a card's or a telephone's
    return found & {"EMAIL_ADDRESS"} if only_email else found


@lru_cache(maxsize=8192)
def _remembered(text: str, allow: tuple[str, ...]) -> frozenset[str]:
    return find_residual(text, allow)


def _leaves(name: str, value: Any) -> Iterator[str]:
    """The strings that were scrubbed one by one: a JSON column is taken apart again."""
    if value is None:
        return
    if name in _JSON and isinstance(value, str):
        value = json.loads(value)
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting.extend([*item.keys(), *item.values()])
        elif isinstance(item, list | pl.Series):
            waiting.extend(item)
