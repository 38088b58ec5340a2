"""What the page of one case is made of."""

from flywheel.review.case import build_case
from flywheel.review.documents import Prose, Table
from flywheel.steps.candidates import read_candidate
from flywheel.store import Store
from tests.approve import decide
from tests.facts import add_candidate
from tests.flywheel.review.cases import REPORT, add_cases, add_swapped


def test_the_telling_case_shows_what_was_swapped(store: Store) -> None:
    """The figures that changed places are the difference; the made-up margin is named."""
    case = build_case(read_candidate(store, add_swapped(store)))
    assert case.difference is not None
    changed = [piece.text for piece in case.difference.before if piece.kind == "removed"]
    assert changed == ["213.4", "1,284.6", "19.4"]
    assert case.not_found == ("19.4%",)
    assert case.ideal_not_found == ()
    assert case.draft == case.view.proposed_output
    [report, outlook] = case.documents
    assert isinstance(report.blocks[0], Table)
    assert isinstance(outlook.blocks[0], Prose)
    operating = next(row for row in report.blocks[0].body if row[0].strong)
    assert operating[1].text == (("213.4", "both"),)


def test_without_a_proposal_the_editor_opens_with_the_answer(store: Store) -> None:
    """Nothing to compare, and something to start from."""
    case = build_case(read_candidate(store, add_cases(store)[4]))
    assert case.ideal is None
    assert case.difference is None
    assert case.draft == "I cannot find that in the report."


def test_an_edit_is_what_the_page_compares_with(store: Store) -> None:
    """Opened again, an edited case shows the reviewer's text and not the first proposal."""
    candidate = add_swapped(store)
    decide(store, candidate, "edit", output="Revenue was €1,284.6 million.")
    case = build_case(read_candidate(store, candidate))
    assert case.ideal == case.draft == "Revenue was €1,284.6 million."


def test_a_report_inside_the_question_is_marked_there(store: Store) -> None:
    """Without context documents the conversation is the place to look numbers up."""
    question = f"{REPORT}\nWhat was the net income?"
    candidate = add_candidate(store, question=question, output="158.7", proposed_output="158.7")
    [turn] = build_case(read_candidate(store, candidate)).turns
    marks = [
        piece.mark
        for block in turn.blocks
        if isinstance(block, Table)
        for row in block.body
        for cell in row
        for piece in cell.text
    ]
    assert marks.count("both") == 1


def test_a_question_beside_its_context_stays_unmarked(store: Store) -> None:
    """A year in the question is no finding."""
    candidate = add_swapped(store, question="And in 2024?", output="In 2024: 1,284.6")
    [turn] = build_case(read_candidate(store, candidate)).turns
    assert turn.blocks == (Prose((("And in 2024?", ""),)),)
