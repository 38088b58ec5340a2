"""Postal addresses by their grammar: American, military, British and continental European."""

import re
from collections.abc import Iterator
from typing import Final

from flywheel.scrub.found import Span

_STATE: Final = (
    "A[AEKLPRSZ]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]"
    "|O[HKR]|P[ARW]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]"
)
_ZIP: Final = r"\d{5}(?:-\d{4})?"
_POSTCODE: Final = r"(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z][ -]?\d[A-Z]\d)"
"""British and Canadian."""

_AUSTRALIAN: Final = r"(?:NSW|VIC|QLD|ACT|TAS|SA|WA|NT)"
_CAP: Final = r"(?:(?:O'|D'|Mc|Mac|St\. )?[A-ZÀ-ÖØ-Þ][\w'’-]*\.?|\d{1,3}(?:st|nd|rd|th)\b)"
_GAP: Final = r"(?:,[ \t]*\r?\n?[ \t]*|[ \t]+|[ \t]*\r?\n[ \t]*)"
_BREAK: Final = r"(?:[ ]?,[ \t]*\r?\n?[ \t]*|[ \t]*\r?\n[ \t]*)"
_LOOSE: Final = r"(?:[ ]?[,/][ ]?\n?[ ]?|[ ]-[ ]|[ \n-])"
_NUMBER: Final = r"(?<![\w$€£¥.,:/+-])(?<![$€£¥] )\d{1,6}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?"
_YEAR: Final = r"(?:19|20)\d\d"
_UNIT: Final = (
    r"(?:(?:Suite|Ste|Apartment|Apt|Unit|Floor|Fl|Room|Rm|Building|Bldg|Flat|Box)\.?\s?#?\s?"
    r"[\w-]{1,6}|#\s?[\w-]{1,6}|\d{1,2}(?:st|nd|rd|th) [Ff]loor)"
)
_SUFFIX: Final = (
    "Street|St|Avenue|Ave|Av|Boulevard|Blvd|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Circle|Cir|Terrace"
    "|Ter|Place|Pl|Parkway|Pkwy|Highway|Hwy|Square|Sq|Trail|Trl|Alley|Turnpike|Expressway|Freeway"
    "|Way|Mews|Crescent|Cres|Close|Grove|Gardens|Gdns|Quay|Wharf|Row|Heights|Esplanade|Parade"
)
_TOWN: Final = rf"(?:{_GAP}{_CAP}(?:[ -]{_CAP}){{0,3}})"

_BY_ZIP = re.compile(
    rf"{_NUMBER}(?:{_GAP}(?:{_UNIT}|{_CAP}|of|de|la|del|the|and)){{1,12}}?"
    rf"{_GAP}(?:{_STATE})\.?{_GAP}?[ ]?{_ZIP}(?![\w%]|[.,]\d|-\d)"
)
_MILITARY = re.compile(
    rf"(?:\b(?:PSC|CMR|[Uu]nit|UNIT)\s?\d{{1,5}}{_GAP}(?:[Bb]ox|BOX)\s?\d{{1,5}}{_GAP}"
    rf"|\b(?:USS|USNS|USNV|USCGC)(?:[ ]{_CAP}){{1,4}}{_GAP})?"
    rf"\b(?:APO|FPO|DPO){_GAP}A[AEP]{_GAP}{_ZIP}(?!\w)"
)
_POST_BOX = re.compile(
    rf"\b(?:P\.?\s?O\.?\s?|[Pp]ost [Oo]ffice )[Bb](?:ox|OX)\s\d{{1,6}}\b"
    rf"(?:{_TOWN}?{_GAP}(?:{_STATE}){_GAP}{_ZIP})?"
)
_BY_SUFFIX = re.compile(
    rf"{_NUMBER}[ ](?:(?:[NSEW]|[NS][EW]|North|South|East|West)\.?[ ])?(?:{_CAP}[ ]){{1,4}}?"
    rf"(?:{_SUFFIX})\b\.?(?:[ ](?:[NSEW]|[NS][EW])\b\.?)?(?:{_GAP}{_UNIT})?"
    rf"(?:{_TOWN}{{0,2}}?{_GAP}(?:(?:{_STATE})\b(?:{_GAP}{_ZIP}(?!\w))?|{_POSTCODE}(?!\w)"
    rf"|{_AUSTRALIAN},?[ ]\d{{4}}(?!\w)))?"
)
_IN_LOWER_CASE = re.compile(
    rf"{_NUMBER}[ ](?:[^\W\d_]+\.?[ ]){{1,4}}?(?:{_SUFFIX})\b\.?(?:,?[ ][\w.#-]+){{0,3}},[ ]"
    rf"(?:(?:[^\W\d_]+[ ]){{0,3}}[^\W\d_]+,[ ])?(?:{_STATE})[ ]{_ZIP}(?!\w)",
    re.I,
)
_BY_POSTCODE = re.compile(
    rf"(?:{_UNIT}{_GAP})?{_NUMBER}(?:{_GAP}(?:{_CAP}|of|the|and|upon|on)){{1,8}}?"
    rf"{_GAP}(?:{_POSTCODE}|{_AUSTRALIAN},?[ ]\d{{4}})(?!\w)"
)
_PARTICLES: Final = (
    r"(?:(?:[dD][’']|[lL][’']|(?:de|du|des|della|dei|di|da|do|dos|del|la|las|los|le|les|von|van|der"
    r"|den|DE|DU|DES|DEL|DI|DA|LA|LE|LES|VON|DER|DEN)[ ])[ ]?)*"
)
_SEP: Final = r"(?:[ ]?,[ \t]*\r?\n?[ \t]*|[ \t]*\r?\n[ \t]*|[ ])"
_CODE: Final = (
    r"(?:(?:[A-Z]{1,2}-)?(?:\d{5}-\d{3}|\d{2}-\d{3}|\d{4}[ ]?[A-Z]{2}|\d{3}[ ]\d{2}"
    r"|(?!(?:19|20)\d\d(?!\d))\d{4,6}|\d{8})"
    r"(?![\w%]|[.,]\d))"
)
_PLACE: Final = (
    rf"{_CAP}(?:[ -](?:(?:d[aeo]s?|del|della|di|la|le|les|am|an der|sur|en)[ -])?{_CAP}){{0,3}}"
)
_DOOR: Final = (
    r"(?:,?[ ](?:Apt|Apto|Ap|Appt|Piso|Puerta|Bloque|Esc|Piano|Appartamento|Interno|Scala|lgh|m|lok"
    r"|bis|ter)\b\.?(?:[ ]?[\w/]{1,4}\b)?[ ]?|,[ ]\d{1,2}[ºª°]\.?(?:[ ][^\W\d_]{1,10}\b\.?)?)"
)
_EURO_TOWN: Final = (
    rf"(?:{_DOOR}{{0,2}}(?:{_SEP}{_PLACE}){{0,2}}?{_SEP}{_CODE}"
    rf"(?:{_SEP}{_PLACE})?(?:[ ]?/[ ]?[A-Z]{{2}}\b|[ ]?\([A-Z]{{2}}\))?)?"
)
_COMPOUND = re.compile(
    r"\b(?:[A-ZÀ-ÖØ-Þ][\w-]{0,30}[ ]){0,2}[A-ZÀ-ÖØ-Þ][\w-]{0,40}?"
    r"(?:stra(?:ß|ss)e|str\.|weg|gasse|platz|allee|damm|ufer|-Ring|laan|straat|plein|gracht|skade"
    r"|singel|steeg|baan|dreef|boulevard|gatan|gata|stigen|gränd|gaten|vägen|väg|veien|vej|[rsd]gade"
    r"|katu|ntie|utca|[ ](?:út|utca|tér|ulica|sokak)|chaussee|ring|kade|dijk|hof|graben|stieg)"
    rf"\s(?!{_YEAR}\b)\d{{1,4}}(?:\s?[a-zA-Z]\b|[-/]\d{{1,4}})?(?!\w|[.,]\d|\s?%){_EURO_TOWN}"
)
_LEADING = re.compile(
    r"\b(?:[Rr]ue|Via|[Vv]iale|[Pp]iazza|[Cc]orso|[Bb]orgo|Vicolo|Contrada|Strada|Rotonda|Largo"
    r"|[Cc]alle|C/|Cl\.|[Aa]venida|A[vV]d[aA]?\.?|[Pp]aseo|Plaza|Pl\.|Ronda|Glorieta|Camino|Callej[óo]n"
    r"|Rambla|Alameda|V[íi]a(?:l)?|Urbanizaci[óo]n|Cuesta|Pasaje|Carretera|[Cc]arrer"
    r"|[Rr]ua|R\.|[Tt]ravessa|Estrada|Pra[çc]a|Rodovia|Ladeira|Avenue|Parque"
    r"|[Uu]l\.|[Uu]lica|[Aa]l\.|[Aa]leja|[Aa]leje|[Pp]l\.|[Pp]lac|[Cc]hemin|[Ii]mpasse|[Qq]uai)[ ]"
    rf"{_PARTICLES}{_CAP}(?:[ ]{_PARTICLES}{_CAP}){{0,3}},?\s(?:n[º°.]\s?)?"
    rf"(?!{_YEAR}\b(?!,))\d{{1,4}}(?:[a-zA-Z]|/\d{{1,3}})?(?!\w|[.,]\d|\s?%){_EURO_TOWN}"
)
_FRENCH = re.compile(
    rf"{_NUMBER}(?:\s(?:bis|ter))?,?[ ](?i:rue|avenue|boulevard|bd|place|chemin|impasse|all[ée]e"
    rf"|quai|cours|route)[ ]{_PARTICLES}{_CAP}"
    rf"(?:[ -]{_PARTICLES}{_CAP}){{0,3}}{_EURO_TOWN}"
)
_FRENCH_WITHOUT_NUMBER = re.compile(
    rf"\b(?i:rue|avenue|boulevard|chemin|impasse|all[ée]e|quai|route)[ ]{_PARTICLES}{_CAP}"
    rf"(?:[ -]{_PARTICLES}{_CAP}){{0,3}}{_BREAK}(?:F-)?\d{{5}}[ ]{_CAP}"
    rf"(?:[ -](?:{_CAP}|\w{{1,4}}\b-?)){{0,4}}"
)

_NAME_FIRST = re.compile(
    rf"\b{_CAP}(?:[ -]{_PARTICLES}{_CAP}){{0,4}},?[ ]\d{{1,4}}[a-z]?(?:[-/]\d{{1,4}})?"
    rf"(?:{_BREAK}(?:{_PARTICLES}{_CAP})(?:[ -]{_PARTICLES}{_CAP}){{0,3}})?"
    rf"{_BREAK}{_CODE}{_GAP}{_PLACE}(?:[ ]?/[ ]?[A-Z]{{2}}\b|[ ]?\([A-Z]{{2}}\))?"
)
_INDIAN = re.compile(
    rf"(?:\b(?:H|House|Flat|Plot|Door)\.?[ ]?No\.?[ ]?\d[\w/-]*|{_NUMBER})"
    rf"(?:{_LOOSE}{_CAP}){{1,8}}[ -]\d{{3}}[ ]?\d{{3}}(?![\w%]|[.,]\d)"
)
_CUE: Final = (
    r"\b(?i:(?:i|we|she|he|they)(?:'m|’m)?[ ](?:(?:now|once|used to)[ ])?(?:live[sd]?|reside[sd]?)"
    r"[ ](?:at|in)|(?:home|billing|postal|mailing|shipping|delivery|street|new|my|our|his|her)"
    r"[ ]address(?:[ ](?:is|with|to))?:?|address:"
    r"|(?:ship|deliver|mail|post|send)(?:[ ][a-z]+){0,3}[ ]to|office:|located[ ]at)"
)
_ANNOUNCED = re.compile(
    rf"{_CUE}\s(?P<address>(?:{_CAP}|\d[\w/-]*)"
    rf"(?:{_LOOSE}(?:{_CAP}|\d[\w/-]*|de|da|do|dos|del|della|di|du|des|la|le|van|von|of|the))+)"
)
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{5})[.]\s")
_POSTAL_CODE = re.compile(r"\d{5}(?<![\d.,]\d{5})(?![\d,])")
_NEED_CODE: Final = (_IN_LOWER_CASE, _FRENCH_WITHOUT_NUMBER)
"""Slow grammars, not tried where no five digits stand alone."""

_STREETLIKE = re.compile(r"[^\W\d_]{3,}.*\d|\d.*[^\W\d_]{3,}", re.S)

_GRAMMARS: Final = (
    (_BY_ZIP, 0.95),
    (_MILITARY, 0.95),
    (_POST_BOX, 0.9),
    (_BY_POSTCODE, 0.9),
    (_BY_SUFFIX, 0.7),
    (_IN_LOWER_CASE, 0.8),
    (_COMPOUND, 0.8),
    (_LEADING, 0.7),
    (_FRENCH, 0.8),
    (_FRENCH_WITHOUT_NUMBER, 0.8),
    (_NAME_FIRST, 0.8),
    (_INDIAN, 0.8),
)


def find_addresses(text: str) -> Iterator[Span]:
    """Street, box and military addresses, with the town, state and code that follow them."""
    if any(character.isdigit() for character in text):
        yield from _merged(sorted(_by_grammar(text)))


def _by_grammar(text: str) -> Iterator[Span]:
    coded = _POSTAL_CODE.search(text) is not None
    for pattern, score in _GRAMMARS:
        if pattern in _NEED_CODE and not coded:
            continue
        for match in pattern.finditer(text):
            if pattern is not _BY_SUFFIX or "," in match[0] or not re.match(_YEAR, match[0]):
                yield _span(match.start(), match[0], score)
    for match in _ANNOUNCED.finditer(text):
        said = match["address"]
        numbers = re.findall(r"\d[\w/-]*", said)
        if _STREETLIKE.search(said) and not all(re.fullmatch(_YEAR, number) for number in numbers):
            yield _span(match.start("address"), said, 0.6)


def _merged(spans: list[Span]) -> Iterator[Span]:
    """One span where grammars overlap: an address is one, and so is its placeholder."""
    whole: Span | None = None
    for span in spans:
        if whole is not None and span.start < whole.end:
            end, score = max(whole.end, span.end), max(whole.score, span.score)
            whole = whole._replace(end=end, score=score)
        else:
            if whole is not None:
                yield whole
            whole = span
    if whole is not None:
        yield whole


def _span(start: int, said: str, score: float) -> Span:
    said = _SENTENCE_END.split(said, maxsplit=1)[0]
    return Span(start, start + len(said.rstrip(". ")), "STREET_ADDRESS", score)
