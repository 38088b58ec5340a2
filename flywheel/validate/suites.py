"""The two suites, and a batch's run through one of them."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import polars as pl

from flywheel.errors import CheckError
from flywheel.scrub import RESIDUAL
from flywheel.settings import IngestSettings, go_offline
from flywheel.validate.columns import (
    VALUED,
    project_feedback,
    project_interactions,
    residual_column,
    value_column,
)
from flywheel.validate.ledger import add_counts
from flywheel.validate.results import Expectation, Validation
from flywheel.validate.rule import Rule
from schemas.signal import SIGNALS, Signal

_WHETHER: Final = {"result_format": "BOOLEAN_ONLY"}
_WHERE: Final = {"result_format": "COMPLETE", "return_unexpected_index_query": False}


def validate_interactions(
    frame: pl.DataFrame,
    settings: IngestSettings,
    home: Path | None,
    now: datetime,
    allow: tuple[str, ...] = (),
) -> Validation:
    """Check scrubbed interactions; `frame` has the columns of the table.

    `allow` is that of `ScrubSettings`: what scrubbing leaves on purpose is no residue. The counts
    are added to the run's for the Data Docs, unless there is no `home`. Raises `CheckError` when an
    expectation cannot be computed.
    """
    rules = [
        *_present_and_unique("id"),
        _in_time(settings, now),
        *(
            _between(name, min_value=0)
            for name in ("input_tokens", "output_tokens", "cost_usd", "latency_ms")
        ),
        *_no_residuals(),
    ]
    return _validate("interactions", project_interactions(frame, allow), rules, home)


def validate_feedback(
    frame: pl.DataFrame,
    settings: IngestSettings,
    home: Path | None,
    now: datetime,
    allow: tuple[str, ...] = (),
) -> Validation:
    """Check scrubbed feedback; otherwise as `validate_interactions`."""
    rules = [
        *_present_and_unique("id"),
        Rule("expect_column_values_to_not_be_null", "interaction_id", {}),
        _in_time(settings, now),
        Rule("expect_column_values_to_not_be_null", "signal", {}),
        _in_set("signal", [signal.value for signal in Signal]),
        _in_set("kind", ["explicit", "implicit"]),
        *map(_value_of, VALUED),
        *_no_residuals(),
    ]
    return _validate("feedback", project_feedback(frame, allow), rules, home)


def _present_and_unique(column: str) -> list[Rule]:
    return [
        Rule("expect_column_values_to_not_be_null", column, {}),
        Rule("expect_column_values_to_be_unique", column, {}),
    ]


def _in_time(settings: IngestSettings, now: datetime) -> Rule:
    latest = now + timedelta(seconds=settings.future_tolerance_s)
    return _between("time", min_value=settings.horizon, max_value=latest)


def _between(column: str, **bounds: Any) -> Rule:
    return Rule("expect_column_values_to_be_between", column, bounds)


def _in_set(column: str, values: Sequence[Any]) -> Rule:
    return Rule("expect_column_values_to_be_in_set", column, {"value_set": list(values)})


def _value_of(signal: Signal) -> Rule:
    rule = SIGNALS[signal]
    if rule.not_zero:
        return _in_set(value_column(signal), [rule.low, rule.high])
    bounds = {"min_value": rule.low, "max_value": rule.high}
    return _between(value_column(signal), **{k: v for k, v in bounds.items() if v is not None})


def _no_residuals() -> list[Rule]:
    return [Rule("expect_column_values_to_be_null", residual_column(e), {}) for e in RESIDUAL]


def _validate(
    suite: str, frame: pl.DataFrame, rules: Sequence[Rule], home: Path | None
) -> Validation:
    if frame.is_empty():
        return Validation(results=(), failures={})
    # Most batches pass: asking only whether a rule is broken, and where if so, costs half as much.
    broken = [
        rule
        for rule, result in zip(rules, _run(suite, frame, rules, _WHETHER), strict=True)
        if not result.success
    ]
    rows = dict(_failed_rows(suite, frame, broken))
    results: list[Expectation] = []
    failures: dict[int, str] = {}
    for rule in rules:
        failed = rows.get(rule.name, ())
        for row in failed:
            failures.setdefault(row, rule.name)
        results.append(
            Expectation(
                name=rule.name, success=not failed, unexpected=len(failed), checked=len(frame)
            )
        )
    if home is not None:
        add_counts(home, suite, rules, results)
    return Validation(results=tuple(results), failures=failures)


def _failed_rows(
    suite: str, frame: pl.DataFrame, broken: Sequence[Rule]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """For each broken rule, by its name, the rows that break it.

    Raises `CheckError` where that cannot be told.
    """
    for rule, result in zip(broken, _run(suite, frame, broken, _WHERE), strict=True):
        rows = result.result.get("unexpected_index_list")
        if result.exception_info.get("raised_exception") or not rows:
            raise CheckError(f"{rule.name} could not be checked: nothing of its batch is written")
        yield rule.name, tuple(map(int, rows))


def _run(
    suite: str, frame: pl.DataFrame, rules: Sequence[Rule], result_format: dict[str, Any]
) -> list[Any]:
    if not rules:
        return []
    gx = load_gx()
    expectations = [make_expectation(gx, rule) for rule in rules]
    batch = _batch_definition().get_batch(batch_parameters={"dataframe": frame.to_pandas()})
    found = batch.validate(
        gx.ExpectationSuite(name=suite, expectations=expectations), result_format=result_format
    )
    return list(found.results)


def make_expectation(gx: Any, rule: Rule) -> Any:
    """The library's object for a rule."""
    camel = "".join(part.capitalize() for part in rule.type.split("_"))
    return getattr(gx.expectations, camel)(column=rule.column, **rule.bounds)


@lru_cache(maxsize=1)
def load_gx() -> Any:
    """Import Great Expectations: seconds, so with the first batch; quiet and offline."""
    go_offline()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "module 'sre_", DeprecationWarning)
        import great_expectations
        import great_expectations.expectations
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # may quote values
    return great_expectations


def new_context() -> Any:
    """A context in memory, without progress bars."""
    context = load_gx().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context


@lru_cache(maxsize=1)
def _batch_definition() -> Any:
    asset = new_context().data_sources.add_pandas("scrubbed").add_dataframe_asset("batch")
    return asset.add_batch_definition_whole_dataframe("whole")
