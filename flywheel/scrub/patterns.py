"""Every pattern by its entity, and which of them the checks after scrubbing look for again."""

from collections.abc import Callable, Iterator
from typing import Final

from flywheel.scrub.accounts import find_cards, find_ibans, find_ssns, find_wallets
from flywheel.scrub.addresses import find_addresses
from flywheel.scrub.banking import find_bank_accounts
from flywheel.scrub.births import find_births
from flywheel.scrub.columns import IN_CELLS, find_cells
from flywheel.scrub.contacts import find_emails, find_phones
from flywheel.scrub.credentials import find_secrets
from flywheel.scrub.documents import find_licences, find_passports, find_vehicles
from flywheel.scrub.found import Span
from flywheel.scrub.identities import find_identities
from flywheel.scrub.network import find_ips, find_macs, find_urls

Finder = Callable[[str], Iterator[Span]]

_BY_FORM: Final[dict[str, Finder]] = {
    "EMAIL_ADDRESS": find_emails,
    "PHONE_NUMBER": find_phones,
    "CREDIT_CARD": find_cards,
    "IBAN_CODE": find_ibans,
    "US_SSN": find_ssns,
    "NATIONAL_ID": find_identities,
    "PASSPORT": find_passports,
    "DRIVER_LICENSE": find_licences,
    "VEHICLE_ID": find_vehicles,
    "BANK_ACCOUNT": find_bank_accounts,
    "DATE_OF_BIRTH": find_births,
    "IP_ADDRESS": find_ips,
    "MAC_ADDRESS": find_macs,
    "CRYPTO": find_wallets,
    "URL": find_urls,
    "SECRET": find_secrets,
    "STREET_ADDRESS": find_addresses,
}
"""Not here on purpose: other dates, places, organisations, nationalities and plain URLs, of which
a report is made; Presidio's own recognisers for them masked half of all figures."""


def _with_cells(entity: str, find: Finder) -> Finder:
    """The finder, and the cells of tables whose heading names its entity."""

    def find_both(text: str) -> Iterator[Span]:
        yield from find(text)
        yield from find_cells(text, entity)

    return find_both


PATTERNS: Final[dict[str, Finder]] = {
    entity: _with_cells(entity, find) if entity in IN_CELLS else find
    for entity, find in _BY_FORM.items()
}
