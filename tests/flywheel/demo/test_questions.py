"""Questions as they are drawn: readable back, with a truth and a list of what they give away."""

from collections import Counter

import pytest

from flywheel.demo.answers import Kind
from flywheel.demo.companies import PERIODS, make_companies
from flywheel.demo.models import answer
from flywheel.demo.people import make_people
from flywheel.demo.questions import Question, ask
from flywheel.demo.seeds import chance

COMPANIES, PEOPLE = make_companies(1), make_people(1)


@pytest.fixture(scope="module")
def drawn() -> list[Question]:
    """Two thousand questions on one company by one person."""
    random = chance(1, "test")
    return [ask(random, COMPANIES[0], PEOPLE[0]) for _ in range(2000)]


def test_every_kind_is_asked_for_and_revenue_most(drawn: list[Question]) -> None:
    """What the story swaps is what users ask about."""
    kinds = Counter(question.wanted.kind for question in drawn)
    assert set(kinds) == set(Kind)
    assert kinds.most_common(1)[0][0] is Kind.REVENUE


def test_a_question_names_its_company_and_is_free_of_unfilled_braces(
    drawn: list[Question],
) -> None:
    """Whoever asks."""
    assert all(COMPANIES[0].name in question.bare for question in drawn)
    assert not [question for question in drawn if "{" in question.text or "}" in question.text]


def test_the_bare_question_is_the_text_without_the_person(drawn: list[Question]) -> None:
    """It stands in the text, and gives nothing away."""
    for question in drawn:
        assert question.bare in question.text
        assert not [value for value in question.planted if value in question.bare]
        assert (question.text == question.bare) == (not question.planted)


def test_growth_is_asked_only_where_the_report_has_the_year_before(
    drawn: list[Question],
) -> None:
    """Q4 2024 against Q4 2023."""
    periods = {q.wanted.period for q in drawn if q.wanted.kind is Kind.GROWTH}
    assert periods == {PERIODS[0]}


def test_a_region_is_one_that_the_company_sells_in(drawn: list[Question]) -> None:
    """And only questions on regions have one."""
    for question in drawn:
        if question.wanted.kind is Kind.REGION:
            assert question.wanted.region in COMPANIES[0].splits
        else:
            assert question.wanted.region is None


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.name)
def test_v1_understands_however_it_is_asked(company: object) -> None:
    """A wrong answer in the story is a misread report, never a misread question."""
    from flywheel.demo.companies import Company, report

    assert isinstance(company, Company)
    random = chance(2, company.name)
    for person in PEOPLE[:40]:
        question = ask(random, company, person)
        said = answer("v1", [("user", f"{report(company)}\n\n{question.text}")])
        assert said == question.truth, question.text
