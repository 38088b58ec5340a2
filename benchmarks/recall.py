"""How much personal data the scrubber takes out, and how many figures it leaves: invented values.

`python -m benchmarks.recall` (`make recall`) prints the table of docs/personal-data.md. It measures
the configured scrubber: FLYWHEEL_SCRUB__SPACY_MODEL=NAME tries another model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from faker import Faker
from rich.console import Console
from rich.table import Table

from flywheel.scrub import Scrubber
from flywheel.settings import go_offline, load_settings

SEED: Final = 20_260_101
LOCALES: Final = (
    "en_US", "en_GB", "en_CA", "en_AU", "en_IN", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL",
)  # fmt: skip
ANNOUNCED: Final = (
    "Hi, my name is {}. What was revenue in 2019?",
    "I'm {} and the total looks wrong to me.",
    "Please send it to my colleague {} as well.",
    "The margin is off by 2 points.\n\nBest regards,\n{}",
)
"""A cue says that a name follows: what the rules were written for."""

HELD_OUT: Final = (
    "{} disputed the figure on page four.",
    "The number came from {} last Tuesday.",
    "Per {}, revenue was flat in 2019.",
    "Should {} approve this table first?",
    "{}'s view differs from the filing by 12 million.",
    "Nothing from {} yet on the operating margin.",
    "Between {} and me, the total is off.",
    "The older version, which {} prefers, has 4,512 in that row.",
)
"""No rule was written for these sentences: the model is mostly alone with them."""

FIGURES: Final = (
    "Revenue was ${a:,} million in Q{q} {y}, up {p}% from ${b:,} million.",
    "| Net income | {a:,} | {b:,} | ({c:,}) |",
    "EPS of {d} against {e}; {a} shares at {d} a share; ratio {e}x; FY{y}/{z}.",
    "Invoice {y}-{a:06d}, order no. {b:010d}, part {c:03d}-{a:06d}, note {q}.{q}.",
    "From {y}-0{q}-30 to 31.12.{z}: {a} {b} {c} and €{a:,}.{c:02d}, {p} basis points.",
)


@dataclass(frozen=True)
class Row:
    """One line of the table: `done` of `total`."""

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class _Planted:
    text: str
    secrets: tuple[str, ...]
    """None of them may stand in the scrubbed text."""


def measure(scrubber: Scrubber, size: int) -> Iterator[Row]:
    """Recall by kind over `size` values each, then the figures that stay."""
    for locale in LOCALES:
        yield _recall(scrubber, f"names, held out, {locale}", _names(locale, HELD_OUT, size))
    everywhere = [p for locale in LOCALES for p in _names(locale, HELD_OUT, size)]
    yield _recall(scrubber, "names, held out, all locales", everywhere)
    everywhere = [p for locale in LOCALES for p in _names(locale, ANNOUNCED, size)]
    yield _recall(scrubber, "names, announced, all locales", everywhere)
    for locale in ("en_US", "en_GB", "de_DE", "fr_FR"):
        yield _recall(scrubber, f"addresses, {locale}", _addresses(locale, size))
    yield _recall(scrubber, "phones beside a cue, all locales", _phones("Call me: {}", size))
    yield _recall(scrubber, "phones alone, all locales", _phones("It is {}, thanks.", size))
    for kind, planted in _numbers(size).items():
        yield _recall(scrubber, kind, planted)
    yield _figures(scrubber, size)


def _fake(locale: str) -> Faker:
    fake = Faker(locale)
    fake.seed_instance(SEED)
    return fake


def _names(locale: str, sentences: Sequence[str], size: int) -> list[_Planted]:
    fake = _fake(locale)
    pairs = [(fake.first_name(), fake.last_name()) for _ in range(size)]
    return [
        _Planted(sentences[n % len(sentences)].format(f"{first} {last}"), (first, last))
        for n, (first, last) in enumerate(pairs)
    ]


def _addresses(locale: str, size: int) -> list[_Planted]:
    fake = _fake(locale)
    found = (fake.address() for _ in range(size))
    return [_Planted(f"Ship it to {a} please.", (a.split("\n")[0],)) for a in found]


def _phones(sentence: str, size: int) -> list[_Planted]:
    numbers = [fake.phone_number() for fake in map(_fake, LOCALES) for _ in range(size // 4)]
    return [_Planted(sentence.format(number), (number,)) for number in numbers]


def _numbers(size: int) -> dict[str, list[_Planted]]:
    fake = _fake("en_US")

    def plant(values: Iterator[str]) -> list[_Planted]:
        return [_Planted(f"Take {value}, please.", (value,)) for value in values]

    times = range(size)
    emails = [fake.email() for _ in times]
    cards = [fake.credit_card_number() for _ in times]
    return {
        "e-mail addresses": plant(iter(emails)),
        "e-mail addresses, disguised": plant(_disguise(emails, "@")),
        "cards": plant(iter(cards)),
        "cards, grouped": plant(_group(card, " -"[n % 2]) for n, card in enumerate(cards)),
        "IBANs, grouped": plant(_group(fake.iban(), " ") for _ in times),
        "US social security numbers": plant(fake.ssn() for _ in times),
        "IPv4 and IPv6 addresses": plant((fake.ipv4, fake.ipv6)[n % 2]() for n in times),
    }


def _disguise(values: Sequence[str], mark: str) -> Iterator[str]:
    """Forms that a reader does not see, or sees through."""
    forms = ("\u200b@", "&#64;", "%40", "\uff20", " [at] ", "\\u0040")
    for n, value in enumerate(values):
        yield value.replace(mark, forms[n % len(forms)])


def _group(number: str, separator: str) -> str:
    return separator.join(re.findall(".{1,4}", number))


def _recall(scrubber: Scrubber, what: str, planted: Sequence[_Planted]) -> Row:
    groups = scrubber.scrub_groups([[("comment", one.text)] for one in planted])
    gone = sum(
        not any(secret in group[0].text for secret in one.secrets)
        for one, group in zip(planted, groups, strict=True)
    )
    return Row(what, gone, len(planted))


def _figures(scrubber: Scrubber, size: int) -> Row:
    fake = _fake("en_US")
    texts = []
    for _ in range(size):
        for form in FIGURES:
            a, b, c = (fake.random_int(1, top) for top in (999_999, 9_999_999, 999))
            year, quarter = fake.random_int(2000, 2030), fake.random_int(1, 4)
            values = {"a": a, "b": b, "c": c, "y": year, "z": year + 1, "q": quarter}
            decimals = {"d": a / 100, "e": c / 100, "p": c / 10}
            texts.append(form.format(**values, **decimals))
    groups = scrubber.scrub_groups([[("messages", text)] for text in texts])
    pairs = [(text, group[0].text) for text, group in zip(texts, groups, strict=True)]
    figures = [figure for text, _ in pairs for figure in re.findall(r"\d[\d.,]*", text)]
    left = [f for _, text in pairs for f in re.findall(r"(?<![a-z_])\d[\d.,]*(?!\w*>)", text)]
    return Row("figures that stay", min(len(left), len(figures)), len(figures))


def main(size: int = 400) -> None:
    """Print the table."""
    go_offline()
    settings = load_settings()
    table = Table("what", "done", "of", "share", title=f"Scrubbing, {settings.scrub.spacy_model}")
    for row in measure(Scrubber(settings.scrub, b"benchmark-key-0123"), size):
        share = f"{row.done / row.total:.3f}"
        table.add_row(row.what, f"{row.done:,}", f"{row.total:,}", share)
    Console().print(table)


if __name__ == "__main__":
    main()
