"""Bank accounts behind a cue, and the ledgers, payables and figures that stay."""

import pytest

from flywheel.scrub.banking import find_bank_accounts


def accounts(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_bank_accounts(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("account number 9876543210", ["9876543210"]),
        ("Account no. 9876543210, thanks", ["9876543210"]),
        ("acct# 98765432", ["98765432"]),
        ("checking account 000123456789", ["000123456789"]),
        ("wire it to account 1234567890 at the bank", ["1234567890"]),
        ("Kontonummer: 12 3456 7890", ["12 3456 7890"]),
        ("20-00-00 55779911", ["20-00-00 55779911"]),
        ("sort code 20-00-00", ["20-00-00"]),
        ("BSB 062-000", ["062-000"]),
        ("routing 021000021 and account no 123456789012", ["021000021", "123456789012"]),
        ('{"account_number": "9876543210"}', ["9876543210"]),
    ],
)
def test_accounts_are_found(text: str, found: list[str]) -> None:
    """American, British, Australian and German spellings."""
    assert accounts(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "accounts payable 12345678",
        "accounts receivable of 23456789",
        "general ledger account no. 400100",
        "account 4001",
        "account balance 1,234,567",
        "routing 021000022",
        "routing of 123456789 packets",
        "account number growth of 1234567",
        "account no. 2019-2020",
        "On 20-00-00 nothing happened",
    ],
)
def test_ledgers_and_figures_stay(text: str) -> None:
    """A routing number must pass its check digit; a ledger's account is nobody's."""
    assert accounts(text) == []


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("May I have the account number?\nUser: 72024677", "72024677"),
        ("Account no.? 72024677", "72024677"),
        ("Ida's bank details: 117118369827, savings", "117118369827"),
    ],
)
def test_an_answer_and_bank_details_are_found(text: str, account: str) -> None:
    """The number alone for an answer; a cue that names no number."""
    assert account in [text[span.start : span.end] for span in find_bank_accounts(text)]
