"""Names of one word: whom prose speaks of, and what is called like people."""

import pytest

from flywheel.scrub import Scrubber
from flywheel.scrub.alone import (
    accept_word,
    find_again,
    find_alone,
    find_said,
    may_be_alone,
)
from flywheel.scrub.directory import load_directory
from flywheel.scrub.found import Span
from flywheel.scrub.namesakes import NAMESAKES, PEOPLE_TOO
from flywheel.scrub.placeholders import settle


def alone(text: str) -> list[str]:
    return [text[span.start : span.end] for span in settle(find_alone(text))]


def accepted(text: str, mention: str) -> list[str]:
    start = text.index(mention)
    return [text[s.start : s.end] for s in accept_word(text, start, start + len(mention), 0.7)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The invoice was opened by Deborah on Monday.", ["Deborah"]),
        ("Is Deborah in today?", ["Deborah"]),
        ("Deborah's mother called again.", ["Deborah"]),
        ("Please share it with Deborah, Matteo and Ingrid.", ["Deborah", "Matteo", "Ingrid"]),
        ("Deborah, your card is ready", ["Deborah"]),
        ("Ich habe mit Liesel gesprochen.", ["Liesel"]),
        ("J'ai parlé avec Mathilde hier.", ["Mathilde"]),
        ("He met Jean-Pierre there", ["Jean-Pierre"]),
        ("our lawyer Kowalski will call", ["Kowalski"]),
        ("Frau Schneider hat angerufen", ["Schneider"]),
        ("my daughter Amber is six", ["Amber"]),
        ("the claim of Schneider, Liesel was paid", ["Schneider, Liesel"]),
        ("ask for Josephine van der Berg", ["Josephine van der Berg"]),
    ],
)
def test_names_of_one_word_are_found(text: str, names: list[str]) -> None:
    """In any place of a sentence, in several languages, with what belongs to them."""
    assert alone(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "What was Campbell's revenue in 2019?",
        "Kellogg, Hershey and Cummins fell",
        "Tiffany's sales rose, so did Wendy's and Denny's",
        "Deborah's quarterly revenue",
        "Deborah Ltd and Deborah & Sons",
        "the Deborah of old, a Deborah",
        "Deborah Street and Lake Deborah",
        "hurricane Deborah, Deborah 11, Deborah-7",
        "flights to Berlin, Milan, Verona and Sydney",
        "I learn Julia, Ruby, Pascal and Haskell",
        "`Deborah` and #Deborah and deborah@ and Deborah.run() and Deborah(x)",
        "the Deborah theorem and a Deborah chain",
        "from Deborah import x",
        "In May, April and August we hope",
        "JOHANNA DEBORAH",
        "The Irish and the Thai market",
        "Let me see. Good. Have Faith.",
    ],
)
def test_what_is_called_like_people_stays(text: str) -> None:
    """Companies, towns, programs, months, methods, parts of longer names."""
    assert alone(text) == []


@pytest.mark.parametrize(
    ("text", "mention", "names"),
    [
        ("Later Kowalski denied it.", "Kowalski", ["Kowalski"]),
        ("we met Kowalski's cousin", "Kowalski's", ["Kowalski"]),
        ("I saw Mark there", "Mark", ["Mark"]),
        ("Kowalski's revenue rose in the quarter", "Kowalski's", []),
        ("Kowalski, Brandt and Moss sued", "Kowalski", []),
        ("a Kowalski-Brandt deal", "Kowalski-Brandt", []),
        ("Then Oracle replied", "Oracle", []),
        ("see Schedule there", "Schedule", []),
        ("sha256 there", "sha256", []),
    ],
)
def test_a_models_one_word_needs_the_directory(text: str, mention: str, names: list[str]) -> None:
    """A surname of the lists, where neither a firm nor business is spoken of."""
    assert accepted(text, mention) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("my daughter Zorvena is six", ["Zorvena"]),
        ("his brother, Ulkan, left", ["Ulkan"]),
        ("hey its deborah, can you help", ["deborah"]),
        ("hi im matteo brandt and my card is lost", ["matteo brandt"]),
        ("this is deborah", ["deborah"]),
        ("my wife IBM, my son Monday", []),
        ("its fine, im happy, this is great", []),
        ("its will and this is mark", []),
        ("i am running from here", []),
    ],
)
def test_relatives_and_those_who_say_who_they_are(text: str, names: list[str]) -> None:
    """A relative's name needs no list; one's own in lower case does."""
    assert [text[span.start : span.end] for span in find_said(text)] == names


def test_the_surname_of_a_full_name_is_found_again() -> None:
    """Unless a company or a thing is called so."""
    text = "Ada Kowalski wrote. Then Kowalski left Kowalski Ltd. Jim Ford drove a Ford."
    names = [Span(0, 12, "PERSON", 0.8), Span(text.index("Jim"), text.index(" drove"), "PERSON", 1)]
    assert [s.start for s in find_again(text, names)] == [text.index("Kowalski left")]
    assert list(find_again(text, [])) == []


def test_namesakes_are_no_names_alone() -> None:
    """Of the words that companies and people share only those of people as often count."""
    assert not any(may_be_alone(word.title()) for word in NAMESAKES - PEOPLE_TOO)
    assert sum(map(load_directory().is_given_too, PEOPLE_TOO)) > len(PEOPLE_TOO) / 2


@pytest.mark.parametrize(
    "company", ["Apple", "Oracle", "Tesla", "Ford", "Target", "Dell", "Disney", "Lilly", "Merck",
    "Chase", "Goldman", "Kellogg", "Hershey", "Campbell", "Deere", "Boeing", "Cummins", "Wendy's",
    "Macy's", "Kohl's", "Lowe's", "Denny's", "Tiffany's", "Abbott", "Baxter", "Stryker", "Hess"],
)  # fmt: skip
@pytest.mark.parametrize(
    "question", ["What was {} revenue in 2019?", "Did {} grow?", "Compare it with {}, please."]
)
def test_companies_stay_in_questions(scrubber: Scrubber, company: str, question: str) -> None:
    """A question's company is the question."""
    text = question.format(company)
    assert scrubber.scrub_text(text, "messages") == text


@pytest.mark.parametrize(
    "thing",
    ["Cadence", "Lennox", "Bentley", "Aspen", "Celine", "Tiffany", "Toro", "Olin", "Stepan",
     "Chico's", "Kinder Morgan", "Henry Schein", "Arthur J. Gallagher", "Dick's Sporting Goods",
     "Taylor Morrison", "Howard Hughes", "Piper Sandler", "Curtiss Wright", "Vera Bradley",
     "Rite Aid", "Virgin Galactic", "Church & Dwight", "Bronco", "Maverick", "Barbie"],
)  # fmt: skip
@pytest.mark.parametrize(
    "question",
    ["What was the revenue of {}?", "How did {} do in 2023?", "Compare {} and Apple.",
     "did {} pay a dividend?", "Who runs {}?"],
)  # fmt: skip
def test_makers_and_makes_stay(scrubber: Scrubber, thing: str, question: str) -> None:
    """Companies and products that are given names, too."""
    text = question.format(thing)
    assert scrubber.scrub_text(text, "messages") == text


@pytest.mark.parametrize("town", ["Irving", "Madison", "Charlotte", "Austin", "Trenton", "Durham"])
def test_towns_stay(scrubber: Scrubber, town: str) -> None:
    """Towns that are given names, too."""
    for text in (f"What are our sales in {town}?", f"Is {town} cheaper?"):
        assert scrubber.scrub_text(text, "messages") == text


@pytest.mark.parametrize(
    "text",
    [
        "What was the revenue of Deborah?",
        "the CEO of Deborah, shares of Deborah and stock of Deborah",
        "Who runs Deborah? Who owns Deborah? We invest in Deborah.",
        "Deborah's gross margin, Deborah's quarterly figures, Deborah's 10-K, Deborah's stock",
        "Did Deborah pay a dividend? Did Deborah raise its guidance?",
    ],
)
def test_what_has_revenue_is_nobody(text: str) -> None:
    """A given name in a question for a company's figures is the company's."""
    assert alone(text) == []


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Who runs it? Deborah Keller does.", "Deborah Keller"),
        ("Tell me the shares of Deborah Keller.", "Deborah Keller"),
        ("I asked Deborah about the revenue of Apple.", "Deborah"),
        ("Tiffany Keller wrote to me.", "Tiffany Keller"),
        ("Tom & Deborah came.", "Deborah"),
        ("My colleague Tiffany wrote to me.", "Tiffany"),
    ],
)
def test_people_among_figures_go(scrubber: Scrubber, text: str, gone: str) -> None:
    """A given name with a family name, and a role, are stronger than the figures."""
    assert gone not in scrubber.scrub_text(text, "messages")
