"""Invented users and the personal data that they let slip into a text."""

from dataclasses import dataclass
from random import Random
from typing import Any

from flywheel.demo.seeds import chance, seeds


@dataclass(frozen=True)
class Person:
    """One user of the app: works for one of its tenants."""

    name: str
    firm: str
    tenant: str
    email: str
    phone: str
    card: str
    iban: str

    @property
    def user(self) -> str:
        """What the app logs as `user`: telling, as such ids are."""
        return self.email

    def slips(self, template: str) -> dict[str, str]:
        """The personal data that `template` makes this person give away: value to kind."""
        kinds = {
            "name": "PERSON",
            "email": "EMAIL_ADDRESS",
            "phone": "PHONE_NUMBER",
            "card": "CREDIT_CARD",
            "iban": "IBAN_CODE",
        }
        return {
            getattr(self, key): kind for key, kind in kinds.items() if "{" + key + "}" in template
        }

    def fill(self, template: str, **more: str) -> str:
        """The template with this person's data and `more` in its braces."""
        return template.format(
            name=self.name,
            firm=self.firm,
            email=self.email,
            phone=self.phone,
            card=self.card,
            iban=self.iban,
            **more,
        )


def make_people(seed: int, count: int = 60) -> list[Person]:
    """`count` people with different names, spread over the tenants."""
    data = seeds("people")
    random = chance(seed, "people")
    names = [f"{given} {family}" for given in data["given"] for family in data["family"]]
    return [
        _person(random, name, data["firms"][index % len(data["firms"])], data)
        for index, name in enumerate(random.sample(names, count))
    ]


def luhn_digit(digits: str) -> str:
    """The check digit that makes `digits` + it a valid card number (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def iban_check(country: str, account: str) -> str:
    """The two check digits of an IBAN (ISO 13616, MOD 97-10)."""
    digits = "".join(str(int(char, 36)) for char in f"{account}{country}00")
    return f"{98 - int(digits) % 97:02d}"


def _person(random: Random, name: str, firm: dict[str, Any], data: dict[str, Any]) -> Person:
    given, family = name.lower().split()
    card = random.choice(data["cards"]["prefixes"]) + _digits(random, "#####")
    form: str = data["ibans"][firm["country"]]
    country, account = form[:2], _digits(random, form[2:])
    return Person(
        name=name,
        firm=firm["name"],
        tenant=firm["tenant"],
        email=f"{given}.{family}@{firm['domain']}",
        phone=_digits(random, data["phones"][firm["country"]]),
        card=_grouped(card + luhn_digit(card)),
        iban=_grouped(country + iban_check(country, account) + account),
    )


def _digits(random: Random, form: str) -> str:
    return "".join(random.choice("0123456789") if char == "#" else char for char in form)


def _grouped(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
