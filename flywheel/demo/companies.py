"""Invented companies and their quarterly reports, each a text with a pipe table."""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from flywheel.demo.seeds import chance, seeds

PERIODS: Final = ("Q4 2024", "Q4 2023")
REVENUE: Final = "Revenue"
OPERATING_INCOME: Final = "Operating income"
NET_INCOME: Final = "Net income"
MARGIN: Final = "Operating margin"


@dataclass(frozen=True)
class Company:
    """One company and the figures of its report, in millions of its currency."""

    name: str
    region: str
    """Europe or America: where it reports."""
    currency: str
    figures: dict[str, tuple[float, float]]
    """Row to its values in `PERIODS`; the margin in percent."""
    splits: dict[str, tuple[float, float]]
    """Revenue by region that it sells in."""

    @property
    def slug(self) -> str:
        """The name as an id."""
        return self.name.lower().replace(" ", "-")

    @property
    def whose(self) -> str:
        """The name in the possessive."""
        return f"{self.name}'" if self.name.endswith("s") else f"{self.name}'s"

    def growth(self) -> float:
        """Revenue against a year earlier, percent with one decimal."""
        now, before = self.figures[REVENUE]
        return round(100 * (now - before) / before, 1)


def make_companies(seed: int) -> list[Company]:
    """The 40 companies with drawn figures; the same seed gives the same figures."""
    random = chance(seed, "companies")
    return [
        _company(random, region, entry, part["splits"])
        for region, part in seeds("companies").items()
        for entry in part["companies"]
    ]


def report(company: Company) -> str:
    """The report's text: a heading, the table, the revenue by region, a closing remark."""
    rows = [_row("", (*PERIODS, "Change"))]
    for label, values in company.figures.items():
        if label == MARGIN:
            rows.append(_row(label, (*(f"{value:.1f}%" for value in values), "")))
        else:
            change = f"{company.growth():.1f}%" if label == REVENUE else ""
            rows.append(_row(label, (*(amount(value) for value in values), change)))
    rows.append(_row("Revenue by region", ("", "", "")))
    rows += [
        _row(label, (*(amount(value) for value in values), ""))
        for label, values in company.splits.items()
    ]
    return "\n".join(
        [
            f"{company.name}: results for the fourth quarter of 2024",
            f"In {company.currency} million, unaudited",
            "",
            *rows,
            "",
            "Figures for the fourth quarter of 2023 are restated where rows were regrouped.",
        ]
    )


def amount(value: float) -> str:
    """A figure as reports print it: thousands separators, one decimal."""
    return f"{value:,.1f}"


def _row(label: str, cells: tuple[str, ...]) -> str:
    return "| " + " | ".join((label, *cells)) + " |"


def _company(
    random: Random, region: str, entry: dict[str, Any], splits: list[list[str]]
) -> Company:
    revenue = round(entry["revenue"] * random.uniform(0.9, 1.1), 1)
    before = round(revenue / random.uniform(0.92, 1.14), 1)
    rates = [random.uniform(0.08, 0.24) for _ in PERIODS]
    operating = [
        round(total * rate, 1) for total, rate in zip((revenue, before), rates, strict=True)
    ]
    taxed = [random.uniform(0.55, 0.78) for _ in PERIODS]
    net = [round(value * rate, 1) for value, rate in zip(operating, taxed, strict=True)]
    if random.random() < 0.1:
        net[0] = -net[0]  # a quarter with a loss, so that signs matter
    margins = [
        round(100 * part / total, 1)
        for part, total in zip(operating, (revenue, before), strict=True)
    ]
    return Company(
        name=entry["name"],
        region=region,
        currency=entry["currency"],
        figures={
            REVENUE: (revenue, before),
            OPERATING_INCOME: (operating[0], operating[1]),
            NET_INCOME: (net[0], net[1]),
            MARGIN: (margins[0], margins[1]),
        },
        splits=_split(random, (revenue, before), random.choice(splits)),
    )


def _split(
    random: Random, totals: tuple[float, float], regions: list[str]
) -> dict[str, tuple[float, float]]:
    weights = [random.uniform(0.6, 1.6) for _ in regions]
    parts = [
        [round(total * weight / sum(weights), 1) for weight in weights[:-1]] for total in totals
    ]
    last = [round(total - sum(part), 1) for total, part in zip(totals, parts, strict=True)]
    columns = [[*part, rest] for part, rest in zip(parts, last, strict=True)]
    return {region: (columns[0][index], columns[1][index]) for index, region in enumerate(regions)}
