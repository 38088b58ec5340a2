"""National identity numbers: how each country writes them, and the check digits of each scheme."""

from collections.abc import Callable
from typing import Final, NamedTuple

import stdnum.au.tfn
import stdnum.be.nn
import stdnum.br.cpf
import stdnum.ca.sin
import stdnum.ch.ssn
import stdnum.de.idnr
import stdnum.dk.cpr
import stdnum.es.dni
import stdnum.es.nie
import stdnum.fi.hetu
import stdnum.fr.nir
import stdnum.gb.nhs
import stdnum.in_.aadhaar
import stdnum.it.codicefiscale
import stdnum.nl.bsn
import stdnum.no.fodselsnummer
import stdnum.pl.pesel
import stdnum.se.personnummer
from stdnum import luhn

Check = Callable[[str], bool]


class Scheme(NamedTuple):
    """One country's number."""

    form: str
    """A regular expression; what stands around the number is not its business."""
    is_valid: Check | None
    """The scheme's check, where it has one."""
    stands_alone: bool
    """Whether form and check are so rare that no cue is needed."""


def _singapore(number: str) -> bool:
    """NRIC and FIN: weighted digits choose the last letter."""
    weighed = sum(int(digit) * weight for digit, weight in zip(number[1:8], _WEIGHTS, strict=True))
    offset, letters = _SINGAPORE[number[0]]
    return letters[(weighed + offset) % 11] == number[8]


_WEIGHTS: Final = (2, 7, 6, 5, 4, 3, 2)
_SINGAPORE: Final = {
    "S": (0, "JZIHGFEDCBA"),
    "T": (4, "JZIHGFEDCBA"),
    "F": (0, "XWUTRQPNMLK"),
    "G": (4, "XWUTRQPNMLK"),
    "M": (3, "XWUTRQPNJLK"),
}


SCHEMES: Final = (
    Scheme(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]", None, True),  # NINO
    Scheme(r"\d{3}[ -]?\d{3}[ -]?\d{4}", stdnum.gb.nhs.is_valid, False),
    Scheme(r"\d{2} ?\d{3} ?\d{3} ?\d{3}", stdnum.de.idnr.is_valid, False),
    Scheme(
        r"[12378] ?\d\d ?(?:[02-9]\d|1[0-2]) ?\d[\dAB] ?\d{3} ?\d{3} ?\d\d",
        stdnum.fr.nir.is_valid,
        True,
    ),
    Scheme(r"\d{8}[ -]?[A-HJ-NP-TV-Z]", stdnum.es.dni.is_valid, True),
    Scheme(r"[XYZ][ -]?\d{7}[ -]?[A-HJ-NP-TV-Z]", stdnum.es.nie.is_valid, True),
    Scheme(
        r"[A-Z]{6} ?[\dLMNP-V]{2}[A-EHLMPR-T][\dLMNP-V]{2} ?[A-Z][\dLMNP-V]{3}[A-Z]",
        stdnum.it.codicefiscale.is_valid,
        True,
    ),
    Scheme(r"\d{9}|\d{4}\.\d{2}\.\d{3}", stdnum.nl.bsn.is_valid, False),
    Scheme(r"\d{11}", stdnum.pl.pesel.is_valid, False),
    Scheme(r"(?:19|20)?\d{6}[-+]\d{4}", stdnum.se.personnummer.is_valid, True),
    Scheme(r"(?:19|20)?\d{10}", stdnum.se.personnummer.is_valid, False),
    Scheme(r"\d{6}-?\d{4}", stdnum.dk.cpr.is_valid, False),
    Scheme(r"\d{6} ?\d{5}", stdnum.no.fodselsnummer.is_valid, False),
    Scheme(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", stdnum.fi.hetu.is_valid, True),
    Scheme(r"756\.\d{4}\.\d{4}\.\d\d", stdnum.ch.ssn.is_valid, True),
    Scheme(r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d", stdnum.be.nn.is_valid, True),
    Scheme(r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}", stdnum.in_.aadhaar.is_valid, False),
    Scheme(r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", None, True),  # India's PAN
    Scheme(r"\d{3} ?\d{3} ?\d{3}", stdnum.au.tfn.is_valid, False),
    Scheme(r"[2-6]\d{3} ?\d{5} ?\d(?: ?/? ?\d)?", None, False),  # Australia's Medicare
    Scheme(r"\d{3}[ -]?\d{3}[ -]?\d{3}", stdnum.ca.sin.is_valid, False),
    Scheme(r"\d{3}\.\d{3}\.\d{3}-\d\d", stdnum.br.cpf.is_valid, True),
    Scheme(r"\d{11}", stdnum.br.cpf.is_valid, False),
    Scheme(r"[STFGM]\d{7}[A-Z]", _singapore, True),
    Scheme(r"\d{2}[01]\d[0-3]\d ?\d{4} ?[01]\d{2}", luhn.is_valid, False),  # South Africa
)
"""Numbers of digits only are figures, too, until a cue says otherwise, check digit or not."""
