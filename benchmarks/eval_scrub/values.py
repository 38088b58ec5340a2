"""Values for the templates: each half draws from its own, by a hash of the value."""

import random
from collections.abc import Callable
from datetime import date
from hashlib import blake2b
from typing import Final, Literal, NamedTuple

from faker import Faker

from benchmarks.eval_scrub import identifiers as ids

Half = Literal["tuning", "held_out"]
Neutral = dict[str, list[str]]


class Value(NamedTuple):
    """A piece of a text; `type` is None where it is nobody's, `lead` stays as it is."""

    text: str
    type: str | None = None
    lead: str = ""


class Values:
    """Draws the values of one half in one locale; the same seed draws the same values."""

    def __init__(self, half: Half, locale: str, neutral: Neutral, seed: int) -> None:
        self._half: Half = half
        self._locale = locale
        self._neutral = neutral
        self._fake = Faker(locale)
        self._fake.seed_instance(seed)
        self._rng = random.Random(f"{half} {locale} {seed}")

    def draw(self, kind: str) -> Value:
        """One value of a template's kind."""
        if kind in self._neutral:
            return Value(self._rng.choice(self._neutral[kind]))
        if kind in _FIGURES:
            return Value(_FIGURES[kind](self._rng))
        if kind == "national_id_cued":
            return self._national_id()
        if kind in _NAMES:
            return Value(_NAMES[kind](self._given(), self._family()), "PERSON")
        entity, draw = _PERSONAL[kind]
        return Value(self._mine(lambda: draw(self._fake, self._rng)), entity)

    def _given(self) -> str:
        return self._mine(self._fake.first_name)

    def _family(self) -> str:
        return self._mine(self._fake.last_name)

    def _mine(self, draw: Callable[[], str]) -> str:
        """A value that the other half never draws."""
        return next(v for _ in range(10_000) if half_of(v := str(draw()).strip()) == self._half)

    def _national_id(self) -> Value:
        cue, number = next(
            cued
            for _ in range(10_000)
            if half_of((cued := ids.national_id(self._locale, self._fake, self._rng))[1])
            == self._half
        )
        return Value(number, "US_SSN" if cue == "ITIN" else "NATIONAL_ID", f"{cue} ")


def half_of(value: str) -> Half:
    """The half that may use this value."""
    first = blake2b(value.casefold().encode(), digest_size=1).digest()[0]
    return "held_out" if first & 1 else "tuning"


def _amount(rng: random.Random) -> str:
    value = rng.uniform(1, 10 ** rng.randrange(2, 8))
    return rng.choice((f"{value:,.0f}", f"{value:,.2f}", f"{value:.1f}"))


def _date(rng: random.Random) -> str:
    day = date(rng.randrange(2001, 2027), rng.randrange(1, 13), rng.randrange(1, 29))
    return day.strftime(rng.choice(("%Y-%m-%d", "%d.%m.%Y", "%B %d, %Y", "%d %b %Y", "%m/%d/%Y")))


def _birth(rng: random.Random) -> str:
    day = date(rng.randrange(1940, 2006), rng.randrange(1, 13), rng.randrange(1, 29))
    return day.strftime(rng.choice(("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%B %d, %Y", "%d %b %Y")))


def _ssn(rng: random.Random) -> str:
    return f"{rng.randrange(100, 600)}-{rng.randrange(1, 100):02}-{rng.randrange(1, 10_000):04}"


def _isin(rng: random.Random) -> str:
    from stdnum import isin

    body = f"{rng.choice(('US', 'DE', 'GB', 'FR'))}{rng.randrange(10**8, 10**9)}"
    return body + isin.calc_check_digit(body)


_FIGURES: Final[dict[str, Callable[[random.Random], str]]] = {
    "amount": _amount,
    "date": _date,
    "percent": lambda rng: f"{rng.uniform(-40, 90):.1f}%",
    "ratio": lambda rng: f"{rng.uniform(0.1, 9):.2f}{rng.choice(('x', '', ':1'))}",
    "year": lambda rng: str(rng.randrange(1998, 2028)),
    "quarter": lambda rng: rng.choice(("Q{q} {y}", "{q}Q{s}", "FY{y}", "H1 {y}")).format(
        q=rng.randrange(1, 5), y=(year := rng.randrange(2005, 2028)), s=f"{year % 100:02}"
    ),
    "version": lambda rng: ".".join(str(rng.randrange(0, 30)) for _ in range(3)),
    "section": lambda rng: f"{rng.randrange(1, 20)}.{rng.randrange(1, 20)}",
    "invoice": lambda rng: f"INV-{rng.randrange(2015, 2027)}-{rng.randrange(1, 99999):05}",
    "order": lambda rng: rng.choice(("{a:010}", "SO{a:08}", "4500{b:06}")).format(
        a=rng.randrange(10**7, 10**8), b=rng.randrange(1, 10**6)
    ),
    "part": lambda rng: f"{rng.choice('ABKXZ')}{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}",
    "isin": _isin,
}
"""Figures and identifiers of things: nobody's."""

_NAMES: Final[dict[str, Callable[[str, str], str]]] = {
    "person": "{} {}".format,
    "given": lambda given, family: given,
    "family": lambda given, family: family,
    "upper_person": lambda given, family: f"{given} {family}".upper(),
    "lower_person": lambda given, family: f"{given} {family}".lower(),
    "list_person": lambda given, family: f"{family}, {given}",
    "initial_person": lambda given, family: f"{given[0]}. {family}",
}

_PERSONAL: Final[dict[str, tuple[str, Callable[[Faker, random.Random], str]]]] = {
    "email": ("EMAIL_ADDRESS", lambda fake, rng: fake.ascii_email()),
    "phone": ("PHONE_NUMBER", lambda fake, rng: fake.phone_number()),
    "address": ("STREET_ADDRESS", lambda fake, rng: ", ".join(fake.address().split("\n"))),
    "card": ("CREDIT_CARD", lambda fake, rng: fake.credit_card_number()),
    "iban": ("IBAN_CODE", lambda fake, rng: fake.iban()),
    "ssn": ("US_SSN", lambda fake, rng: _ssn(rng)),
    "ip": ("IP_ADDRESS", lambda fake, rng: rng.choice((fake.ipv4, fake.ipv4, fake.ipv6))()),
    "mac": ("MAC_ADDRESS", lambda fake, rng: fake.mac_address()),
    "dob": ("DATE_OF_BIRTH", lambda fake, rng: _birth(rng)),
    "passport": ("PASSPORT", lambda fake, rng: ids.passport(rng)),
    "licence": ("DRIVER_LICENSE", lambda fake, rng: ids.licence(rng)),
    "account": ("BANK_ACCOUNT", lambda fake, rng: str(rng.randrange(10**7, 10**12))),
    "uk_account": ("BANK_ACCOUNT", lambda fake, rng: ids.uk_account(rng)),
    "us_routing": ("BANK_ACCOUNT", lambda fake, rng: ids.routing_number(rng)),
    "crypto": ("CRYPTO", lambda fake, rng: ids.wallet(rng)),
    "secret": ("SECRET", lambda fake, rng: ids.secret(rng)),
    "dsn": (
        "URL",
        lambda fake, rng: (
            f"postgres://app:{fake.password(9, special_chars=False)}@db.internal/ledger"
        ),
    ),
}
