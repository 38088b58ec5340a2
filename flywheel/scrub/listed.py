"""Names that the directory knows: full names in any sentence, given names where people stand."""

import re
from collections.abc import Iterator
from typing import Final

from flywheel.scrub.directory import WORDS_TOO, Directory, load_directory
from flywheel.scrub.found import Span
from flywheel.scrub.names import FULL, WORD, clipped, may_follow, plain
from flywheel.scrub.vocabulary import NOT_IN_NAMES

_APART: Final = r"(?<![\w.@/-])(?<!\w['’])"
_FULL_NAME = re.compile(rf"{_APART}{FULL}")
_LIST_NAME = re.compile(
    rf"(?:^|(?<=[;|\t\"'(>]))[ ]?(?P<family>{WORD}),[ ](?P<given>{WORD})(?=[ ]*(?:$|[;|\t\"')<,.]))"
    rf"|(?<=[a-z] )(?P<family2>{WORD}),[ ](?P<given2>{WORD})(?=[ ]*(?:$|[;|,.(]))",
    re.M,
)
_GREETING = re.compile(
    r"\b(?i:hi|hello|hey|hiya|dear|(?:good )?(?:morning|afternoon|evening)|thanks(?: again| a lot)?"
    r"|thank you|thx|ty|cheers|ok|okay|sorry|welcome(?: back)?|congrats|bye),?[ ]"
    rf"(?P<name>{WORD})(?=[ ]?[,!.:;?\n–—-]|[ ]*$|[ ](?:and|&)[ ])",
    re.M,
)
_SIGN_OFF = re.compile(
    r"\b(?i:regards|best(?: wishes)?|all the best|cheers|thanks(?: so much| again| a lot)?|thank you"
    r"|thx|br|rgds|love|warmly|respectfully|sincerely|yours(?: truly| sincerely| faithfully)?"
    rf"|greetings|talk soon|take care)\s?[,.!]?[–—-]?\s{{1,4}}(?P<name>{WORD}(?:[ ]{WORD})?)"
    r"(?=[ ]*(?:\n|$|[.!(]))"
)
_SPEAKER = re.compile(rf"^(?:\[[^\]\n]{{1,24}}\][ ]?)?@?(?P<name>{WORD}):(?=[ ])", re.M)
_ASIDE = re.compile(rf"(?:,|\?|!)[ ](?P<name>{WORD})(?=[?!]|\.?$)", re.M)
_ACTOR = re.compile(
    rf"{_APART}(?P<name>{WORD})"
    r"(?=[ ](?:and I|said|says|asked|told|thinks|wrote|emailed|called|wants|agreed|agrees|disagrees"
    r"|mentioned|forgot|knows|signed|sent|replied|confirmed|explained|noticed|suggested)\b)"
)
_TOLD = re.compile(
    r"\b(?i:ask|asked|tell|told|with my (?:boss|colleague|friend|wife|husband)|ping|cc|cc'd|loop in"
    rf"|this is|it's|it’s|i am|i'm|i’m)[ ](?P<name>{WORD})(?=[ ]?[,.!?;:)]|[ ]?$|[ ](?:and|to|if|about|here|from)\b)",
    re.M,
)
_ALONE: Final = (_GREETING, _SIGN_OFF, _SPEAKER, _ASIDE, _ACTOR, _TOLD)
_CAPITALS = re.compile(
    rf"{_APART}[A-ZÀ-ÖØ-ÞŁŚŻŠČ]{{3,}}(?:[ -][A-ZÀ-ÖØ-ÞŁŚŻŠČ]{{3,}}){{1,2}}(?![\w-])"
)
_LOWER = re.compile(
    r"(?<![\w.@/'’_-])(?P<first>[^\W\d_A-Z]{3,})[ ](?=(?P<second>[^\W\d_A-Z]{3,})(?![\w@/_]))"
)
_INITIAL = re.compile(rf"{_APART}(?P<name>(?:[A-Z]\.[ ]?){{1,2}}{WORD})(?![\w-])")

_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")


def find_listed(text: str) -> Iterator[Span]:
    """Full names by their given name, in capitals or lower case by both; given names alone."""
    directory = load_directory()
    for match in _FULL_NAME.finditer(text):
        yield from _full(text, match, directory)
    for match in _LIST_NAME.finditer(text):
        yield from _listed_apart(match, directory)
    for pattern in _ALONE:
        for match in pattern.finditer(text):
            if all(map(directory.is_given, match["name"].split(" ")[:1])):
                start, end = match.span("name")
                yield from clipped(text, start, end, 0.75, alone=True)
    yield from _in_one_case(text, directory)
    for match in _INITIAL.finditer(text):
        if directory.is_surname(match["name"].split(".")[-1].strip()):
            yield from clipped(text, match.start("name"), match.end("name"), 0.6)


def _full(text: str, match: re.Match[str], directory: Directory) -> Iterator[Span]:
    """A run of capitalised words from its first given name on."""
    words = list(_WORDS.finditer(text, match.start("name"), match.end("name")))
    for at, word in enumerate(words[:-1]):
        if not may_follow(word[0]):
            return
        if _is_pair(word[0], words[at + 1][0], directory):
            yield from clipped(text, word.start(), match.end("name"), 0.7)
            return


def _is_pair(first: str, second: str, directory: Directory) -> bool:
    if first.isupper() or (second.isupper() and len(second) > 2):
        return False
    if directory.is_given(first):
        return True
    return directory.is_given_too(first) and directory.is_surname(second)


def _listed_apart(match: re.Match[str], directory: Directory) -> Iterator[Span]:
    """ "Keller, Maria" in a cell or at a line's end is one name in one placeholder."""
    cell = match["family"] is not None
    family, given = ("family", "given") if cell else ("family2", "given2")
    known = cell or directory.is_surname(match[family])
    if known and directory.is_given(match[given]) and plain(match[family]) not in NOT_IN_NAMES:
        yield Span(match.start(family), match.end(given), "PERSON", 0.7)


def _in_one_case(text: str, directory: Directory) -> Iterator[Span]:
    for match in _CAPITALS.finditer(text):
        words = match[0].replace("-", " ").split(" ")
        known = directory.is_given(words[0]) and all(map(may_follow, words))
        if known and any(plain(word) not in NOT_IN_NAMES for word in words[1:]):
            yield Span(match.start(), match.end(), "PERSON", 0.7)
    for match in _LOWER.finditer(text):
        first, second = match["first"], match["second"]
        if directory.is_given(first) and directory.is_surname(second) and _no_words(first, second):
            yield Span(match.start("first"), match.end("second"), "PERSON", 0.6)


def _no_words(*words: str) -> bool:
    return all(plain(w) not in NOT_IN_NAMES and plain(w) not in WORDS_TOO for w in words)
