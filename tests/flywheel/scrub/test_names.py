"""Names that words announce, mentions of a model that are accepted, one spelling for one name."""

import re

import pytest

from flywheel.scrub import Scrubber
from flywheel.scrub.contacts import find_emails, find_phones
from flywheel.scrub.directory import load_directory
from flywheel.scrub.names import (
    accept_mention,
    find_announced,
    find_beside_contacts,
    find_coordinated,
    may_hold_name,
    normalise_name,
)
from flywheel.scrub.placeholders import settle
from flywheel.scrub.vocabulary import VERBS


def announced(text: str) -> list[str]:
    return [text[span.start : span.end] for span in settle(find_announced(text))]


def accepted(text: str, mention: str) -> list[str]:
    start = text.index(mention)
    return [text[s.start : s.end] for s in accept_mention(text, start, start + len(mention), 0.7)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My name is Donna Petersen and I need help.", "Donna Petersen"),
        ("my name is Björk", "Björk"),
        ("This is Shannon Hill from the Boston desk.", "Shannon Hill"),
        ("I'm Lucas van der Berg.", "Lucas van der Berg"),
        ("My client Jacqueline Cross asked this", "Jacqueline Cross"),
        ("Log in from there, user Mr. Michael Ramsey.", "Mr. Michael Ramsey"),
        ("Ask Dr. Smith about it", "Dr. Smith"),
        ("This is Roberto Price from the Boston desk.", "Roberto Price"),
        ("Regards,\nApril Thomas", "April Thomas"),
        ("Dear Ms. O'Neil,", "Ms. O'Neil"),
        ("How old is Estefanía Lobato?", "Estefanía Lobato"),
        ("Please transfer 200 dollars to Beverley Wood.", "Beverley Wood"),
        ("Anto Wulf's account is locked", "Anto Wulf"),
        ("Cesar Maza (CFO) resigned", "Cesar Maza"),
        ("What did Philip Barnes say about revenue?", "Philip Barnes"),
        ("This is Scott Bailey DDS from the Boston desk.", "Scott Bailey DDS"),
    ],
)
def test_words_around_a_name_announce_it(text: str, name: str) -> None:
    """Introductions, titles, roles, letters, verbs of speaking, possessions."""
    assert announced(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "This is Net Income for 2019.",
        "Hello there, Dear Customer, Hi Assistant",
        "The client Cisco Systems Inc. paid",
        "My name is irrelevant",
        "user guide and Customer Service",
        "Dear Sir or Madam",
        "Thanks, It worked",
        "This is Total Operating Expenses",
        "Hi, I'm trying to compute EBITDA",
    ],
)
def test_what_a_report_speaks_of_is_no_name(text: str) -> None:
    """Line items, companies and forms of address stay."""
    assert announced(text) == []


@pytest.mark.parametrize(
    ("text", "mention", "names"),
    [
        ("asked by Traci King today", "Traci King", ["Traci King"]),
        ("Leigh Fox's pay", "Leigh Fox's", ["Leigh Fox"]),
        ("by Karl-August Hertrampf now", "Karl-August", ["Karl-August Hertrampf"]),
        ("Autodesk revenue", "Autodesk", []),
        ("NET INCOME", "NET INCOME", []),
        ("JOHN SMITH", "JOHN SMITH", []),
        ("Cubic Global Defense", "Cubic Global Defense", []),
        ("Q4 Results", "Q4 Results", []),
        ("Ada Byron\n| 2019", "Ada Byron\n| 2019", ["Ada Byron"]),
        ("Aug-2019", "Aug-2019", []),
    ],
)
def test_a_models_mention_is_accepted_only_as_a_name(
    text: str, mention: str, names: list[str]
) -> None:
    """Two words or more in mixed case, none of them a company's or a report's."""
    assert accepted(text, mention) == names


def test_a_name_beside_a_contact_is_found() -> None:
    """Whoever stands before an address is its owner."""
    text = "Jacqueline Cross (ubrennan@example.com) and Ann Lee: 406-555-0183 need it."
    contacts = [*find_emails(text), *find_phones(text)]
    found = [text[span.start : span.end] for span in find_beside_contacts(text, contacts)]
    assert found == ["Jacqueline Cross", "Ann Lee"]


def test_names_in_a_row_are_found() -> None:
    """ "And", "or" and commas join names, not a report's words."""
    text = "I'm Ada Byron, Vanya Bath and Amara Chana and Net Income."
    first = list(find_announced(text))
    found = [text[span.start : span.end] for span in find_coordinated(text, first)]
    assert found == ["Vanya Bath", "Amara Chana"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mr. Michael Ramsey", "Michael Ramsey"),
        ("Scott Bailey DDS", "scott bailey"),
        ("ANN  LEE", "Ann Lee"),
        ("J. Smith", "J Smith"),
        ("Leigh Fox's", "Leigh Fox"),
    ],
)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    """Title, suffix, case, spaces and dots make no other person."""
    assert normalise_name(one) == normalise_name(other)


def test_two_names_are_two() -> None:
    """A shared surname makes no one person."""
    assert normalise_name("Ann Lee") != normalise_name("Anna Lee")


@pytest.mark.parametrize(
    ("line", "may"),
    [
        ("What did Philip Barnes say?", True),
        ("ask Ludwig van Beethoven", True),
        ("J. Smith", True),
        ("What was the Net Income of Apple Inc in March 2019?", False),
        ("0.021 percent", False),
    ],
)
def test_the_model_reads_only_lines_that_can_hold_a_name(line: str, may: bool) -> None:
    """Two words that can stand in a name, side by side."""
    assert may_hold_name(line) is may


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"given": "Ida", "family": "Moss"}', ["Ida", "Moss"]),
        ('{"given": ["Ida"]}', ["Ida"]),
        ("Nom: Moreau\nPrénom: Odette\n", ["Moreau", "Odette"]),
        ("Vorname: Liesel\nNachname: Brandt\n", ["Liesel", "Brandt"]),
        ("family: Restaurant", []),
        ('{"given": 12}', []),
    ],
)
def test_a_records_and_a_forms_name_keys_announce_a_name(text: str, names: list[str]) -> None:
    """In the languages that the lists of names are in."""
    assert announced(text) == names


@pytest.mark.parametrize("verb", ["Compare", "Describe", "Summarize", "Benchmark", "Tell", "Ask"])
@pytest.mark.parametrize("rest", ["Kroger.", "Boeing and Airbus", "Cloud and Gaming"])
def test_a_verb_before_a_company_makes_nobody(scrubber: Scrubber, verb: str, rest: str) -> None:
    """A model takes "Compare" for a given name; the company behind it is no surname."""
    assert scrubber.scrub_text(f"{verb} {rest}", "messages") == f"{verb} {rest}"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask Grant Smith about it.", "Ask <> about it."),
        ("Compare Mark Jones and Apple.", "Compare <> and Apple."),
        ("Describe Maria.", "Describe <>."),
        ("Grant Smith called.", "<> called."),
        ("Describe Exelon Ohio.", "Describe Exelon Ohio."),
    ],
)
def test_a_verb_before_a_person_stays(scrubber: Scrubber, text: str, left: str) -> None:
    """Only the verb is no part of the name; verbs that are given names, too, are."""
    assert re.sub(r"<\w+>", "<>", scrubber.scrub_text(text, "messages")) == left


def test_no_verb_is_a_given_name() -> None:
    """Else the name of somebody would be cut."""
    directory = load_directory()
    assert not any(map(directory.is_given, VERBS))
    assert not VERBS & {"mark", "grant", "bill", "chase", "drew", "will", "pat", "sue", "rob"}
