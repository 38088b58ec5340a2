"""Inputs are one case when they ask the same of copies of one document, in whatever order."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from flywheel.clusters import Core, Part, answer_key, core_of, find_part, group
from schemas.event import ContextDocument, Message

KEY = b"a key of sixteen bytes or more"
PARAGRAPHS = [
    "Revenue of Norvane was $85.1 million in 2019, which the board calls good in such a market.",
    "Costs for energy rose by 7 percent because a long contract with a supplier had ended.",
    "Long-term debt stood at $12 million at the end of the year, well within the plan.",
]
REPORT = "\n\n".join(PARAGRAPHS)


def core(question: str, *documents: str) -> Core:
    context = [ContextDocument(id=f"d-{n}", text=text) for n, text in enumerate(documents)]
    return core_of(KEY, [Message(role="user", content=question)], context)


def parts(*cores: Core) -> list[Part]:
    return [
        part for n, one in enumerate(cores) for two in cores[:n] for part in find_part(one, two)
    ]


def grouped(*cores: Core, answers: dict[str, str] | None = None) -> set[frozenset[str]]:
    sizes = {one.id: len(one.ground) for one in cores}
    return set(group(sizes, parts(*cores), sizes, answers or {}))


def test_wordings_of_one_question_have_one_core() -> None:
    """Whatever the case and spaces of the report are."""
    plain = core("What was the revenue in 2019?", REPORT)
    assert core("please tell me the revenue in FY19", REPORT.upper()).id == plain.id


def test_two_questions_on_one_report_never_meet() -> None:
    """However much longer the report is."""
    one, other = core("What was revenue in 2019?", REPORT), core("What was debt in 2019?", REPORT)
    assert one.ask_key != other.ask_key and find_part(one, other) == []


def test_one_question_on_two_reports_is_two_cases() -> None:
    """One boilerplate, another figure."""
    one = core("What was revenue in 2019?", REPORT)
    other = core("What was revenue in 2019?", REPORT.replace("85.1", "58.1"))
    assert grouped(one, other) == {frozenset([one.id]), frozenset([other.id])}


def test_paragraphs_moved_and_cut_off_are_one_case() -> None:
    """As long as what is asked about stands there."""
    question = "What was the revenue of Norvane in 2019?"
    cores = [
        core(question, REPORT),
        core(question, "\n\n".join(PARAGRAPHS[::-1])),
        core(question, *PARAGRAPHS),
        core(question, "\n\n".join(PARAGRAPHS[:2])),
    ]
    assert len(grouped(*cores)) == 1
    without = core(question, "\n\n".join(PARAGRAPHS[1:]))
    assert frozenset([without.id]) in grouped(cores[0], without)


def test_a_part_of_two_reports_joins_neither() -> None:
    """It must not make one case of two that say different things further on."""
    question = "How did energy costs move?"
    head = "\n\n".join(PARAGRAPHS[:2])
    one = core(question, REPORT)
    other = core(question, REPORT.replace("$12", "$21"))
    between = core(question, head)
    assert len(parts(one, other, between)) == 2
    assert len(grouped(one, other, between)) == 3
    assert len(grouped(one, between)) == 1


def test_different_right_answers_never_meet() -> None:
    """Near copies with two right answers are two cases; one without stays with the whole."""
    cores = [Core(name, "ask", frozenset(), ("w",)) for name in ("whole", "a", "b", "c")]
    found = [Part(name, "whole") for name in "abc"]
    sizes = {"whole": 9, "a": 7, "b": 7, "c": 7}

    def sides(answers: dict[str, str]) -> set[frozenset[str]]:
        return set(group([one.id for one in cores], found, sizes, answers))

    assert sides({"a": "1"}) == sides({"a": "1", "b": "1"}) == {frozenset(sizes)}
    assert sides({"a": "1", "b": "2"}) == {
        frozenset("a"), frozenset("b"), frozenset(["whole", "c"]),
    }  # fmt: skip
    assert sides({"whole": "1", "b": "2"}) == {frozenset("b"), frozenset(["whole", "a", "c"])}


def test_answers_that_say_the_same_have_one_key() -> None:
    """Figures count, not the words around them."""
    assert answer_key("$85.1 million") == answer_key("It was 85.1 million.")
    assert answer_key("$85.1 million") != answer_key("$58.1 million")
    assert answer_key("In Europe.") == answer_key("in europe") != answer_key("In Asia.")


def test_a_long_message_is_compared_as_a_document() -> None:
    """Whoever pastes a report asks about it too."""
    pasted = core(f"Summarise this. {REPORT}")
    moved = core(f"{PARAGRAPHS[2]} Summarise this. {PARAGRAPHS[0]} {PARAGRAPHS[1]}")
    assert pasted.has_ground and pasted.ask_key == moved.ask_key
    other = core(f"Translate this. {REPORT}")
    assert grouped(pasted, other) == {frozenset([pasted.id]), frozenset([other.id])}


def test_figures_of_a_copy_are_among_those_of_its_original() -> None:
    """So their bits are, and another print's are not: it need not be compared word by word."""
    whole, cut = core("x?", REPORT), core("x?", "\n\n".join(PARAGRAPHS[:2]))
    other = core("x?", REPORT.replace("$12", "$21"))
    assert whole.figures & cut.figures == cut.figures != whole.figures
    assert whole.figures & other.figures not in (whole.figures, other.figures)


def test_speakers_tell_cases_apart() -> None:
    """What an assistant said is not what a user asked."""
    said = [core_of(KEY, [Message(role=role, content="5?")], []) for role in ("user", "assistant")]
    assert said[0].id != said[1].id


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12), st.data())
def test_the_order_of_parts_and_cores_does_not_matter(
    edges: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Any order, same groups; and each core is in exactly one."""
    names = "abcdef"
    found = [Part(names[a], names[b]) for a, b in edges if a != b]
    sizes = {name: n for n, name in enumerate(names)}
    answers = {name: data.draw(st.sampled_from("12")) for name in names[:2]}
    expected = set(group(names, found, sizes, answers))
    assert sorted(core for one in expected for core in one) == list(names)
    shuffled = data.draw(st.permutations(found))
    again = group(data.draw(st.permutations(names)), shuffled, sizes, answers)
    assert set(again) == expected


def test_the_order_of_texts_does_not_matter() -> None:
    """All orders of four copies and a stranger."""
    question = "What was the revenue of Norvane in 2019?"
    cores = [
        core(question, REPORT),
        core(question, "\n\n".join(PARAGRAPHS[:2])),
        core(question, "\n\n".join(PARAGRAPHS[::-1])),
        core(question, REPORT.replace("85.1", "58.1")),
    ]
    assert len({frozenset(grouped(*order)) for order in permutations(cores)}) == 1


def test_what_a_question_calls_the_document_need_not_stand_in_a_copy() -> None:
    """The footer names the release, yet the report is whole without it; the debt must be there."""
    footer = "This release was sent by a wire service to those who asked for it in writing."
    ask = "What are the key figures of this release?"
    whole, cut = core(ask, f"{REPORT}\n\n{footer}"), core(ask, REPORT)
    assert find_part(whole, cut) == [Part(cut.id, whole.id)]
    ask = "What was the long-term debt?"
    whole, cut = core(ask, REPORT), core(ask, "\n\n".join(PARAGRAPHS[:2]))
    assert find_part(whole, cut) == []
