"""Postal addresses by their grammar: American, military, British and continental European."""

import re
from collections.abc import Iterator
from typing import Final

from flywheel.scrub.directory import load_directory
from flywheel.scrub.found import Span
from flywheel.scrub.names import plain
from flywheel.scrub.vocabulary import NAMES_TOO, NOT_IN_NAMES

_STATE: Final = (
    "A[AEKLPRSZ]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]"
    "|O[HKR]|P[ARW]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]"
)
_ZIP: Final = r"\d{5}(?:-\d{4})?"
_POSTCODE: Final = r"(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z][ -]?\d[A-Z]\d)"
"""British and Canadian."""

_AUSTRALIAN: Final = r"(?:NSW|VIC|QLD|ACT|TAS|SA|WA|NT)"
_CAP: Final = (
    r"(?>(?:O'|D'|Mc|Mac|St\. )?[A-ZÀ-ÖØ-Þ](?:[\w'’]|-(?!\d{3}[ ]?\d{3}(?!\d))){0,60}\.?"
    r"|\d{1,3}(?:st|nd|rd|th)\b)"
)
"""Read in one way only, for a dash also parts two words: what backtracks here never ends."""

_GAP: Final = r"(?:,[ \t]*\r?\n?[ \t]*|[ \t]+|[ \t]*\r?\n[ \t]*)"
_BREAK: Final = r"(?:[ ]?,[ \t]*\r?\n?[ \t]*|[ \t]*\r?\n[ \t]*)"
_LOOSE: Final = r"(?:[ ]?[,/][ ]?\n?[ ]?|[ ]-[ ]|[ \n-])"
_NUMBER: Final = r"(?<![\w$€£¥.,:/+-])(?<![$€£¥] )\d{1,6}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?"
_YEAR: Final = r"(?:19|20)\d\d"
_UNIT: Final = (
    r"(?:(?:Suite|Ste|Apartment|Apt|Unit|Floor|Fl|Room|Rm|Building|Bldg|Flat|Box)\.?\s?(?:#\s?)?"
    r"[\w-]{1,6}|#\s?[\w-]{1,6}|\d{1,2}(?:st|nd|rd|th) [Ff]loor)"
)
_SUFFIX: Final = (
    "Street|St|Avenue|Ave|Av|Boulevard|Blvd|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Circle|Cir|Terrace"
    "|Ter|Place|Pl|Parkway|Pkwy|Highway|Hwy|Square|Sq|Trail|Trl|Alley|Turnpike|Expressway|Freeway"
    "|Way|Mews|Crescent|Cres|Close|Grove|Gardens|Gdns|Quay|Wharf|Row|Heights|Esplanade|Parade"
)
_LANDSCAPE: Final = (
    "Aly|Annex|Anx|Arcade|Arc|Bayou|Beach|Bch|Bend|Bnd|Bluffs?|Blfs?|Bottom|Btm|Branch|Br|Bridge"
    "|Brg|Brooks?|Brks?|Burgs?|Bypass|Byp|Camp|Cp|Canyon|Cyn|Cape|Cpe|Causeway|Cswy|Centers?|Centres?"
    "|Ctrs?|Circles|Cirs|Cliffs?|Clfs?|Club|Clb|Common|Commons|Cmn|Corners?|Cors?|Course|Crse|Courts"
    "|Cts|Coves?|Cvs?|Creek|Crk|Crest|Crst|Crossing|Xing|Crossroads?|Xrd|Curve|Curv|Dale|Dl|Dam"
    "|Divide|Drives|Drs|Estates?|Ests?|Extensions?|Exts?|Falls?|Fls?|Ferry|Fry|Fields?|Flds?|Flats?"
    "|Flts?|Fords?|Frds?|Forest|Frst|Forges?|Frgs?|Forks?|Frks?|Fort|Ft|Fwy|Gateway|Gtwy|Glens?|Glns?"
    "|Greens?|Grns?|Groves|Grvs?|Harbors?|Harbours?|Hbrs?|Haven|Hvn|Hills?|Hls?|Hollow|Holw|Inlet"
    "|Inlt|Islands?|Iss?|Isle|Junctions?|Jcts?|Keys?|Kys?|Knolls?|Knls?|Lakes?|Lks?|Land|Landing"
    "|Lndg|Lights?|Lgts?|Loaf|Lf|Locks?|Lcks?|Lodge|Ldg|Loops?|Mall|Manors?|Mnrs?|Meadows?|Mdws?"
    "|Mills?|Mls?|Mission|Msn|Motorway|Mtwy|Mount|Mt|Mountains?|Mtns?|Neck|Nck|Orchard|Orch|Oval"
    "|Overpass|Opas|Parks?|Parkways|Pass|Passage|Psge|Paths?|Pike|Pikes|Pines?|Pnes?|Plains?|Plns?"
    "|Plaza|Plz|Points?|Pts?|Ports?|Prts?|Prairie|Pr|Radial|Radl|Ramp|Ranch|Rnch|Rapids?|Rpds?|Rest"
    "|Rst|Ridges?|Rdgs?|River|Riv|Roads|Rds|Route|Rte|Rue|Run|Shoals?|Shls?|Shores?|Shrs?|Skyway"
    "|Skwy|Springs?|Spgs?|Spurs?|Squares|Sqs|Station|Sta|Stravenue|Stra|Stream|Strm|Streets|Sts"
    "|Summit|Smt|Throughway|Trwy|Trace|Trce|Track|Trak|Trafficway|Trfy|Tunnel|Tunl|Underpass|Upas"
    "|Unions?|Uns?|Valleys?|Vlys?|Viaduct|Via|Views?|Vws?|Villages?|Vlgs?|Ville|Vl|Vista|Vis|Walks?"
    "|Wall|Ways|Wells?|Wls?|Arbor|Byway|Bywy|Chase|Copse|Court[ ]?yard|Croft|Dell|Down|Downs|Drove"
    "|End|Fold|Garth|Gate|Glade|Green|Hamlet|Lea|Mead|Nook|Paddock|Precinct|Promenade|Prom|Reserve"
    "|Rise|Spinney|Strand|Vale|Villas|Yard|Concourse|Cul-de-sac|Firetrail|Outlook|Quadrant|Retreat"
    "|Townhouse|Tramway|Concession|Townline|Line|Thicket|Wynd|Terr|Parkway|Bank|Sideline|Rotary"
    "|Roundabout|Ramble|Circus|Elbow|Approach|Boardwalk|Brae|Circuit|Cct|Colonnade|Key|Lynne|Pocket"
    "|Stairs|Steps|Subway|Amble|Basin|Break|Centreway|Driveway|Edge|Entrance|Fairway|Follow|Footway"
    "|Formation|Frontage|Gap|Grange|Haven|Interchange|Intersection|Nook|Peninsula|Pathway|Pursuit"
    "|Range|Sound|Spur|Tor|Tarn|Chowk|Nagar|Marg|Ganj|Zila|Circle|Street|Path|Colony|Sector|Layout"
    "|Vihar|Enclave|Bazaar"
)
"""The United States Postal Service's other suffixes (Publication 28, C1), the British, Australian
and Indian ones: words of a report, too."""

_TOWN: Final = rf"(?:{_GAP}{_CAP}(?:[ -]{_CAP}){{0,3}})"

_BY_ZIP = re.compile(
    rf"{_NUMBER}(?:{_GAP}(?:{_UNIT}|{_CAP}|of|de|la|del|the|and)){{1,12}}?"
    rf"{_GAP}(?:{_STATE})\.?{_GAP}?[ ]?{_ZIP}(?![\w%]|[.,]\d|-\d)"
)
_SECOND: Final = (
    r"(?:(?:Suite|Ste|Apartment|Apt|Unit|Floor|Fl|Flat|Building|Bldg|Room|Rm|Studio|Level)"
    r"\.?[ ]?(?:#[ ]?)?"
    r"\d{1,4}[A-Za-z]?|#[ ]?\d{1,4}[A-Za-z]?)\b"
)
_LINE: Final = r"(?:[ ]?,?[ \t]*\r?\n[ \t]*)"
_TAIL_TOWN: Final = rf"(?:{_CAP}(?:[ -]{_CAP}){{0,3}})"
_COUNTRY_CODE: Final = (
    rf"(?:{_CAP}(?:[ -](?:of|the|and|{_CAP})){{0,4}}"
    r"(?:[ ](?:[A-Z]{1,2}-)?(?=[\w -]{0,6}\d)[\dA-Z]"
    r"[\dA-Z -]{1,8}[\dA-Z]\b)?)"
)
_BY_LANDSCAPE = re.compile(
    rf"(?:{_SECOND},?[ ])?(?P<number>{_NUMBER})[ ](?P<name>(?:{_CAP}[ ]){{1,3}}?)"
    rf"(?P<suffix>(?:{_LANDSCAPE})\b\.?)"
    rf"(?:{_GAP}{_SECOND})?"
    rf"(?:{_TOWN}{{0,2}}?{_GAP}(?:(?:{_STATE})\b(?:{_GAP}{_ZIP}(?!\w))?|{_POSTCODE}(?!\w)"
    rf"|{_AUSTRALIAN},?[ ]\d{{4}}(?!\w)))?"
)
_UNIT_FIRST = re.compile(
    rf"\b(?:Flat|Studio|Apartment|Apt\.?|Unit|Suite|Ste\.?|Level)[ ]\d{{1,4}}[A-Za-z]?"
    r"(?:,[ ]|,?[ ]?\n[ ]*)"
    rf"(?:{_NUMBER}[ ])?(?:{_CAP}[ ]){{1,3}}?(?:{_SUFFIX}|{_LANDSCAPE})\b\.?"
    rf"(?:{_TOWN}{{0,2}}?{_GAP}(?:{_POSTCODE}(?!\w)|(?:{_STATE})[ ]{_ZIP}(?!\w)))?"
)
_BLOCK_TAIL = re.compile(
    rf"(?P<unit>{_LINE}{_SECOND})?{_LINE}(?P<town>{_TAIL_TOWN})[ ]*"
    rf"(?P<end>,[ ]?[A-Z]{{2,3}}\b(?:,?[ ]\d{{4,5}}\b)?|,[ ]?[A-Z]{{2}}[ ](?:{_POSTCODE})"
    rf"|{_LINE}(?:,[ ]?[A-Z]{{2,3}}\b,?)?(?:{_LINE})?(?:(?:{_STATE})[ ])?"
    rf"(?:{_COUNTRY_CODE}|\d{{4,6}}|{_POSTCODE}))?(?=[ \t]*(?:\r?\n|$|[.,;:?!)]|[a-z]))"
)
"""The lines of an address behind its street: unit, town, a state alone, country with its code."""

_ROW_TAIL = re.compile(
    rf"(?:,?[ ]{_SECOND})?(?P<town>,?[ ]{_TAIL_TOWN}(?:,[ ]{_CAP}(?:[ ]{_CAP}){{0,2}})?"
    rf"(?:,?[ ]\d{{4,6}}\b|,?[ ]{_POSTCODE})?)?(?=[.;)?!]|,?\s*$|,?[ \t]*\n|,?[ ][a-z(])"
)
"""Unit, town, state or country and code behind a street in its own line."""

_CODE_AT_END = re.compile(r"(?:\d{4,}|\d[A-Z]{2})\W*$")
_QUOTE = re.compile(r"^[ \t]*>[ >]*", re.M)
_STANDS_AT = re.compile(
    r"(?:^|\n|:|\b(?:at|to|of|on|in|from|near|is|by|and|until|address|User|,))[ \t]*$"
)
_COUNTED = re.compile(r"[ ](?:were|was|are|have|has|million|billion|shares|in (?:19|20)\d\d)\b")

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
    rf"(?<!\w-)\b{_CAP}(?:[ -]{_PARTICLES}{_CAP}){{0,4}},?[ ]\d{{1,4}}[a-z]?(?:[-/]\d{{1,4}})?"
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

_REPORTED: Final = (
    NOT_IN_NAMES
    - NAMES_TOO
    - frozenset("north south east west northern southern eastern western st old new grand".split())
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")

_GRAMMARS: Final = (
    (_BY_ZIP, 0.95),
    (_MILITARY, 0.95),
    (_POST_BOX, 0.9),
    (_BY_POSTCODE, 0.9),
    (_BY_SUFFIX, 0.7),
    (_BY_LANDSCAPE, 0.7),
    (_UNIT_FIRST, 0.8),
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
        if ">" in text:  # a quoted mail: its marks part no address
            text = _QUOTE.sub(lambda marks: " " * len(marks[0]), text)
        spans = (_extended(text, span) for span in _by_grammar(text))
        yield from _merged(sorted(spans))


def _by_grammar(text: str) -> Iterator[Span]:
    coded = _POSTAL_CODE.search(text) is not None
    for pattern, score in _GRAMMARS:
        if pattern in _NEED_CODE and not coded:
            continue
        for match in pattern.finditer(text):
            if _is_street(pattern, match):
                yield _span(match.start(), match[0], score)
    for match in _ANNOUNCED.finditer(text):
        said = match["address"]
        numbers = re.findall(r"\d[\w/-]*", said)
        if _STREETLIKE.search(said) and not all(re.fullmatch(_YEAR, number) for number in numbers):
            yield _span(match.start("address"), said, 0.6)


def _is_street(pattern: re.Pattern[str], match: re.Match[str]) -> bool:
    """Whether a number and a suffix are a street's: years and what a report counts are none."""
    if pattern is _BY_SUFFIX:
        return "," in match[0] or not re.match(_YEAR, match[0])
    return pattern is not _BY_LANDSCAPE or _is_landscape(match)


def _is_landscape(match: re.Match[str]) -> bool:
    words = _WORD.findall(match["name"])
    if any(plain(word) in _REPORTED for word in words) or _COUNTED.match(match.string, match.end()):
        return False
    if re.match(rf"{_YEAR}\b", match["number"]) and match.end("suffix") == match.end():
        return False
    if match.end("suffix") < match.end() or _knows(words):
        return True
    before = match.string[max(0, match.start() - 12) : match.start()]
    return _STANDS_AT.search(before) is not None


def _knows(words: list[str]) -> bool:
    """Whether one of a street's words is somebody's name: so most streets are called."""
    directory = load_directory()
    return any(directory.is_given_too(word) or directory.is_surname(word) for word in words)


def _extended(text: str, span: Span) -> Span:
    """The address with the lines, or the rest of the line, that belong to it."""
    if _CODE_AT_END.search(text, span.start, span.end):
        return span
    block = _BLOCK_TAIL.match(text, span.end)
    if block and (block["unit"] or re.search(r"\d|, ?[A-Z]{2}", block["end"] or "")):
        return span._replace(end=block.end())
    row = _ROW_TAIL.match(text, span.end)
    end = row.start() + len(row[0].rstrip(". ,")) if row else span.end
    return span._replace(end=max(end, span.end))


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
