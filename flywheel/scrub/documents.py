"""Passports, driving licences and vehicles: numbers that only a cue tells from a part's."""

import re
from collections.abc import Iterator
from typing import Final

from flywheel.scrub.cues import DATE, after_cues
from flywheel.scrub.found import Span

_BEFORE: Final = r"(?<![\w$€£¥.,/+-])(?<![$€£¥] )"
_AFTER: Final = r"(?![\w%]|[.,]\d)"
_PASSPORT_CUE = re.compile(
    r"(?:\b|_)(?i:passport|reisepass\w*|passeport|pasaporte|passaporto|paspoort|paszport\w*)"
    r"(?:(?=[\W_])|No\b|Number\b)"
)
_PASSPORT = re.compile(rf"{_BEFORE}(?:[A-Z]{{1,3}} ?|[a-z]{{1,2}})?\d{{5,9}}[A-Z]{{0,2}}{_AFTER}")
_MIXED_PASSPORT = re.compile(rf"{_BEFORE}(?=[A-Z\d]*\d[A-Z\d]*\d)[A-Z][A-Z\d]{{7,8}}{_AFTER}")
_LICENCE_CUE = re.compile(
    r"(?:\b|_)(?:(?i:driv(?:er|ing|er['’]?s|ers['’])?[ _-]?(?:licen[cs]e|permit)|f[üu]hrerschein\w*"
    r"|permis de conduire|patente(?: di guida)?|carnet de conducir|permiso de conducir|rijbewijs\w*"
    r"|prawo jazdy|k[öo]rkort\w*|driverlicen[cs]e|licen[cs]e (?:no|number|#)\b)|DL\b"
    r"|dl\b(?= [A-Z]?\d))"
)
_LICENCE = re.compile(
    rf"{_BEFORE}(?=[A-Z\d -]{{0,12}}\d[A-Z\d -]{{0,6}}\d)[A-Z\d](?:[A-Z\d]|[ *-](?=[A-Z\d]*\d))"
    rf"{{4,22}}{_AFTER}"
)
_VIN = re.compile(r"(?<![\w-])(?=[A-Z]*\d)(?=\d*[A-Z])[A-HJ-NPR-Z\d]{17}(?![\w-])", re.ASCII)
_VIN_CUE = re.compile(r"\b(?:VIN|[Vv]ehicle [Ii]dentification|[Cc]hassis)\b")
_PLATE_CUE = re.compile(
    r"\b(?i:(?:licen[cs]e|number|registration|vehicle|car)[ -]plates?|plate (?:no|number)"
    r"|kennzeichen|(?:vehicle|car) registration|immatriculation|matr[íi]cula|targa|kenteken)\b"
)
_PLATE = re.compile(
    rf"{_BEFORE}(?=[A-Z\d -]{{0,8}}\d)(?=[\d -]{{0,8}}[A-Z])[A-ZÄÖÜ\d]{{1,5}}"
    rf"(?:[ -][A-Z\d]{{1,4}}){{0,3}}{_AFTER}"
)
_VALUES: Final = {c: at for letters in ("ABCDEFGH", "JKLMN", " STUVWXYZ") for at, c in enumerate(
    letters, 1)} | {"P": 7, "R": 9} | {str(digit): digit for digit in range(10)}  # fmt: skip
_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def find_passports(text: str) -> Iterator[Span]:
    """Passport numbers behind a word for a passport."""
    if "pas" not in text.casefold():  # as in each of those words, and quicker than they are
        return
    for value in (_PASSPORT, _MIXED_PASSPORT):
        for match in after_cues(text, _PASSPORT_CUE, value):
            if not DATE.fullmatch(match[0]):
                yield Span(match.start(), match.end(), "PASSPORT", 0.9)


def find_licences(text: str) -> Iterator[Span]:
    """Driving licence numbers behind a word for a driving licence."""
    for match in after_cues(text, _LICENCE_CUE, _LICENCE):
        digits = sum(character.isdigit() for character in match[0])
        if digits >= 4 and not DATE.fullmatch(match[0]):
            yield Span(match.start(), match.end(), "DRIVER_LICENSE", 0.9)


def find_vehicles(text: str) -> Iterator[Span]:
    """Vehicle identification numbers (ISO 3779) and, behind a cue, number plates."""
    for match in _VIN.finditer(text):
        if _passes_vin(match[0]):
            yield Span(match.start(), match.end(), "VEHICLE_ID", 0.8)
    for cue, value in ((_VIN_CUE, _VIN), (_PLATE_CUE, _PLATE)):
        for match in after_cues(text, cue, value):
            yield Span(match.start(), match.end(), "VEHICLE_ID", 0.8)


def _passes_vin(number: str) -> bool:
    """Whether the ninth character is the check digit (49 CFR 565.15)."""
    weighed = sum(_VALUES[c] * weight for c, weight in zip(number, _WEIGHTS, strict=True))
    return "0123456789X"[weighed % 11] == number[8]
