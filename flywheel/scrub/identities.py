"""National identity, tax and health numbers: by form and check digits, or by a cue."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from flywheel.scrub.cues import DATE, after_cues, before_cues, is_of_a_thing
from flywheel.scrub.found import Span
from flywheel.scrub.schemes import SCHEMES, Scheme

_BEFORE: Final = r"(?<![\w$€£¥.,/+-])(?<![$€£¥] )"
_AFTER: Final = r"(?![\w%]|[.,-]\w|\s?%)"
_ALONE: Final = tuple(scheme for scheme in SCHEMES if scheme.stands_alone)
_FORMS: Final = {scheme: re.compile(scheme.form, re.ASCII) for scheme in SCHEMES}
_STANDS_ALONE = re.compile(
    rf"{_BEFORE}(?:{'|'.join(scheme.form for scheme in _ALONE)}){_AFTER}", re.ASCII
)
_NUMBER: Final = r"(?:[ _-]?(?:number|no\b\.?|num\b|nr\b\.?|code|card|document|id)\b)"
_CUE = re.compile(
    r"\b(?i:(?:national|citizen|personal|tax|fiscal|voter|residen(?:t|ce)|identity|identification"
    rf"|id)[ _-]?(?:identity|identification|registration|insurance|file|id)?{_NUMBER}"
    rf"|(?:medicare|health(?:[ ]insurance|[ ]?care)?|patient|member|medical[ ]record"
    rf"|national[ ]insurance|insured|voter|student|employee){_NUMBER}"
    r"|national[ ]insurance|nino|nhs|social[ ]insurance|tax[ ]file|mrn|tfn|ird"
    r"|steuer-?id(?:entifikations)?-?(?:nr|nummer)?|steuernummer|idnr|sozialversicherungsnummer"
    r"|personalausweis\w*|ausweisnummer|(?:kranken)?versicherten\w*|kvnr|ahv(?:-nummer)?|svnr"
    r"|s[ée]curit[ée] sociale|carte vitale|num[ée]ro (?:de )?s[ée]cu|dni|nif|codice fiscale"
    r"|carta d['’]identit[àa]|partita iva"
    r"|carte (?:nationale )?d['’]identit[ée](?: n[o°]\b)?|ausweis|bsn"
    r"|burgerservicenummer|rijksregisternummer|pesel"
    r"|dow[óo]d(?: osobisty)?|personnummer|samordningsnummer|f[øo]dselsnummer|cpr(?:-nummer)?"
    r"|henkil[öo]tunnus|hetu|aadhaa?r|uidai|cpf|rg n|curp|nric|emirates id|rodn[ée] [čc][íi]slo)"
    r"(?!\w)|\b(?:SIN|PAN|NIE|NIR|FIN|TIN|NIN|CNP|OIB|EGN|AMKA)\b"
)
"""The last ones are other words in lower case."""

_GERMAN_CARD_CUE = re.compile(r"\b(?i:(?:personal)?ausweis\w*(?:[ -](?i:nr\.?|nummer))?)")
_GERMAN_CARD = re.compile(
    rf"{_BEFORE}(?=[A-Z]*\d)[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{{8,9}}(?!\w)", re.ASCII
)
"""Letters and digits in any order, without vowels."""

_VALUE = re.compile(
    rf"{_BEFORE}(?:[A-Z]{{1,6}}[ -]?|[a-z]{{1,6}})?\d"
    r"(?:[A-Za-z0-9]|[ ./-](?=[A-Z0-9]{0,6}\d)|[ -](?=[A-Z](?!\w))){4,24}(?![\w%]|[.,]\d)",
    re.ASCII,
)


def find_identities(text: str) -> Iterator[Span]:
    """Numbers that a state, a tax office or a health service gave to a person."""
    if not any(character.isdigit() for character in text):
        return
    said: set[tuple[int, int]] = set()
    for match in chain(after_cues(text, _CUE, _VALUE), before_cues(text, _VALUE, _CUE)):
        if _is_said(text, match):
            said.add(match.span())
            score = 0.95 if _is_valid(match[0], SCHEMES) else 0.75
            yield Span(match.start(), match.end(), "NATIONAL_ID", score)
    for match in after_cues(text, _GERMAN_CARD_CUE, _GERMAN_CARD):
        said.add(match.span())
        yield Span(match.start(), match.end(), "NATIONAL_ID", 0.8)
    for match in _STANDS_ALONE.finditer(text):
        if match.span() in said or is_of_a_thing(text, match):
            continue
        if _is_valid(match[0], _ALONE):
            yield Span(match.start(), match.end(), "NATIONAL_ID", 0.85)


def _is_valid(number: str, schemes: tuple[Scheme, ...]) -> bool:
    return any(
        _FORMS[scheme].fullmatch(number) and (scheme.is_valid is None or scheme.is_valid(number))
        for scheme in schemes
    )


def _is_said(text: str, match: re.Match[str]) -> bool:
    digits = sum(character.isdigit() for character in match[0])
    return digits >= 5 and not DATE.fullmatch(match[0]) and not is_of_a_thing(text, match)
