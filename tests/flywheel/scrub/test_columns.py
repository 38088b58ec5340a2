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
        "Date,Copper,Tin,Zinc\n2023-01-02,8450.50,25300.75,2500.10\n",
        "Year|Mobile|Fixed\n2022|12345678|2345678\n",
        "Metric,Actual,Street\nRevenue,5.2 billion,5.1 billion\n",
        "| Product | Family | Units |\n|---|---|---|\n| X | Xbox | 99 |",
        "Channel,Home mobile\nEurope,5550142999\n",
        "phone,street,tin\n5550.75,5.2 billion,25300.75\n-,12 million,99.1\n",
    ],
)
def test_tables_of_companies_and_figures_stay(table: str) -> None:
    """A column of names is of people only beside another personal column."""
    assert cells(table) == set()


def test_an_ambiguous_heading_counts_beside_a_sure_one() -> None:
    """Families, tin and mobiles are reported on; beside an e-mail address they are somebody's."""
    rows = "Ida,Moss,5550142999,123456789,12 Elm Row\n"
    assert cells(f"first,last,mobile,tin,street\n{rows}") == set()
    assert cells(f"first,last,mobile,tin,street,email\n{rows.strip()},x\n") == {
        ("PERSON", "Ida"),
        ("PERSON", "Moss"),
        ("PHONE_NUMBER", "5550142999"),
        ("NATIONAL_ID", "123456789"),
        ("STREET_ADDRESS", "12 Elm Row"),
    }


@pytest.mark.parametrize(
    "table",
    [
        'full name,firm,phone\nA B,"Acme, Inc.",5550142999\nIda Moss,Acme,5550143000\n',
        '"full name","firm","phone"\n"A B","Say ""x"", y","5550142999"\n"Ida Moss",,"5550143000"\n',
        "| full name | phone |\n|---|---|\n| A B | 5550142999 |\n| a \\| b | - |\n"
        "| Ida Moss | 5550143000 |\n",
        "full name,phone\nA B,5550142999\nsome,row,more\nIda Moss,5550143000\n",
        "full name,phone\nA B,5550142999\n\nIda Moss,5550143000\n",
        "full name\tphone\r\nA B\t5550142999\r\n\r\nIda Moss\t5550143000\r\n",
    ],
)
def test_one_odd_line_does_not_end_a_table(table: str) -> None:
    """A comma in quotes, an escaped bar, a row of another width, a blank line."""
    found = {("PHONE_NUMBER", "5550142999"), ("PERSON", "Ida Moss"), ("PHONE_NUMBER", "5550143000")}
    assert found <= cells(table)


@pytest.mark.parametrize(
    "behind",
    ["\nOverall, sales were fine.\n", "\n\nOverall, sales\n", "Done\nOverall, sales\n"],
)
def test_prose_behind_a_table_is_no_row(behind: str) -> None:
    """Behind a blank line a row must look like one; two blank lines end the table."""
    assert cells(f"first name,last name\nIda,Moss\n{behind}") == {
        ("PERSON", "Ida"),
        ("PERSON", "Moss"),
    }


def test_a_second_table_has_its_own_heading() -> None:
    """Behind a blank line, or above a rule of Markdown, of the same width or another."""
    first = "|full name|phone|\n|---|---|\n|Ida Moss|-|\n\n"
    assert cells(f"{first}|Metal|Price|\n|---|---|\n|Copper|5550142999|\n") == {
        ("PERSON", "Ida Moss")
    }
    metals = "first,last,email\nIda,Moss,a@b.org\n\nDate,Copper,Zinc\n2020,1,2\n"
    assert cells(metals) == {("PERSON", "Ida"), ("PERSON", "Moss")}
    other = "id,full name,phone\n1,Olaf Brandt,5550142999\n"
    assert ("PERSON", "Olaf Brandt") in cells(f"phone,x\n5550143000,a\n\n{other}")
    assert ("PERSON", "Olaf Brandt") in cells(f"phone,x\n5550143000,a\n{other}")


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
    "row",
    [
        "(N'Ida', E'Moss', NOW())",
        '("Ida", "Moss", NOW())',
        "(COALESCE(NULL, 7), 'Olaf', NULL), (NULL, 'x\\'y, z', 1), ('Ida', 'Moss', NOW())",
        "('O''Hara', 'J', 1),\n('Ida',\n 'Moss', current_date)",
    ],
)
def test_an_inserts_literals_are_of_many_forms(row: str) -> None:
    """National and escaped strings, double quotes, calls, rows over lines."""
    text = f"INSERT INTO staff (first_name, last_name, hired) VALUES {row};"
    found = [text[s.start : s.end] for s in find_cells(text, "PERSON")]
    assert found[-2:] == ["Ida", "Moss"]
    assert not {"NULL", "NOW", "J", "N", "E"} & set(found)


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
