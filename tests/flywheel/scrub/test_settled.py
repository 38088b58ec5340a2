"""Where the model rests: whatever it would propose there changes no finding."""

import re
from collections.abc import Iterable
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from presidio_analyzer.nlp_engine import NlpArtifacts

from flywheel.scrub.engine import Engine
from flywheel.scrub.found import Span
from flywheel.scrub.names import find_announced
from flywheel.scrub.people import Mention, NameEngine, _split_words
from flywheel.scrub.settled import is_settled, surely
from flywheel.settings import ScrubSettings

ENGINE = Engine(ScrubSettings())
PLAIN = Engine(ScrubSettings(), plain=True)
ENGINE.load()
SPLIT = _split_words(ENGINE._names._loaded) or frozenset()

words = st.sampled_from(
    "Nora Keller|Kim Dean|Maria de la Cruz|Nora|Keller|Dean|de|van|and|or|,|.|'s|Mr.|Ms|Dr. |MD"
    "|This is|this is|Ask|Did|my client|my son|say|asked|Revenue|Will|May|St. Paul|J. P. Morgan"
    "|Cannot|Whats|nora@example.com|@example.com|Dean @ example.com|call 212-555-0187|in 2019"
    "|said Keller|Keller's|Keller-Dean|O'Neil|KELLER|Élodie|the|to|Nora Keller, |I am|Id".split("|")
)
sentences = st.lists(words, min_size=1, max_size=9).map(" ".join)
announced = st.builds(
    "{}{} {}{}{}".format,
    st.sampled_from(["", "Revenue rose. ", "Ask Keller: ", "the ", "Dean, "]),
    st.sampled_from(["This is", "my client", "Did", "I am", "Ask", "hello"]),
    st.sampled_from(["Nora Keller", "Kim Dean", "Mr. Dean", "Will Keller", "Élodie Kern"]),
    st.sampled_from(
        ["", ",", " say", " and", ".", " here", "@example.com", " @ example.com", " or"]
    ),
    sentences.map(lambda text: f" {text}"),
)


def is_at_rest(text: str) -> bool:
    """Whether the model would not read a text of one piece."""
    return is_settled(text, 0, len(text), surely(find_announced(text)), SPLIT)


def people(text: str, mentions: Iterable[Mention]) -> list[Span]:
    """All findings if the model proposed just these."""
    artifacts: Any = NlpArtifacts
    given = cast(NlpArtifacts, artifacts(list(mentions), None, [], [], None, "en"))
    found = PLAIN._analyzer.analyze(text, language="en", entities=["PERSON"], nlp_artifacts=given)
    return [
        Span(one.start, one.end, one.entity_type, one.score, str(one.recognition_metadata["by"]))
        for one in found
    ]


@given(st.one_of(announced, announced, sentences), st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_no_mention_changes_what_is_found(text: str, data: st.DataObject) -> None:
    """Whatever the model took for a person, unless a contact beside it has the name for itself."""
    assume(is_at_rest(text))
    assume("@" not in text)  # then the model is asked after all: the test below
    ends = [match.end() for match in re.finditer(r"[^\W\d_]+|\S", text)]
    starts = st.integers(0, len(text) - 1)
    pairs = st.tuples(starts, st.sampled_from(ends)).filter(lambda pair: pair[0] < pair[1])
    mentions = data.draw(
        st.lists(pairs, min_size=1, max_size=6).map(lambda p: [Mention(*m) for m in p])
    )
    assert people(text, mentions) == people(text, [])


@given(st.lists(st.one_of(announced, sentences), max_size=3).map("\n".join))
@settings(max_examples=120, deadline=None)
def test_a_model_at_rest_changes_no_finding(text: str) -> None:
    """With the real one, and all types together."""
    assert ENGINE.analyze([text], names=True) == PLAIN.analyze([text], names=True)


@pytest.mark.parametrize(
    ("text", "rests"),
    [
        ("This is Nora Keller, call me.", True),
        ("This is Nora Keller.", True),
        ("This is Mr. Dean.", True),
        ("Nora Keller is here to stay.", False),  # nobody announces her
        ("This is Nora Keller Dean.", False),  # of three names the model may see two
        ("This is Nora Keller, not Kim Dean.", False),
        ("This is Nora Keller, not Maria.", False),  # a name of one word
        ("This is Nora Cannot.", False),  # two words for the tokenizer
        ("This is Nora Keller's desk.", False),
    ],
)
def test_it_rests_only_where_every_name_is_announced(text: str, rests: bool) -> None:
    """One more capitalised pair, or a given name alone, and it reads."""
    assert is_at_rest(text) is rests


def test_a_model_at_rest_reads_nothing() -> None:
    """That is what it is for: the piece is not even remembered as read."""
    names = NameEngine(ScrubSettings().spacy_model, "en", lambda text: list(find_announced(text)))
    names.load()
    names.process_text("This is Nora Keller.\nNora Keller is here to stay.", "en")
    assert names._known.get("This is Nora Keller.") is None
    assert names._known.get("Nora Keller is here to stay.") is not None
    assert names.read_whole("This is Nora Keller.") == [Mention(8, 19)]


def test_an_address_that_takes_an_announced_name_wakes_the_model() -> None:
    """What outranked its proposals does not stand then."""
    text = "This is Nora Keller @ example.com, right?"
    assert is_at_rest(text)
    assert ENGINE.analyze([text], names=True) == PLAIN.analyze([text], names=True)
