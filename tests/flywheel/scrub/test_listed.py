"""Names that the directory knows, and the companies, places and words that share them."""

import pytest

from flywheel.scrub.directory import fold, load_directory
from flywheel.scrub.listed import find_listed
from flywheel.scrub.vocabulary import HOUSES


def listed(text: str) -> set[str]:
    return {text[span.start : span.end] for span in find_listed(text)}


@pytest.mark.parametrize(
    "name",
    ["Piotr Zieliński", "Björn Lindqvist", "Giulia Ferrante", "Lakshmi Venkat", "Anke Wißmann",
     "Thérèse Aubert", "Jose da Silva", "Anna-Lena Vogt"],
)  # fmt: skip
def test_a_given_name_begins_a_name_in_any_sentence(name: str) -> None:
    """Whatever the sentence says: the model knows few of these."""
    assert listed(f"The margin that {name} computed is off.") == {name}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hi Anna, the total is off", "Anna"),
        ("thanks Piotr!", "Piotr"),
        ("It works now.\n\nCheers,\nGiulia", "Giulia"),
        ("Maria: did you see it?", "Maria"),
        ("Who signed that, Matteo?", "Matteo"),
        ("ask Ingrid about it", "Ingrid"),
        ("Sarah's phone is off", "Sarah"),
        ("-- \nJane", "Jane"),
    ],
)
def test_a_given_name_alone_where_people_stand(text: str, name: str) -> None:
    """Greetings, sign-offs, chats."""
    assert listed(text) == {name}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PAY TO MARIA KELLER TODAY", "MARIA KELLER"),
        ("it was maria keller who asked", "maria keller"),
        ("x;Keller, Maria;12", "Keller, Maria"),
        ("a note by G. Ferrari says", "G. Ferrari"),
    ],
)
def test_capitals_lower_case_and_lists(text: str, name: str) -> None:
    """Both words must be names where nothing else tells."""
    assert name in listed(text)


@pytest.mark.parametrize(
    "text",
    [
        "Charles Schwab and Morgan Stanley beat Raymond James",
        "offices in San Jose, Santa Clara, Charlotte and Victoria",
        "Johnson Controls, Edwards Lifesciences and Eli Lilly",
        "Will Nokia raise its guidance? May Siemens follow?",
        "Grace Period, Mark Up, Rich Text and Bill Payment",
        "may sales and mark price, long term and rose sharply",
        "numbers have changed, line items may follow",
        "Jordan Operations, Georgia Revenue, Chad Segment",
        "REVENUE GROWTH AND NET INCOME",
        "A. Revenue, B. Costs, vitamin B. However",
        "Alexa Echo, Model Y and Windows Server",
    ],
)
def test_companies_places_and_words_stay(text: str) -> None:
    """What a report is made of, although people are called so, too."""
    assert listed(text) == set()


def test_the_directory_folds_accents_and_case() -> None:
    """People leave accents out; "Zoë" and "ZOE" are one name."""
    directory = load_directory()
    assert fold("Élodie’s") == "elodie"
    assert directory.is_given("Élodie")
    assert directory.is_given("ELODIE")
    assert not directory.is_given("May")
    assert directory.is_given_too("Mark")
    assert not directory.is_given_too("Revenue")


@pytest.mark.parametrize("company", sorted(HOUSES - {"wendy's", "ben jerry"}))
def test_a_company_is_nobody_in_any_case(company: str) -> None:
    """In lower case and in capitals, as in a title's case."""
    for written in (company, company.upper(), company.title()):
        assert listed(f"what was the revenue of {written}?") == set()
