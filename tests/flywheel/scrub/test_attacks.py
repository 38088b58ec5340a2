"""Forms in which personal data came through once, and figures that went with it."""

import json

import pytest
from faker import Faker

from flywheel.scrub import Scrubber

GONE = [
    ("mail maria.keller @ example.org now", "keller"),
    ("mail maria.keller@\nexample.org now", "keller"),
    ("mail maria.keller at example dot org now", "keller"),
    ('mail "maria keller"@example.org now', "keller"),
    ("name,card\nx,4111111111111111,y", "4111"),
    ("378282246310005,9,2024", "378282"),
    ("pay 4111.1111.1111.1111 please", "1111"),
    ("pay 4111  1111  1111  1111 please", "1111"),
    ("my card is 4111 1111\n1111 1111 ok", "1111"),
    ("to DE89 3704 0044\n0532 0130 00 ok", "3704"),
    ("ssn_219-09-9999", "9999"),
    ("client_203.0.113.77", "113.77"),
    ("password=correcthorse", "correcthorse"),
    ('"password": "correcthorse"', "correcthorse"),
    ('{"api_key": "abcdef0123456789"}', "abcdef"),
    ("12 RUE DE LA PAIX 75002 PARIS", "PAIX"),
    ("742 evergreen terrace, springfield, il 62704", "evergreen"),
    ("rue Agathe Bousquet\n79248 Saint Paul", "Bousquet"),
    ("take 6304-4702-1423 please", "4702"),
    ("ring 212 555 0143 please", "0143"),
    ("my name is maria keller and I ask", "keller"),
    ("customer: Keller, Maria", "Keller"),
    ("Signed: O'Brien, Siobhán", "Siobhán"),
    ("Ask Mr. van der Berg about it", "Berg"),
    ('{"first_name": "Maria", "last_name": "Keller"}', "Keller"),
    ('{"who": "Thekla Oberlechner"}', "Oberlechner"),
]


@pytest.mark.parametrize(("text", "secret"), GONE)
def test_what_came_through_once_is_gone(scrubber: Scrubber, text: str, secret: str) -> None:
    """In prose, data and code, over line ends, in lower and upper case."""
    assert secret not in scrubber.scrub_text(text)


KEPT = [
    "order no. 123-456-7890, invoice number 0012345678, part 03-1234-5678",
    "(212) 555-1000 thousand units",
    "growth of +15 000 000 EUR, and +12345678 shares",
    "mobile revenue 1234567, fax revenue 12345678, cell count 10000000",
    "call option at strike 1234567",
    "ISIN US0378331005, CUSIP 037833100, LEI 5493001KJTIIGC8Y1R12, CIK 0000320193",
    "2,017 2,018 2,019 and 1234 5678 9012 3456",
    "revenue of 212 555 1000, then 212 555 1000 300 and | 212 555 1000 |",
    "float 0.4111111111111111 and 0,4111111111111111",
    "password: required, then password reset 2019",
    "My name is irrelevant",
]


@pytest.mark.parametrize("text", KEPT)
def test_figures_and_identifiers_of_things_stay(scrubber: Scrubber, text: str) -> None:
    """A unit behind a number, or a thing before it, says that nobody answers it."""
    assert scrubber.scrub_text(text) == text


def test_questions_that_differ_in_their_figures_stay_different(scrubber: Scrubber) -> None:
    """A hundred questions over tickers, quarters, items and amounts make a hundred cases."""
    fake = Faker("en_US")
    fake.seed_instance(11)
    questions = {
        f"What was {item} of {fake.lexify('????').upper()} in Q{n % 4 + 1} {2000 + n % 25}, given "
        f"{fake.random_int(1000, 99_999_999):,} and ({fake.random_int(100, 999)})?"
        for n, item in enumerate(["revenue", "net income", "operating margin", "EPS"] * 25)
    }
    assert {scrubber.scrub_text(question, "messages") for question in questions} == questions


def test_a_person_in_a_tool_s_json_is_gone_and_its_figures_stay(scrubber: Scrubber) -> None:
    """A key tells what its value is."""
    data = {"customer": "Thekla Oberlechner", "revenue": 1234567, "quarter": "Q3 2019"}
    scrubbed = json.loads(scrubber.scrub_text(json.dumps(data), "messages"))
    assert scrubbed["customer"].startswith("<PERSON_")
    assert (scrubbed["revenue"], scrubbed["quarter"]) == (1234567, "Q3 2019")
