"""What an answer says and how it is put: the house's form, shared by models and reviewer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flywheel.demo.companies import (
    MARGIN,
    NET_INCOME,
    OPERATING_INCOME,
    PERIODS,
    REVENUE,
    Company,
    amount,
)

REFUSAL: Final = "I can only answer questions about the report."


class Kind(StrEnum):
    """What a question asks for."""

    REVENUE = "revenue"
    OPERATING_INCOME = "operating_income"
    NET_INCOME = "net_income"
    REGION = "region"
    GROWTH = "growth"
    MARGIN = "margin"
    SUMMARY = "summary"
    OFF_TOPIC = "off_topic"


ROWS: Final = {
    Kind.REVENUE: REVENUE,
    Kind.OPERATING_INCOME: OPERATING_INCOME,
    Kind.NET_INCOME: NET_INCOME,
}
"""The kinds that ask for one row of the table."""


@dataclass(frozen=True)
class Wanted:
    """What a question asks for, read or drawn."""

    kind: Kind
    period: str = PERIODS[0]
    region: str | None = None


def money(currency: str, figure: str) -> str:
    """A figure in its currency, as the house writes it."""
    return f"{currency} {figure} million"


def say_row(label: str, period: str, currency: str, figure: str) -> str:
    """One figure."""
    return f"{label} in {period} was {money(currency, figure)}."


def say_region(region: str, period: str, currency: str, figure: str) -> str:
    """One region's revenue."""
    return f"Revenue from {region} in {period} was {money(currency, figure)}."


def say_growth(percent: str, period: str, currency: str, now: str, before: str) -> str:
    """Revenue against a year earlier."""
    return (
        f"Revenue changed by {percent} to {money(currency, now)} in {period}, "
        f"from {money(currency, before)} a year earlier."
    )


def say_margin(period: str, percent: str) -> str:
    """The operating margin."""
    return f"The operating margin in {period} was {percent}."


def say_summary(period: str, currency: str, figures: tuple[str, str, str]) -> str:
    """Revenue, operating income and net income in one line."""
    revenue, operating, net = (money(currency, figure) for figure in figures)
    return f"{period}: revenue {revenue}, operating income {operating}, net income {net}."


def right_answer(company: Company, wanted: Wanted) -> str:
    """The truth, from the company's own figures: what nobody in the story but us can see."""
    column = PERIODS.index(wanted.period)
    currency = company.currency
    figure = {label: amount(values[column]) for label, values in company.figures.items()}
    if wanted.kind in ROWS:
        label = ROWS[wanted.kind]
        return say_row(label, wanted.period, currency, figure[label])
    if wanted.kind is Kind.REGION and wanted.region is not None:
        value = amount(company.splits[wanted.region][column])
        return say_region(wanted.region, wanted.period, currency, value)
    if wanted.kind is Kind.GROWTH:
        now, before = (amount(value) for value in company.figures[REVENUE])
        return say_growth(f"{company.growth():.1f}%", wanted.period, currency, now, before)
    if wanted.kind is Kind.MARGIN:
        return say_margin(wanted.period, f"{company.figures[MARGIN][column]:.1f}%")
    if wanted.kind is Kind.SUMMARY:
        rows = (figure[REVENUE], figure[OPERATING_INCOME], figure[NET_INCOME])
        return say_summary(wanted.period, currency, rows)
    return REFUSAL
