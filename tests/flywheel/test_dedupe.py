"""Two texts are the same content when people would read the same, and else never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.dedupe import case_id, content_key, keys_of, normalise
from schemas.event import ContextDocument, Interaction, Message, TextPart

KEY = b"a key of sixteen bytes or more"
QUESTION = [Message(role="user", content="What was the revenue in 2019?")]
REPORT = [ContextDocument(id="d-1", text="Revenue was $85.1 million.")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Revenue  in\n2019 ", "revenue in 2019"),
        ("ＲＥＶＥＮＵＥ", "revenue"),
        ("Straße", "STRASSE"),
        ("proﬁt", "profit"),
        ("café", "cafe\u0301"),
        ("a\u00a0b", "a b"),
    ],
)
def test_spelling_of_the_same_text_does_not_matter(one: str, other: str) -> None:
    """White space, case, width, ligatures and composed accents are folded."""
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("revenue in 2018", "revenue in 2019"),
        ("$1.5 million", "$15 million"),
        ("-3%", "3%"),
        ("revenue from Europe", "revenue from Asia Pacific"),
        ("<PERSON_k3f9> owns", "<PERSON_x7ab> owns"),
        ("resume", "résumé"),
        ("ab c", "a bc"),
    ],
)
def test_what_means_something_else_stays_apart(one: str, other: str) -> None:
    """Years, points, signs, regions and two people's placeholders."""
    assert normalise(one) != normalise(other)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    """Else an export read back in would be another case."""
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_takes_the_short_way_to_the_same_place(text: str) -> None:
    """The fast path for plain text agrees with the long one."""
    assert normalise(text) == normalise(text + " é").removesuffix("é").rstrip()


def test_a_case_is_the_input_whoever_asked() -> None:
    """Message forms and document ids do not make another case."""
    parts = [Message(role="user", content=[TextPart(type="text", text=QUESTION[0].text)])]
    renamed = [ContextDocument(id="d-2", text=REPORT[0].text)]
    assert case_id(KEY, QUESTION, REPORT) == case_id(KEY, parts, renamed)


def test_another_input_is_another_case() -> None:
    """Another role, message, document or order of documents."""
    more = [*REPORT, ContextDocument(id="d-2", text="In thousands.")]
    cases = {
        case_id(KEY, QUESTION, []),
        case_id(KEY, QUESTION, REPORT),
        case_id(KEY, QUESTION, more),
        case_id(KEY, QUESTION, more[::-1]),
        case_id(KEY, [Message(role="system", content=QUESTION[0].text)], REPORT),
        case_id(KEY, [*QUESTION, *QUESTION], REPORT),
        case_id(KEY, [*QUESTION, Message(role="user", content=REPORT[0].text)], []),
    }
    assert len(cases) == 7


def test_content_is_input_answer_and_tenant() -> None:
    """A retry has the same content; another answer or tenant has not."""
    key = content_key(KEY, QUESTION, REPORT, "$85.1 million", "acme")
    assert key == content_key(KEY, QUESTION, REPORT, " $85.1  MILLION", "acme")
    others = {
        content_key(KEY, QUESTION, REPORT, "$58.1 million", "acme"),
        content_key(KEY, QUESTION, REPORT, "$85.1 million", "umbrella"),
        content_key(KEY, QUESTION, REPORT, "$85.1 million", ""),
        content_key(KEY, QUESTION, REPORT, "$85.1 million", None),
        content_key(KEY, QUESTION, [], "$85.1 million", "acme"),
    }
    assert len(others) == 5 and key not in others


def test_keys_say_nothing_without_the_salt() -> None:
    """Another key, another hash of the same content."""
    assert case_id(KEY, QUESTION, REPORT) != case_id(b"another key, also long", QUESTION, REPORT)


@given(st.text(), st.none() | st.text())
def test_an_event_s_keys_are_those_of_its_parts(output: str, tenant: str | None) -> None:
    """What ingest stores is what an import or an export computes for the same case."""
    event = Interaction(
        type="interaction",
        id="i",
        time="2025-01-06T09:00:00Z",  # type: ignore[arg-type] # parsed
        messages=QUESTION,
        context=REPORT,
        output=output,
        tenant=tenant,
    )
    content, case = keys_of(KEY, event)
    assert content == content_key(KEY, QUESTION, REPORT, output, tenant)
    assert case == case_id(KEY, QUESTION, REPORT)


def test_stored_keys_never_change() -> None:
    """A database that holds them must still know its cases: the values are pinned."""
    assert case_id(KEY, QUESTION, REPORT) == "af586c2cc19a5d731f644db2cc3eef47"
    assert (
        content_key(KEY, QUESTION, REPORT, "$85.1 million", "acme")
        == "323283eecf53c81946909242467ec331"
    )
