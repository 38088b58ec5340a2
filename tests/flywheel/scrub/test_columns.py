"""The heading of a column tells what its cells are."""

import pytest

from flywheel.scrub.columns import IN_CELLS, find_cells

PEOPLE = "name{0}phone{0}dob{0}amount\nMaria Keller{0}5550142999{0}12 May 1980{0}4512\n"


def cells(text: str) -> set[tuple[str, str]]:
    return {
        (entity, text[span.start : span.end])
        for entity in IN_CELLS
        for span in find_cells(text, entity)
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " | "])
def test_cells_are_found_under_their_heading(delimiter: str) -> None:
    """In files with commas, semicolons, tabs and in Markdown tables."""
    assert cells(PEOPLE.format(delimiter)) == {
        ("PERSON", "Maria Keller"),
        ("PHONE_NUMBER", "5550142999"),
        ("DATE_OF_BIRTH", "12 May 1980"),
    }


def test_a_table_ends_where_the_width_changes() -> None:
    """Prose behind a table is no row of it."""
    text = PEOPLE.format(",") + "\nRevenue was 5550142999 in all.\n"
    assert ("PHONE_NUMBER", "5550142999") in cells(text)
    assert len(cells(text)) == 3


@pytest.mark.parametrize(
    "table",
    [
        "name,ticker,price\nFord Motor,F,12\n",
        "customer,revenue\nWalmart,1234567\n",
        "| Segment | 2019 | 2018 |\n|---|---|---|\n| Phone | 5550142999 | 12 |\n",
        "phone revenue,2019\n5550142999,12\n",
        "a,b\nc,d\n",
    ],
)
def test_tables_of_companies_and_figures_stay(table: str) -> None:
    """A column of names is of people only beside another personal column."""
    assert cells(table) == set()


def test_empty_cells_and_placeholders_are_none() -> None:
    """Scrubbing a table again finds nothing."""
    assert cells("full name,phone\n,\n<PERSON_abcd2345>,-\n") == set()


def test_an_inserts_values_go_by_its_columns() -> None:
    """Row by row; what no personal column holds stays."""
    text = (
        "INSERT INTO staff (id, first_name, last_name, dob, city) VALUES "
        "(7, 'Ida', 'Moss', '1980-02-01', 'Lowfield'), (8, 'Olaf', 'Brandt', NULL, 'Oslo');"
    )
    assert [text[s.start : s.end] for s in find_cells(text, "PERSON")] == [
        "Ida", "Moss", "Olaf", "Brandt",
    ]  # fmt: skip
    assert [text[s.start : s.end] for s in find_cells(text, "DATE_OF_BIRTH")] == ["1980-02-01"]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO sales (region, amount) VALUES ('Europe', 12)",
        "INSERT INTO staff (first_name) VALUES (12), ('')",
        "insert into staff (first_name) select name from t",
        "first,last,min,max\n1,2,3,4\n",
    ],
)
def test_other_columns_values_stay(text: str) -> None:
    """Figures, places, and statements without values."""
    assert list(find_cells(text, "PERSON")) == []
