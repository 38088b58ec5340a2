"""Documents split into prose and real tables."""

from hypothesis import given
from hypothesis import strategies as st

from flywheel.review.documents import Block, Cell, Prose, Table, read_blocks
from flywheel.review.marks import Marked


def _plain(text: str) -> tuple[Marked, ...]:
    return (Marked(text, ""),) if text else ()


def _read(text: str) -> tuple[Block, ...]:
    return read_blocks(text, _plain)


def _text(pieces: tuple[Marked, ...]) -> str:
    return "".join(piece.text for piece in pieces)


def _cells(rows: tuple[tuple[Cell, ...], ...]) -> list[list[str]]:
    return [[_text(cell.text) for cell in row] for row in rows]


def _table(text: str) -> Table:
    [table] = _read(text)
    assert isinstance(table, Table)
    return table


def test_a_markdown_table_has_its_header_above_the_rule() -> None:
    """The rule of dashes is no row."""
    table = _table("| EUR | 2024 |\n|:---|---:|\n| Revenue | 85.1 |\n| Cost | (12.0) |")
    assert _cells(table.header) == [["EUR", "2024"]]
    assert _cells(table.body) == [["Revenue", "85.1"], ["Cost", "(12.0)"]]


def test_a_table_without_outer_pipes_is_known_by_its_rule() -> None:
    """The other common way to write one."""
    assert _cells(_table("a | b\n--- | ---\n1 | 2").body) == [["1", "2"]]


def test_a_reports_table_without_a_rule_has_its_nameless_rows_as_header() -> None:
    """Reports turned to text have no rule; their head rows have an empty first cell."""
    table = _table(
        "|  | Years Ended |  |\n|  | 2019 | 2018 |\n| Sales | $ 1,452.4 | - |\n| Tax | 1 | 2 |"
    )
    assert _cells(table.header) == [["", "Years Ended", ""], ["", "2019", "2018"]]
    assert _cells(table.body)[0] == ["Sales", "$ 1,452.4", "-"]


def test_short_rows_are_filled() -> None:
    """Every row has the same number of cells."""
    table = _table("| a | b | c |\n|---|---|---|\n| x |\n| y | 1 | 2 |")
    assert _cells(table.body) == [["x", "", ""], ["y", "1", "2"]]


def test_numbers_stand_to_the_right_and_totals_are_strong() -> None:
    """Percentages, brackets and currency are numbers; asterisks around a cell are emphasis."""
    table = _table("| **Total** | **(85.1)** |\n| Share | 7.9% |\n| Name | text |\n| Sum | € 1,2 |")
    assert [(row[1].numeric, row[1].strong) for row in table.body] == [
        (True, True),
        (True, False),
        (False, False),
        (True, False),
    ]
    assert _text(table.body[0][0].text) == "Total"


def test_an_escaped_pipe_belongs_to_its_cell() -> None:
    """A backslash keeps a pipe in the text."""
    assert _cells(_table("| a \\| b | c |\n|---|---|\n| 1 | 2 |").header) == [["a | b", "c"]]


def test_prose_keeps_its_lines_and_a_lone_pipe_makes_no_table() -> None:
    """Text around a table stands where it stood."""
    blocks = _read("first | line\n\n  second\n| a | 1 |\n| b | 2 |\n\nlast")
    assert [type(block) for block in blocks] == [Prose, Table, Prose]
    assert isinstance(blocks[0], Prose)
    assert _text(blocks[0].text) == "first | line\n\n  second"


@given(st.text(alphabet="ab| -\n\\*1", max_size=60))
def test_no_word_is_lost(text: str) -> None:
    """Every letter and digit of a text stands in some block."""
    shown = ""
    for block in _read(text):
        if isinstance(block, Prose):
            shown += _text(block.text)
        else:
            shown += "".join(c for row in _cells((*block.header, *block.body)) for c in row)
    assert sorted(c for c in shown if c.isalnum()) == sorted(c for c in text if c.isalnum())


def test_a_table_without_end_goes_on_as_text() -> None:
    """50,000 rows kept the reader waiting for half a minute; nothing of them is left out."""
    rows = [f"| r{number} | {number} |" for number in range(6_000)]
    table, rest = read_blocks("\n".join(["| a | b |", "|---|---|", *rows]), _plain)
    assert isinstance(table, Table) and isinstance(rest, Prose)
    shown = [row[0].text[0].text for row in table.body]
    assert shown[-1] == "r4997"
    assert rest.text[0].text.splitlines() == rows[4_998:]
