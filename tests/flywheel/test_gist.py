"""Wording noise is no difference between two questions; all else is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.dedupe import normalise
from flywheel.gist import ask_of, singular, tokens

PLAIN = "What was Norvane's revenue in 2019?"
OWNER, OTHER = "<PERSON_k3f7q2xa>", "<PERSON_m5t2h6ws>"


def ask(text: str, *known: str) -> tuple[str, ...]:
    return ask_of(text, {normalise(word) for word in known})


@pytest.mark.parametrize(
    "noisy",
    [
        "what was norvane's REVENUE   in 2019",
        "What’s Norvane’s revenue in 2019??",
        "Hi team, could you please tell me what Norvane's revenue was in 2019? Thanks!",
        "Good morning! I'd like to know the revenue of Norvane in 2019.",
        "Do you know what the revenue of Norvane was in fiscal year 2019?",
        "Revenue of Norvane in FY19, please",
        "Norvane revenue 2019",
        "In 2019, what was the revenue of Norvane?",
        "How much revenue did Norvane report for 2019?",
        "How much was the revenue of Norvane in 2019? Thank you in advance for your help.",
        f"What was Norvane's revenue in 2019? This is {OWNER} from the Boston desk.",
        f"Hello, my name is {OWNER}. What was Norvane's revenue in 2019?",
        f"What was Norvane's revenue in 2019? My client {OWNER}, <IBAN_CODE_k3f7q2xa>, asks.",
        f"Dear {OWNER}, what was Norvane's revenue in 2019?",
        f"What was Norvane's revenue in 2019?\n\nThanks,\n{OWNER}",
        f"What was Norvane's revenue in 2019? {OWNER}",
        "Sorry to bother you again. What was Norvane's revenue in 2019? Many thanks.",
        "Could you help me with this? What was Norvane's revenue in 2019?",
        "According to the report, what was Norvane's revenue in 2019?",
        "Bonjour, what was Norvane's revenue in 2019?",
    ],
)
def test_wording_noise_makes_no_other_question(noisy: str) -> None:
    """Case, spaces, punctuation, politeness, who writes, and simple ways to put it."""
    assert ask(noisy) == ask(PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PLAIN, "What was Norvane's revenue in 2018?"),
        (PLAIN, "What was Apple's revenue in 2019?"),
        (PLAIN, "What was Norvane's revenue in Q2 2019?"),
        (PLAIN, "What was Norvane's US revenue in 2019?"),
        (PLAIN, "Was Norvane's revenue in 2019?"),
        ("Revenue in the US", "Revenue"),
        ("revenue in $", "revenue in €"),
        ("Why did costs increase in 2019?", "Why did costs decrease in 2019?"),
        ("Why did costs increase?", "Why did costs not increase?"),
        ("gross margin in May 2019", "net margin in May 2019"),
        ("the result before tax", "the result after tax"),
        ("the minimum payment", "the maximum payment"),
        ("at least 5 shares", "at most 5 shares"),
        ("change from 2018 to 2019", "change from 2019 to 2018"),
        ("Did Norvane buy Apple?", "Did Apple buy Norvane?"),
        ("revenue as a percentage of costs", "costs as a percentage of revenue"),
        ("sales in 2018 and costs in 2019", "sales in 2019 and costs in 2018"),
        ("the number of shares", "the value of shares"),
        ("What is goodwill?", "What is the amount of goodwill?"),
        ("class A shares", "class B shares"),
        ("a loss of (3.4)", "a loss of 3.4"),
        ("Is a != b?", "Is a = b?"),
        ("5 million", "5 billion"),
        ("in C++", "in C"),
        ("Thanks!", "Hello!"),
        ("flights from Graz to Oslo", "flights from Oslo to Graz"),
        ("Did Graz and Oslo outgrow Rome?", "Did Rome and Oslo outgrow Graz?"),
        ("the share of Graz and of Oslo in Rome", "the share of Rome and of Oslo in Graz"),
        ("revenue on 3 March 2019", "revenue on 4 March 2019"),
        (f"When was {OWNER} appointed?", f"When was {OTHER} appointed?"),
        (f"{OWNER} runs Norvane. What does he earn?", f"{OTHER} runs Norvane. What does he earn?"),
        (
            f"Tell me the salary of {OWNER}. Can you do it today?",
            f"Tell me the salary of {OTHER}. Can you do it today?",
        ),
        ("🙂", "🙁"),
    ],
)
def test_what_may_have_another_right_answer_stays_apart(one: str, other: str) -> None:
    """Figures, times, currencies, regions, names, order where it means something, and turns."""
    assert ask(one) != ask(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How far is it between Oslo and New York?", "How far is it between New York and Oslo?"),
        ("Which is larger, Oslo or New York?", "Which is larger, New York or Oslo?"),
        ("What did Norvane say on March 3rd, 2019?", "What did Norvane say on 3 March 2019?"),
        ("Shouldn't the fee be waived?", "Should not the fee be waived?"),
        (
            "the R&D expense of Norvane in 2019",
            "Norvane's research and development expense in 2019",
        ),
        ("Norvane's earnings per share in 2019", "EPS of Norvane in 2019"),
        ("Did it earn more than $4bn?", "Did it earn more than 4,000 million dollars?"),
        ("List the risks of Norvane.", "What are the risks of Norvane?"),
    ],
)
def test_ways_to_put_one_thing_ask_the_same(one: str, other: str) -> None:
    """Pairs without an order, dates, contractions, terms with letters of their own, amounts."""
    assert ask(one) == ask(other)


def test_who_writes_is_noise_unless_the_documents_know_them() -> None:
    """Shares owned by A are not those owned by B, whether or not a document knows either."""
    of_owner, of_other = (f"How many shares are owned by {who}?" for who in (OWNER, OTHER))
    assert ask(of_owner, OWNER, OTHER) != ask(of_other, OWNER, OTHER)
    assert ask(of_owner) != ask(of_other)
    introduced = f"This is {OWNER} from the Boston desk. How many shares do they hold?"
    assert ask(introduced, OWNER) != ask(introduced)


def test_a_sentence_with_a_figure_is_no_chatter() -> None:
    """Who writes may also say what is asked."""
    assert ask(f"{OWNER} means 2019. What was revenue?") != ask("What was revenue?")


@pytest.mark.parametrize(
    ("spelled", "same"),
    [
        ("$1,000.50m", "1000.5 million"),
        ("$1,000.50m", "1,000,500,000"),
        ("4bn", "4000 million"),
        ("0.5 thousand", "500"),
        ("4.00 %", "4 percent"),
        ("1,234,567", "1234567"),
        ("(3,400)", "-3400"),
        ("5 EUR", "5 euros"),
    ],
)
def test_spellings_of_a_figure_are_one(spelled: str, same: str) -> None:
    """Separators, trailing zeros, signs and the names of units."""
    assert [word for word in tokens(spelled) if word != "$"] == tokens(same)


def test_only_the_plural_s_is_taken_off() -> None:
    """Marketing is no market, and a class no clas."""
    words = ["sales", "companies", "class", "basis", "news", "marketing", "gas", "status"]
    cut = ["sale", "company", "class", "basis", "news", "marketing", "gas", "status"]
    assert [singular(word) for word in words] == cut


@given(st.text())
def test_an_exact_case_has_one_gist(text: str) -> None:
    """Texts that normalise alike ask alike: whichever of them is looked at, the core is one."""
    assert ask(text) == ask(normalise(text))
    assert tokens(text) == tokens(normalise(text))
