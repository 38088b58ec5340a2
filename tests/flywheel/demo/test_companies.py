"""The invented companies: 40, half of them European, and reports whose figures add up."""

import pytest

from flywheel.demo.companies import (
    NET_INCOME,
    OPERATING_INCOME,
    REVENUE,
    Company,
    amount,
    make_companies,
    report,
)


@pytest.fixture(scope="module")
def companies() -> list[Company]:
    """The companies of one seed."""
    return make_companies(1)


def test_half_of_forty_companies_report_in_european_currencies(companies: list[Company]) -> None:
    """Twenty report in EUR, GBP or CHF, and the other twenty in USD."""
    by_region = {name: [c for c in companies if c.region == name] for name in ("Europe", "America")}
    assert len(companies) == len({c.name for c in companies}) == 40
    assert {name: len(part) for name, part in by_region.items()} == {"Europe": 20, "America": 20}
    assert {c.currency for c in by_region["Europe"]} == {"EUR", "GBP", "CHF"}
    assert {c.currency for c in by_region["America"]} == {"USD"}


def test_the_regions_of_a_report_add_up_to_its_revenue(companies: list[Company]) -> None:
    """To the last decimal, in both periods."""
    for company in companies:
        for column in (0, 1):
            total = sum(values[column] for values in company.splits.values())
            assert round(total, 1) == company.figures[REVENUE][column], company.name


def test_swapping_two_rows_never_gives_the_right_figure_by_chance(
    companies: list[Company],
) -> None:
    """Revenue, operating and net income differ in every report, so that a swap shows."""
    for company in companies:
        for column in (0, 1):
            rows = {
                amount(company.figures[r][column]) for r in (REVENUE, OPERATING_INCOME, NET_INCOME)
            }
            assert len(rows) == 3, company.name


def test_a_report_prints_every_figure_in_a_pipe_table(companies: list[Company]) -> None:
    """Heading, currency and one row a figure."""
    for company in companies:
        text = report(company)
        assert text.startswith(f"{company.name}: results")
        assert f"In {company.currency} million" in text
        for label, (now, before) in company.splits.items():
            assert f"| {label} | {amount(now)} | {amount(before)} |  |" in text


def test_another_seed_gives_other_figures_for_the_same_companies() -> None:
    """Names are data; figures are drawn."""
    one, other = make_companies(1), make_companies(2)
    assert [c.name for c in one] == [c.name for c in other]
    assert [c.figures for c in one] != [c.figures for c in other]


def test_the_possessive_of_a_name_reads_well(companies: list[Company]) -> None:
    """Foods', not Foods's."""
    assert {c.whose for c in companies} >= {"Brightholm Foods'", "Aldermark Chemicals'"}
    assert "Castelune Optics'" in {c.whose for c in companies}
    assert "Fjordlight Energy's" in {c.whose for c in companies}
