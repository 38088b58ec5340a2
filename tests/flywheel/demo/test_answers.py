"""The truth about a report, and the form in which the house gives it."""

import pytest

from flywheel.demo.answers import REFUSAL, Kind, Wanted, right_answer
from flywheel.demo.companies import MARGIN, NET_INCOME, OPERATING_INCOME, PERIODS, REVENUE, Company

COMPANY = Company(
    name="Brightholm Foods",
    region="Europe",
    currency="EUR",
    figures={
        REVENUE: (1234.5, 1200.0),
        OPERATING_INCOME: (150.0, 140.5),
        NET_INCOME: (-12.3, 90.1),
        MARGIN: (12.2, 11.7),
    },
    splits={"Nordics": (700.0, 600.0), "Western Europe": (534.5, 600.0)},
)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(Kind.REVENUE), "Revenue in Q4 2024 was EUR 1,234.5 million."),
        (Wanted(Kind.REVENUE, PERIODS[1]), "Revenue in Q4 2023 was EUR 1,200.0 million."),
        (Wanted(Kind.OPERATING_INCOME), "Operating income in Q4 2024 was EUR 150.0 million."),
        (Wanted(Kind.NET_INCOME), "Net income in Q4 2024 was EUR -12.3 million."),
        (
            Wanted(Kind.REGION, PERIODS[1], "Nordics"),
            "Revenue from Nordics in Q4 2023 was EUR 600.0 million.",
        ),
        (
            Wanted(Kind.GROWTH),
            "Revenue changed by 2.9% to EUR 1,234.5 million in Q4 2024, "
            "from EUR 1,200.0 million a year earlier.",
        ),
        (Wanted(Kind.MARGIN, PERIODS[1]), "The operating margin in Q4 2023 was 11.7%."),
        (
            Wanted(Kind.SUMMARY),
            "Q4 2024: revenue EUR 1,234.5 million, operating income EUR 150.0 million, "
            "net income EUR -12.3 million.",
        ),
        (Wanted(Kind.OFF_TOPIC), REFUSAL),
    ],
)
def test_each_kind_of_question_has_one_right_answer(wanted: Wanted, said: str) -> None:
    """With sign, thousands separator, currency, scale and period."""
    assert right_answer(COMPANY, wanted) == said


def test_a_region_that_the_report_lacks_is_a_caller_s_mistake() -> None:
    """Not an answer that was made up."""
    with pytest.raises(KeyError):
        right_answer(COMPANY, Wanted(Kind.REGION, region="Atlantis"))


def test_every_kind_has_phrases_to_ask_for_it() -> None:
    """The seeds and the code name the same kinds."""
    from flywheel.demo.seeds import seeds

    questions = seeds("questions")
    assert set(questions) - {"personal"} == {kind.value for kind in Kind}
    assert all(questions[kind.value]["ask"] for kind in Kind)
