"""Cards, IBANs, social security numbers and wallets; and the figures that look like them."""

import pytest

from flywheel.scrub.accounts import find_cards, find_ibans, find_ssns, find_wallets, passes_luhn


def cards(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_cards(text)]


def ibans(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_ibans(text)]


def ssns(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_ssns(text)]


def wallets(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_wallets(text)]


@pytest.mark.parametrize(
    "card",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "378282246310005",
        "3782 822463 10005",
        "30569309025904",
        "6011111111111117",
        "5555555555554444",
        "2221000000000009",
        "3530111333300000",
        "4222222222222",
        "4000000000000000006",
    ],
)
def test_cards_of_every_issuer_are_found(card: str) -> None:
    """Visa, Mastercard, American Express, Diners, Discover and JCB, with and without groups."""
    assert cards(f"Please charge {card}, thanks.") == [card]


def test_a_card_ends_where_its_sentence_does() -> None:
    """The full stop after a number is no decimal point."""
    assert cards("It is 4111111111111111.") == ["4111111111111111"]


@pytest.mark.parametrize(
    "text",
    [
        "Revenue was 4,111,111,111,111,111 in all",
        "4111111111111111.25 units",
        "$4111111111111111 of notional",
        "4111111111111111% of nothing",
        "2018 2017 2016 2015",
        "4111111111111112 shares",
        "ratio 1234567890123",
        "0000000000000000",
        "id 41111111-1111-1111-1111-111111111111",
        "a4111111111111111b",
    ],
)
def test_figures_are_no_cards(text: str) -> None:
    """Decimals, thousands separators, currencies, years and wrong check digits are left alone."""
    assert cards(text) == []


def test_a_mistyped_card_is_found_by_the_word_before_it() -> None:
    """A wrong check digit is still nearly somebody's card."""
    assert cards("My card number is 4111111111111112") == ["4111111111111112"]
    assert cards("card <CREDIT_CARD_abcdefgh> revenue 4111111111111112") == []


@pytest.mark.parametrize(
    ("digits", "right"), [("79927398713", True), ("79927398710", False), ("0", True)]
)
def test_luhn_is_the_standards_example(digits: str, right: bool) -> None:
    """The worked example of ISO/IEC 7812."""
    assert passes_luhn(digits) is right


@pytest.mark.parametrize(
    "iban",
    [
        "GB75ADBI76506819952113",
        "GB29 NWBK 6016 1331 9268 19",
        "DE89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "fr1420041010050500013m02606",
        "NO9386011117947",
        "MT84MALT011000012345MTLCAST001S",
        "NL91-ABNA-0417-1643-00",
    ],
)
def test_ibans_are_found_in_every_spelling(iban: str) -> None:
    """With spaces, hyphens and small letters, of the shortest and the longest country."""
    assert ibans(f"Bill it to IBAN {iban}.") == [iban]
    assert ibans(f"Wire to {iban}, please") == [iban]


def test_an_iban_does_not_swallow_the_words_after_it() -> None:
    """The country's length says where it ends."""
    assert ibans("into DE89370400440532013000 2 days from today") == ["DE89370400440532013000"]


@pytest.mark.parametrize(
    "text",
    [
        "DE00370400440532013000",
        "XX89370400440532013000",
        "FY19 2018 2017 2016 2015 2014",
        "AB12CD34",
    ],
)
def test_other_codes_are_no_ibans(text: str) -> None:
    """A wrong checksum, an unknown country, fiscal years and part numbers are left alone."""
    assert ibans(text) == []


def test_a_wrong_checksum_counts_after_the_word_iban() -> None:
    """Whoever writes IBAN before it means one."""
    assert ibans("IBAN: DE00370400440532013000") == ["DE00370400440532013000"]


@pytest.mark.parametrize("ssn", ["836-87-6761", "001-01-0001", "912-70-1234"])
def test_dashed_social_security_numbers_are_found(ssn: str) -> None:
    """Also taxpayer numbers, whose area begins with 9."""
    assert ssns(f"My SSN is {ssn}, is that needed?") == [ssn]
    assert ssns(f"it says {ssn} here") == [ssn]


@pytest.mark.parametrize(
    "text",
    [
        "000-12-3456",
        "666-12-3456",
        "123-00-4567",
        "123-45-0000",
        "123456789",
        "1123-45-6789",
        "2018-19-2020",
    ],
)
def test_areas_never_issued_are_left_alone(text: str) -> None:
    """Nor is any number of nine digits a social security number."""
    assert ssns(f"item {text} of the list") == []


def test_an_undashed_social_security_number_needs_its_cue() -> None:
    """Nine digits after "SSN" are one."""
    assert ssns("SSN 836876761") == ["836876761"]
    assert ssns("social security number: 836 87 6761") == ["836 87 6761"]


@pytest.mark.parametrize(
    "wallet",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "0x742d35Cc6634C0532925a3b844Bc454e4438f44e",
    ],
)
def test_wallets_are_found(wallet: str) -> None:
    """Bitcoin's three forms and Ethereum's."""
    assert wallets(f"send to {wallet} now") == [wallet]


def test_a_wallet_with_a_wrong_sum_is_none() -> None:
    """Base58Check protects other identifiers from being taken for one."""
    assert wallets("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb") == []
