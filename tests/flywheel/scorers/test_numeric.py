"""The numeric scorer: the right number, in its row, period and currency."""

import pytest

from flywheel.scorers.numeric import Numeric
from tests.flywheel.scorers.cases import make_case

BOTH = "Net sales were $1,452.4 million and operating income was $306.1 million."
BOTH_ASKED = "What were net sales and operating income in 2019?"


def _score(ideal: str, answer: str, question: str = "What were net sales in 2019?") -> float | None:
    return Numeric().score(make_case(ideal, question), answer).value


@pytest.mark.parametrize(
    "answer",
    [
        "$1,452.4 million",
        "1,452.4 million",
        "Net sales were US$1.4524 billion in 2019.",
        "In fiscal 2019 net sales came to $1,452.4m, up from $1,146.2m in 2018.",
        "$1,452,400 thousand.",
        "It was **$1,452.4 million** (2018: $1,146.2 million).",
    ],
)
def test_the_right_number_however_it_is_said(answer: str) -> None:
    """Scale, prose, markup and the year before beside it do not make it wrong."""
    assert _score("$1,452.4 million", answer) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("$1,146.2 million", "missing"),
        ("-$1,452.4 million", "sign"),
        ("$1,452.4 billion", "scale"),
        ("€1,452.4 million", "currency"),
        ("I do not know.", "no number"),
        ("", "no number"),
        ("$1,452.4 million or $1,146.2 million", "hedges"),
        ("Operating income was $1,452.4 million.", "wrong row"),
        ("Net sales in 2018 were $1,452.4 million.", "wrong row"),
        ("1,452.4 million, 1,146.2 million, 306.1 million", "more numbers"),
    ],
)
def test_a_wrong_answer_and_why(answer: str, reason: str) -> None:
    """Another number, sign, scale, currency, row or year, and not committing to one."""
    score = Numeric().score(make_case("$1,452.4 million"), answer)
    assert score.value == 0 and reason in score.reason


@pytest.mark.parametrize(
    "answer",
    [
        "Net sales were $306.1 million and operating income was $1,452.4 million.",
        "$306.1 million in net sales and $1,452.4 million in operating income.",
        "Net sales and operating income were $306.1 million and $1,452.4 million, respectively.",
        "- Net sales: $306.1 million\n- Operating income: $1,452.4 million",
        "| Net sales | $306.1 million |\n| Operating income | $1,452.4 million |",
    ],
)
def test_swapped_numbers_are_wrong(answer: str) -> None:
    """Both numbers are there, each in the other's row: Monday's fault."""
    score = Numeric().score(make_case(BOTH, BOTH_ASKED), answer)
    assert (score.value, score.reason) == (0, "the right number in the wrong row")


@pytest.mark.parametrize(
    "answer",
    [
        BOTH,
        "$1,452.4 million in net sales and $306.1 million in operating income.",
        "Operating income was $306.1 million; net sales were $1,452.4 million.",
        "Net sales and operating income were $1,452.4 million and $306.1 million, respectively.",
        "| Net sales | $1,452.4 million |\n| Operating income | $306.1 million |",
    ],
)
def test_two_numbers_in_their_rows_in_any_order(answer: str) -> None:
    """The form of the answer is free as long as each number keeps its label."""
    assert _score(BOTH, answer, BOTH_ASKED) == 1


def test_swapped_without_a_table() -> None:
    """The ideal answer's own words tell the rows apart."""
    ideal = "Revenue was €4.2 billion and operating income €1.1 billion."
    swapped = "Revenue was €1.1 billion and operating income €4.2 billion."
    case = make_case(ideal, "How did Rheinwerk do?", context="")
    assert Numeric().score(case, swapped).value == 0
    assert Numeric().score(case, ideal).value == 1


def test_a_bare_ideal_takes_its_rows_from_the_table() -> None:
    """The ideal says two numbers without labels; the swap shows against the table."""
    ideal = "$1,452.4 million, $306.1 million"
    assert _score(ideal, "Net sales 306.1 million, operating income 1,452.4 million") == 0
    assert _score(ideal, "Net sales 1,452.4 million, operating income 306.1 million") == 1


def test_an_unlabelled_list_keeps_the_order_that_was_asked() -> None:
    """ "in 2019 and 2018 respectively" is an order; without the word it is a set."""
    question = "What were net sales in 2019 and 2018 respectively?"
    assert _score("$1,452.4, $1,146.2", "$1,146.2, $1,452.4", question) == 0
    assert _score("$1,452.4, $1,146.2", "$1,452.4, $1,146.2", question) == 1
    assert _score("2019, 2018", "2018 and 2019", "Which years does the table show?") == 1


@pytest.mark.parametrize(
    ("ideal", "answer", "value"),
    [
        ("-5.2%", "It fell by 5.2%.", 1),
        ("5.2%", "It fell by 5.2%.", 0),
        ("It rose by 5.2%.", "It declined by 5.2%.", 0),
        ("5.2%", "5.2", 1),
        ("-16458 thousand", "(16,458) thousand", 1),
        ("19.43 percent", "0.1943 percent", 0),
    ],
)
def test_changes_have_a_direction(ideal: str, answer: str, value: float) -> None:
    """A fall is a negative change, in words or with a sign."""
    assert _score(ideal, answer, "What was the percentage change in net sales?") == value


def test_counts_may_be_words() -> None:
    """ "three" is 3."""
    assert _score("3", "There are three segments.", "How many segments are there?") == 1
    assert _score("3", "There are four segments.", "How many segments are there?") == 0


def test_years_count_only_where_they_are_the_answer() -> None:
    """A year inside a sentence is a label; alone it is the answer."""
    assert _score("2019", "It was in 2019.", "When were net sales higher?") == 1
    assert _score("2019", "2018", "When were net sales higher?") == 0
    text = "Because a plant in Ohio was sold to a competitor in 2019"
    assert Numeric().score(make_case(text), text).status == "not_applicable"


def test_a_text_ideal_is_not_the_numeric_scorers_business() -> None:
    """Nothing to compare: not applicable, with no value."""
    score = Numeric().score(make_case("Demand fell in Asia."), "Demand fell.")
    assert (score.status, score.value) == ("not_applicable", None)


COLUMNS = "| | Net sales | Operating income |\n|---|---:|---:|\n| 2019 | {} | {} |"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (COLUMNS.format("$1,452.4 million", "$306.1 million"), 1),
        (COLUMNS.format("$306.1 million", "$1,452.4 million"), 0),
        ("|| 2019 |\n|--|--|\n| Net sales | 1,452.4M |\n| Operating income | 306.1m |", 1),
        ("|| 2019 |\n|--|--|\n| Net sales | 306.1m |\n| Operating income | 1,452.4M |", 0),
        ("| Net sales | Operating income |\n|--|--|\n| $306.1 million | $1,452.4 million |", 0),
        ("| Net sales | Operating income |\n|--|--|\n| $1,452.4 million | $306.1 million |", 1),
    ],
)  # fmt: skip
def test_a_table_in_the_answer_is_read_by_its_columns_too(answer: str, value: float) -> None:
    """Swapped columns are swapped rows: the header says what a cell is."""
    assert _score(BOTH, answer, BOTH_ASKED) == value


@pytest.mark.parametrize(
    ("ideal", "answer", "value"),
    [
        ("$(3,400)", "a net loss of $3,400", 1),
        ("-3,400", "3,400", 1),
        ("The net loss was $3,400.", "-$3,400", 1),
        ("The net loss was $3,400.", "The net income was $3,400.", 0),
        ("$3,400", "a net income of $3,400", 0),
        ("-3,400", "minus 3,400", 1),
        ("-3,400", "The net income was 3,400.", 0),
    ],
)
def test_a_loss_is_a_negative_number(ideal: str, answer: str, value: float) -> None:
    """In words or with a sign; a gain of the same amount is another number."""
    assert _score(ideal, answer, "What was the net loss?") == value


@pytest.mark.parametrize(
    ("ideal", "answer", "value"),
    [
        ("$54 million", "Net sales were $54 million, not $45 million.", 1),
        ("$54 million", "Net sales were $45 million, not $54 million.", 0),
        ("$54 million, not $45 million", "$45 million", 0),
    ],
)
def test_a_number_that_is_denied_is_not_given(ideal: str, answer: str, value: float) -> None:
    """ "not 45" says that it is not 45."""
    assert _score(ideal, answer) == value


def test_numbers_without_labels_go_by_the_years_of_the_question() -> None:
    """Two years asked for, two bare numbers: their order says which is which."""
    question = "What were net sales in 2019 and 2018?"
    assert _score("1,452.4 and 1,146.2", "1,146.2 and 1,452.4", question) == 0
    assert _score("1,452.4 and 1,146.2", "2018: 1,146.2; 2019: 1,452.4", question) == 1


@pytest.mark.parametrize(
    ("ideal", "answer", "value"),
    [
        ("120", "$120 million", 1),
        ("120", "$120 billion", 0),
        ("1.25", "$1.25 million", 0),
        ("$120 million", "120", 0),
    ],
)
def test_an_ideal_copied_from_a_table_has_the_scale_of_its_heading(
    ideal: str, answer: str, value: float
) -> None:
    """An answer may write out the scale that the ideal leaves to the table, never drop it."""
    table = "(in millions)\n| | 2019 |\n| Net sales | 120 |\n| Earnings per share | 1.25 |"
    case = make_case(ideal, "What was it in 2019?", context=table)
    assert Numeric().score(case, answer).value == value


def test_a_fiscal_year_is_a_year() -> None:
    """FY19 answers which year it was."""
    assert _score("2019", "FY19", "Which year had higher net sales?") == 1
    assert _score("2019", "In FY2018", "Which year had higher net sales?") == 0
