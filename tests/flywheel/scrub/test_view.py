"""What a reader sees is searched, and what is found is cut from the text that was given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.scrub import Scrubber, find_residual
from flywheel.scrub.found import Span
from flywheel.scrub.view import View

HIDDEN = [
    ("mail mar\u200bia.keller@exam\u200bple.org now", "EMAIL_ADDRESS", "mail ", " now"),
    ("mail maria.keller\uff20example.org now", "EMAIL_ADDRESS", "mail ", " now"),
    ("mail maria.keller&#64;example.org now", "EMAIL_ADDRESS", "mail ", " now"),
    ("mail maria.keller&commat;example.org now", "EMAIL_ADDRESS", "mail ", " now"),
    ("to maria.keller%2Btax%40example.org&x=1", "EMAIL_ADDRESS", "to ", "&x=1"),
    ('{"mail":"maria.keller\\u0040example.org"}', "EMAIL_ADDRESS", '{"mail":"', '"}'),
    ("mail ju\u0308rgen.mu\u0308ller@example.org now", "EMAIL_ADDRESS", "mail ", " now"),
    ("pay \uff14\uff11\uff11\uff11 1111 1111 1111 please", "CREDIT_CARD", "pay ", " please"),
    ("pay 4111\xa01111\xa01111\xa01111 please", "CREDIT_CARD", "pay ", " please"),
    ("pay 4111\u20111111\u20111111\u20111111 please", "CREDIT_CARD", "pay ", " please"),
    ("pay 4111&nbsp;1111&nbsp;1111&nbsp;1111 please", "CREDIT_CARD", "pay ", " please"),
    ("to DE89\u202f3704\u202f0044\u202f0532\u202f0130\u202f00 ok", "IBAN_CODE", "to ", " ok"),
    ("it is 219\u201309\u20139999 ok", "US_SSN", "it is ", " ok"),
    ("call +49\xa030\xa01234567 ok", "PHONE_NUMBER", "call ", " ok"),
    ("call +\u0664\u0669 30 \u0661\u0662\u0663\u0664567 ok", "PHONE_NUMBER", "call ", " ok"),
    ("tel:x%20%2B49%2030%201234567 ok", "PHONE_NUMBER", "tel:x", " ok"),
    ("call +\u17e4\u17e9 30 \u1041\u1042\u1043\u1044567 ok", "PHONE_NUMBER", "call ", " ok"),
    ("it is 219\u221209\u22129999 ok", "US_SSN", "it is ", " ok"),
    ("it is 219\u201409\u20149999 ok", "US_SSN", "it is ", " ok"),
    ("it is 219\ufe6309\ufe639999 ok", "US_SSN", "it is ", " ok"),
    ("pay 4111\u3164 1111\u115f 1111\U000e0061 1111 please", "CREDIT_CARD", "pay ", " please"),
    ("pay 4111\u180b1111\u180d1111\U000e01001111 please", "CREDIT_CARD", "pay ", " please"),
    ("mail maria.keller@example\u3002org now", "EMAIL_ADDRESS", "mail ", " now"),
    ("mail maria.keller\ufe6bexample\uff61org now", "EMAIL_ADDRESS", "mail ", " now"),
    ("mail maria.keller\\x40example.org now", "EMAIL_ADDRESS", "mail ", " now"),
    ("mail m\\xc3\\xbcller\\x40example.org now", "EMAIL_ADDRESS", "mail ", " now"),
    ("I am Mar\xadia Kel\xadler, hello", "PERSON", "I am ", ", hello"),
    ("I am Maria\xa0Keller, hello", "PERSON", "I am ", ", hello"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "before", "after"), HIDDEN)
def test_a_value_is_found_however_it_is_written(
    scrubber: Scrubber, text: str, kind: str, before: str, after: str
) -> None:
    """Invisible and wide characters, other spaces and dashes, entities, codes and escapes."""
    scrubbed = scrubber.scrub_text(text)
    assert scrubbed.startswith(f"{before}<{kind}_") and scrubbed.endswith(f">{after}")
    assert len(scrubbed) == len(before) + len(f"<{kind}_12345678>") + len(after)
    assert scrubber.scrub_text(scrubbed) == scrubbed


def test_spellings_of_one_value_share_a_placeholder(scrubber: Scrubber) -> None:
    """Who writes a no-break space means the same card."""
    spellings = ("4111 1111 1111 1111", "4111\xa01111\xa01111\xa01111", "4111\u200b111111111111")
    assert len({scrubber.scrub_text(f"pay {card} now") for card in spellings}) == 1


def test_the_checks_see_what_a_reader_sees() -> None:
    """What the scrubber would take out is residue when it stands."""
    assert find_residual("maria.keller&#64;example.org") == {"EMAIL_ADDRESS"}


@pytest.mark.parametrize(
    "text",
    [
        "margin 12%20 and 45%40 of it",
        "2017\u20132018 was 4.5%\xa0higher",
        "Sales rose\u2014as in 2018\u2014to 5\u2212fold \u65e5\u672c\u3002\u4eca\u65e5",
        "\\xzz C:\\xampp \\x00",
        "R&D and S&P 500, AT&T; 3\xa0000\xa0000",
        "\u20ac\xa01\u202f234\u202f567,89 in FY\xa02019",
    ],
)
def test_a_report_keeps_its_spaces_dashes_and_percents(scrubber: Scrubber, text: str) -> None:
    """What is shown otherwise is only looked at: a text without findings comes back as it is."""
    assert scrubber.scrub_text(text) == text


ODD = st.sampled_from(
    [
        "\u200b",
        "\xa0",
        "&#64;",
        "&amp;",
        "\\u0041",
        "\\x41\\xff",
        "\u3164",
        "1\u20142",
        "\u0be7",
        "x%41%42",
        "\uff21",
        "e\u0301",
    ]
)


@given(st.lists(st.one_of(st.text(max_size=6), ODD), max_size=12))
def test_every_offset_leads_back_into_the_text(parts: list[str]) -> None:
    """Of any span of the view: in bounds, in order, and the whole is the whole."""
    text = "".join(parts)
    view = View(text)
    for start in range(len(view.text)):
        back = view.back(Span(start, start + 1, "X", 1.0))
        assert 0 <= back.start < back.end <= len(text)
        assert View(text[back.start : back.end]).text or back.end - back.start
    if view.text and view.text[0] == text[0] and view.text[-1] == text[-1]:
        assert view.back(Span(0, len(view.text), "X", 1.0))[:2] == (0, len(text))
