"""Selects few-shot examples from the current release, exactly as production does."""

from collections.abc import Sequence

from flywheel.bank import open_bank
from flywheel.errors import InputError, ReleaseError
from flywheel.settings import Settings
from flywheel_client import Selection


def run_fewshot(
    settings: Settings,
    query: str,
    *,
    k: int = 4,
    filters: Sequence[str] = (),
    max_tokens: int | None = None,
    diversity: float = 0.0,
    tenant: str | None = None,
) -> Selection:
    """The examples for one query; each filter is `key=value`, the same key twice means either.

    Raises `InputError` for a malformed filter, `ReleaseError` without a release or with an empty
    bank.
    """
    where = parse_filters(filters)
    bank = open_bank(settings)
    if len(bank) == 0:
        raise ReleaseError(
            f"the bank of release {bank.release} is empty: approve bank candidates and promote "
            "(see: flywheel review), or flywheel import bank FILE"
        )
    return bank.select(query, k, where, max_tokens, diversity, tenant=tenant)


def parse_filters(filters: Sequence[str]) -> dict[str, list[str]]:
    """`feature=a`, `feature=b`, `lang=en` as feature: a or b, and lang: en."""
    where: dict[str, list[str]] = {}
    for number, text in enumerate(filters, 1):
        key, separator, value = text.partition("=")
        if not separator or not key.strip():
            raise InputError(f"--filter {number}: key=value is needed, such as feature=report_qa")
        where.setdefault(key.strip(), []).append(value.strip())
    return where
