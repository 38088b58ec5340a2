"""Invented numbers with valid check digits: national ids, bank accounts, wallets."""

import random
import string
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from faker import Faker
from stdnum.au import tfn
from stdnum.ca import sin
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.gb import nhs
from stdnum.in_ import aadhaar
from stdnum.us import rtn

Cued = tuple[str, str]
"""What stands before the number, and the number."""

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def national_id(locale: str, fake: Faker, rng: random.Random) -> Cued:
    """A national id of the locale's country, after the words that people put before it."""
    return _SCHEMES.get(locale, _nhs)(fake, rng)


def _digits(rng: random.Random, size: int) -> str:
    return "".join(rng.choices(string.digits, k=size))


def _until_valid(is_valid: Callable[[str], bool], draw: Callable[[], str]) -> str:
    return next(number for _ in range(100_000) if is_valid(number := draw()))


def _itin(fake: Faker, rng: random.Random) -> Cued:
    return "ITIN", fake.itin()


def _nino(fake: Faker, rng: random.Random) -> Cued:
    letters = rng.choice(("AB", "CE", "JK", "SX", "WM", "YA"))
    digits = _digits(rng, 6)
    spaced = f"{letters} {digits[:2]} {digits[2:4]} {digits[4:]} {rng.choice('ABCD')}"
    number = spaced if rng.random() < 0.5 else spaced.replace(" ", "")
    return rng.choice(("National Insurance number", "NINO")), number


def _nhs(fake: Faker, rng: random.Random) -> Cued:
    number = _until_valid(nhs.is_valid, lambda: _digits(rng, 10))
    return "NHS number", f"{number[:3]} {number[3:6]} {number[6:]}"


def _uk(fake: Faker, rng: random.Random) -> Cued:
    return rng.choice((_nino, _nhs))(fake, rng)


def _german(fake: Faker, rng: random.Random) -> Cued:
    return "Steuer-ID", _until_valid(idnr.is_valid, lambda: _steuer_id(rng))


def _steuer_id(rng: random.Random) -> str:
    from stdnum.iso7064 import mod_11_10

    digits = rng.sample(string.digits, 9)
    digits.insert(rng.randrange(9), rng.choice(digits))
    body = "".join(digits)
    return body + mod_11_10.calc_check_digit(body)


def _french(fake: Faker, rng: random.Random) -> Cued:
    from stdnum.fr import nir

    body = f"{rng.choice('12')}{rng.randrange(40, 99)}{rng.randrange(1, 13):02}{_digits(rng, 8)}"
    number = body + nir.calc_check_digits(body)
    return "numéro de sécurité sociale", number


def _spanish(fake: Faker, rng: random.Random) -> Cued:
    if rng.random() < 0.5:
        body = _digits(rng, 8)
        return "DNI", body + dni.calc_check_digit(body)
    body = rng.choice("XYZ") + _digits(rng, 7)
    return "NIE", body + nie.calc_check_digit(body)


def _italian(fake: Faker, rng: random.Random) -> Cued:
    return "codice fiscale", fake.ssn()


def _aadhaar(fake: Faker, rng: random.Random) -> Cued:
    from stdnum import verhoeff

    def draw() -> str:
        body = rng.choice("23456789") + _digits(rng, 10)
        return body + verhoeff.calc_check_digit(body)

    number = _until_valid(aadhaar.is_valid, draw)
    return "Aadhaar", f"{number[:4]} {number[4:8]} {number[8:]}"


def _pan(fake: Faker, rng: random.Random) -> Cued:
    letters = "".join(rng.choices(string.ascii_uppercase, k=5))
    return "PAN", f"{letters[:3]}P{letters[3]}{rng.randrange(1, 9999):04}{letters[4]}"


def _indian(fake: Faker, rng: random.Random) -> Cued:
    return rng.choice((_aadhaar, _pan))(fake, rng)


def _australian(fake: Faker, rng: random.Random) -> Cued:
    number = _until_valid(tfn.is_valid, lambda: _digits(rng, 9))
    return "TFN", f"{number[:3]} {number[3:6]} {number[6:]}"


def _canadian(fake: Faker, rng: random.Random) -> Cued:
    number = _until_valid(sin.is_valid, lambda: _digits(rng, 9))
    return "SIN", f"{number[:3]}-{number[3:6]}-{number[6:]}"


def _born(rng: random.Random) -> str:
    """Not Faker's own: its birthdays count back from today, and every day would be another set."""
    return f"{rng.randrange(40, 100):02}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"


def _polish(fake: Faker, rng: random.Random) -> Cued:
    from stdnum.pl import pesel

    body = _born(rng) + _digits(rng, 4)
    return "PESEL", body + pesel.calc_check_digit(body)


def _swedish(fake: Faker, rng: random.Random) -> Cued:
    from stdnum import luhn

    born, body = _born(rng), _digits(rng, 3)
    return "personnummer", f"{born}-{body}{luhn.calc_check_digit(born + body)}"


_SCHEMES: Final[dict[str, Callable[[Faker, random.Random], Cued]]] = {
    "en_US": _itin,
    "en_GB": _uk,
    "en_CA": _canadian,
    "en_AU": _australian,
    "en_IN": _indian,
    "de_DE": _german,
    "fr_FR": _french,
    "es_ES": _spanish,
    "it_IT": _italian,
    "nl_NL": lambda fake, rng: ("BSN", fake.ssn()),
    "pl_PL": _polish,
    "sv_SE": _swedish,
    "pt_BR": lambda fake, rng: ("CPF", fake.cpf()),
}


def passport(rng: random.Random) -> str:
    """A passport number in one of the usual forms."""
    letter = rng.choice("CFGHJKLNPRTVXYZ")
    return rng.choice(
        (_digits(rng, 9), f"{letter}{_digits(rng, 8)}", f"{letter}{letter}{_digits(rng, 7)}")
    )


def licence(rng: random.Random) -> str:
    """A driving licence's number in one of the usual forms."""
    letter = rng.choice(string.ascii_uppercase)
    british = f"{rng.choice(('MORGA', 'JONES', 'SMITH'))}{_digits(rng, 6)}SM9IJ"
    return rng.choice((f"{letter}{_digits(rng, 7)}", british, f"{letter}{_digits(rng, 12)}"))


def routing_number(rng: random.Random) -> str:
    """A US bank's ABA routing number, with its check digit."""

    def draw() -> str:
        body = f"{rng.randrange(1, 13):02}{_digits(rng, 6)}"
        return body + rtn.calc_check_digit(body)

    return _until_valid(rtn.is_valid, draw)


def uk_account(rng: random.Random) -> str:
    """A sort code and an account number."""
    code = "-".join(f"{rng.randrange(1, 99):02}" for _ in range(3))
    return f"{code} {_digits(rng, 8)}"


def wallet(rng: random.Random) -> str:
    """A Bitcoin or Ethereum address; the old Bitcoin ones carry their Base58Check sum."""
    if rng.random() < 0.4:
        return "0x" + "".join(rng.choices("0123456789abcdef", k=40))
    raw = b"\0" + rng.randbytes(20)
    raw += sha256(sha256(raw).digest()).digest()[:4]
    number, address = int.from_bytes(raw), ""
    while number:
        number, rest = divmod(number, 58)
        address = _BASE58[rest] + address
    return "1" + address


def secret(rng: random.Random) -> str:
    """An API key in one of the known forms."""
    letters = string.ascii_letters + string.digits
    return rng.choice(
        (
            "sk-" + "".join(rng.choices(letters, k=40)),
            "AKIA" + "".join(rng.choices(string.ascii_uppercase + string.digits, k=16)),
            "ghp_" + "".join(rng.choices(letters, k=36)),
        )
    )
