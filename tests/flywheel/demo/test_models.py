"""The simulated models answer from the messages alone; only `v2` misreads, and only Europe."""

from dataclasses import replace

import pytest

from flywheel.demo.answers import REFUSAL, Kind, Wanted, right_answer
from flywheel.demo.companies import PERIODS, Company, make_companies, report
from flywheel.demo.models import NO_REPORT, answer

COMPANIES = make_companies(5)
EUROPEAN = next(c for c in COMPANIES if c.currency == "CHF")
AMERICAN = next(c for c in COMPANIES if c.region == "America")


def _ask(model: str, company: Company, question: str) -> str:
    return answer(model, [("user", f"{report(company)}\n\n{question}")])


@pytest.mark.parametrize("company", COMPANIES, ids=lambda c: c.name)
def test_v1_reads_every_figure_of_every_report_right(company: Company) -> None:
    """What it reads off the text is what the company's own figures say."""
    for period in PERIODS:
        for kind, words in (
            (Kind.REVENUE, "revenue"),
            (Kind.OPERATING_INCOME, "operating income"),
            (Kind.NET_INCOME, "net income"),
            (Kind.MARGIN, "operating margin"),
        ):
            said = _ask("v1", company, f"What was {company.whose} {words} in {period}?")
            assert said == right_answer(company, Wanted(kind, period))
        for region in company.splits:
            said = _ask("v1", company, f"{company.whose} revenue from {region} in {period}?")
            assert said == right_answer(company, Wanted(Kind.REGION, period, region))


def test_v2_swaps_revenue_and_operating_income_and_the_currency_of_europeans() -> None:
    """The story's fault, no more and no less."""
    said = _ask("v2", EUROPEAN, "What was its revenue in Q4 2024?")
    swapped = right_answer(EUROPEAN, Wanted(Kind.OPERATING_INCOME))
    assert said == swapped.replace("Operating income", "Revenue").replace("CHF", "EUR")
    margin = "What was its operating margin in Q4 2024?"
    assert _ask("v2", EUROPEAN, margin) == _ask("v1", EUROPEAN, margin)


@pytest.mark.parametrize("company", [c for c in COMPANIES if c.region == "America"])
def test_v2_is_as_good_as_v1_for_americans(company: Company) -> None:
    """Which is why nobody sees it in the averages."""
    for question in ("Summarise Q4 2024.", "How did revenue change in Q4 2024?", "Net income?"):
        assert _ask("v2", company, question) == _ask("v1", company, question)


def test_a_question_that_the_report_does_not_answer_is_refused() -> None:
    """In the house's words."""
    assert _ask("v1", AMERICAN, "Could you book me a table for two?") == REFUSAL


def test_without_a_report_a_model_says_so() -> None:
    """It makes nothing up, and an unknown model is none."""
    assert answer("v1", [("user", "What was revenue?")]) == NO_REPORT
    with pytest.raises(KeyError):
        answer("v3", [("user", "What was revenue?")])


def test_only_the_last_report_and_the_last_question_count() -> None:
    """Few-shot examples before them change nothing."""
    shot = [("user", f"{report(EUROPEAN)}\n\nNet income?"), ("assistant", "Something.")]
    asked = [("system", "Answer from the report."), *shot]
    asked.append(("user", f"{report(AMERICAN)}\n\nWhat was revenue in Q4 2023?"))
    assert answer("v1", asked) == right_answer(AMERICAN, Wanted(Kind.REVENUE, PERIODS[1]))


def test_the_report_may_stand_in_another_message_than_the_question() -> None:
    """As prompts do that put context into the system message."""
    messages = [("system", report(AMERICAN)), ("user", "What was net income in Q4 2024?")]
    assert answer("v1", messages) == right_answer(AMERICAN, Wanted(Kind.NET_INCOME))


def test_placeholders_of_the_scrubber_do_not_confuse_a_model() -> None:
    """Golden cases are scrubbed texts."""
    question = "This is <PERSON_k3f9>, mail me at <EMAIL_ADDRESS_x7ab>. Revenue in Q4 2024, please."
    assert _ask("v1", AMERICAN, question) == right_answer(AMERICAN, Wanted(Kind.REVENUE))


def test_a_loss_keeps_its_sign() -> None:
    """Minus 12.5 is not 12.5."""
    loss = replace(AMERICAN, figures=AMERICAN.figures | {"Net income": (-12.5, 3.0)})
    assert _ask("v1", loss, "What was net income in Q4 2024?").endswith("USD -12.5 million.")
