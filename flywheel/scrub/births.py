"""Dates of birth: only a cue tells them from the dates that a report is made of."""

import re
from collections.abc import Iterator
from typing import Final

from flywheel.scrub.cues import after_cues
from flywheel.scrub.found import Span

_MONTH: Final = (
    r"(?i:jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|gen|mag|giu"
    r"|lug|set|ott|fév|fev|avr|août|déc|mrt|mei)[^\W\d_]{0,8}\.?"
)
_DATE = re.compile(
    r"(?<![\w.,$€£¥/-])(?:"
    r"(?:19|20)\d\d[-/.](?:0?\d|1[0-2])[-/.][0-3]?\d(?:T[\d:.]+Z?)?"
    r"|[0-3]?\d(?P<sep>[-/. ])[0-3]?\d(?P=sep)(?:(?:19|20)\d\d|\d\d)"
    r"|(?:19|20)\d\d[01]\d[0-3]\d"
    rf"|[0-3]?\d(?:st|nd|rd|th|\.|er|º)?(?:[ -]|[ ](?:of|de|di)[ ]){_MONTH}"
    r"(?:,?(?:[ -]|[ ]de[ ])(?:19|20)?\d\d)?"
    rf"|{_MONTH}[ ][0-3]?\d(?:st|nd|rd|th)?(?:,?[ ](?:19|20)\d\d)?"
    r")(?![\w/-]|[.,]\d)"
)
_CUE = re.compile(
    r"(?:\b|_|(?<=[a-z]))(?:(?i:d\.?o\.?b\b\.?|birth[ _-]?(?:date|day)|date[ _-]?of[ _-]?birth"
    r"|dateofbirth|day of birth|born\b|née?\b|geboren|geb\.|geburtsdatum|geburtstag"
    r"|date de naissance|né\(?e?\)? le|nacid[oa]|fecha de nacimiento|nascimento|nat[oa] (?:il|a)"
    r"|data di nascita|geboortedatum|data urodzenia|urodzon[ya]|födelsedatum|född|fødselsdato)"
    r"|Birth[dD]ate|BirthDay)"
)
_CUE_AFTER = re.compile(r"[ ]?\(?(?:DOB|d\.o\.b\.|date of birth|birth date)\b")
_HINTS: Final = (
    "dob d.o do.b birth born né geb naiss nacid nacim nascim nato nata nascita urod föd fød".split()
)
"""Each cue holds one of them; to look for them is quicker."""


def find_births(text: str) -> Iterator[Span]:
    """Dates behind "born", "date of birth" and their like, or before "(DOB)"."""
    folded = text.casefold()
    if not any(hint in folded for hint in _HINTS):
        return
    for match in after_cues(text, _CUE, _DATE, reach=32):
        yield Span(match.start(), match.end(), "DATE_OF_BIRTH", 0.85)
    for match in _DATE.finditer(text):
        if _CUE_AFTER.match(text, match.end()):
            yield Span(match.start(), match.end(), "DATE_OF_BIRTH", 0.85)
