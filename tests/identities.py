"""A thousand invented identities, and a look for them in every byte that was left behind."""

import gzip
import io
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl
from faker import Faker

COUNT: Final = 1000


class Identity(NamedTuple):
    """One person; every structured value is nobody else's, and of a form that `SHAPES` finds."""

    name: str
    email: str
    phone: str
    card: str
    iban: str
    ssn: str
    ip: str

    @property
    def structured(self) -> tuple[str, ...]:
        """All but the name."""
        return self[1:]

    @property
    def text(self) -> str:
        """What the person writes."""
        return (
            f"My name is {self.name}. Mail {self.email} or call {self.phone}; my card is "
            f"{self.card}, my IBAN {self.iban}, my SSN {self.ssn}, I write from {self.ip}."
        )


SHAPES: Final = {
    "email": re.compile(rb"[\w.]+@leak-inbox\.example"),
    "phone": re.compile(rb"\(415\) 867-\d{4}|\+1 415[ -]867[ -]\d{4}|\+?1?415867\d{4}"),
    "card": re.compile(rb"4111[ -]?7799[ -]?\d{4}[ -]?\d{4}"),
    "iban": re.compile(rb"DE\d\d ?3704 ?0044 ?\d{4} ?\d{4} ?\d\d"),
    "ssn": re.compile(rb"536-22-\d{4}"),
    "ip": re.compile(rb"198\.18\.\d{1,3}\.\d{1,3}"),
}
"""How each kind may stand in bytes; each begins with what hardly any other text has."""


def identities(count: int = COUNT) -> list[Identity]:
    """The same ones each time."""
    fake = Faker("en_US")
    fake.seed_instance(20250106)
    return [_identity(fake, number) for number in range(count)]


def _identity(fake: Faker, number: int) -> Identity:
    name = f"{fake.first_name()} {fake.last_name()}"
    digits = f"{number:04}"
    card = _luhn(f"41117799{number * 7919 % 10_000_000:07}")
    account = f"3704004405{number:08}"
    check = 98 - int(f"{account}131400") % 97
    iban = f"DE{check:02}{account}"
    spaced = number % 2 == 0
    return Identity(
        name,
        f"{name.split()[0].lower()}.{number}@leak-inbox.example",
        f"(415) 867-{digits}" if spaced else f"+1 415-867-{digits}",
        " ".join(card[at : at + 4] for at in range(0, 16, 4)) if spaced else card,
        " ".join(iban[at : at + 4] for at in range(0, 22, 4)) if spaced else iban,
        f"536-22-{number + 1:04}",
        f"198.18.{number // 250}.{number % 250 + 1}",
    )


def _luhn(digits: str) -> str:
    doubled = [int(d) * (2 - at % 2) for at, d in enumerate(digits)]
    return digits + str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def leaked(planted: list[Identity], content: bytes) -> set[str]:
    """The structured values of these identities that stand in some bytes, however grouped."""
    values = {_bare(value): value for one in planted for value in one.structured}
    found = (match[0].decode() for shape in SHAPES.values() for match in shape.finditer(content))
    return {values[bare] for bare in map(_bare, found) if bare in values}


def _bare(value: str) -> str:
    bare = re.sub(r"[ ()+-]", "", value)
    return bare[1:] if re.fullmatch(r"1415867\d{4}", bare) else bare


def contents(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the folders, as it is and with what is packed in it unpacked."""
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            for name, data in unpacked(path.name, path.read_bytes()):
                yield f"{path.parent}/{name}", data


def unpacked(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Some bytes and what is packed in them: gzip, zip, Parquet, SQLite."""
    yield name, data
    if data.startswith(b"\x1f\x8b"):
        yield from unpacked(f"{name}!gzip", gzip.decompress(data))
    elif data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from unpacked(f"{name}!{member}", archive.read(member))
    elif data.startswith(b"PAR1"):
        yield f"{name}!rows", pl.read_parquet(io.BytesIO(data)).write_ndjson().encode()


def rows_of_sqlite(path: Path) -> bytes:
    """Every row of a SQLite database, its write-ahead log applied."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        return "\n".join(connection.iterdump()).encode()
    finally:
        connection.close()
