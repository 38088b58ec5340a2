"""Which words stand beside a number."""

from flywheel.rows import content_words, label_numbers, table_rows


def _labels(text: str) -> dict[str, set[str]]:
    return {str(item.number.written): set(item.words) for item in label_numbers(text)}


def test_a_label_before_and_a_label_after_are_the_same() -> None:
    """Prose puts the row's name on either side of its number."""
    before = _labels("Revenue was 4.2 and costs were 1.1")
    after = _labels("4.2 in revenue and 1.1 in costs")
    assert before == after == {"4.2": {"revenue"}, "1.1": {"costs"}}


def test_respectively_hands_out_the_labels_in_order() -> None:
    """One list of names, one list of numbers."""
    text = "Revenue and operating income were 4.2 and 1.1, respectively."
    assert _labels(text) == {"4.2": {"revenue"}, "1.1": {"operating", "income"}}


def test_years_are_labels_unless_they_are_values() -> None:
    """A year names a column; asked for, it is the answer."""
    assert _labels("4.2 in 2019, 3.9 in 2018") == {"4.2": {"2019"}, "3.9": {"2018"}}
    years = label_numbers("2019, 2018", years_are_values=True)
    assert [int(item.number.value) for item in years] == [2019, 2018]


def test_a_clause_has_a_direction() -> None:
    """ "fell by 5%" and "rose by 5%" are two things."""
    assert [
        item.direction for item in label_numbers("It fell by 5%. It rose by 6%. It is 7%.")
    ] == [
        -1,
        1,
        0,
    ]


def test_fiscal_years_are_years() -> None:
    """FY19 and fiscal 2019 name one column."""
    assert content_words("FY19") == content_words("fiscal 2019") == {"2019"}


def test_a_table_gives_its_rows() -> None:
    """Rows with a label and numbers; headings and rows without either are left out."""
    rows = table_rows(["| | 2019 | 2018 |\n| Net sales | $4.2 | 3.9 |\n| Notes |  |", "no table"])
    assert [(row.words, [str(n.written) for n in row.numbers]) for row in rows] == [
        ({"net", "sales"}, ["4.2", "3.9"])
    ]
