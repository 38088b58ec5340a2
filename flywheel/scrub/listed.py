"""Names that the directory knows: full names in any sentence, given names where people stand."""

import re
from collections.abc import Iterator
from typing import Final

from flywheel.scrub.directory import Directory, load_directory
from flywheel.scrub.found import Span
from flywheel.scrub.names import FULL, WORD, clipped, ends_house, is_house, may_follow, plain
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
    r"\b(?i:regards|best(?: wishes)?|all the best|cheers|thanks(?: so much| again)?|thank you"
    r"|thx|br|rgds|love|warmly|respectfully|sincerely|yours(?: truly| sincerely| faithfully)?"
    rf"|greetings|talk soon|take care)\s?[,.!]?[–—-]?\s{{1,4}}(?P<name>{WORD}(?:[ ]{WORD})?)"
    r"(?=[ ]*(?:\n|$|[.!(]))"
)
_SIGNATURE = re.compile(rf"^(?:--|—|–|-)[ ]?\n?(?P<name>{WORD}(?:[ ]{WORD})?)[ ]*$", re.M)
_OWNER = re.compile(
    rf"{_APART}(?P<name>{WORD})(?=['’]s[ ](?:account|e-?mail|phone|mobile|number|address|card"
    r"|salary|birthday|wife|husband|name|request|complaint|message|signature|appointment|loan|password)\b)"
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
    r"|reach|contact|call|text|e-?mail|phone"
    rf"|this is|it's|it’s|i am|i'm|i’m)[ ](?P<name>{WORD})"
    r"(?=[ ]?[,.!?;:)]|[ ]?$|[ ](?:and|to|if|that|about|here|from|on|at)\b)",
    re.M,
)
_ALONE: Final = (_GREETING, _SIGN_OFF, _SIGNATURE, _OWNER, _SPEAKER, _ASIDE, _ACTOR, _TOLD)
_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞŁŚŻŠČ]{3,40}(?:-[A-ZÀ-ÖØ-ÞŁŚŻŠČ]{2,40})?"
_CAPITALS = re.compile(
    rf"{_APART}(?P<first>{_CAPITAL})[ ]"
    rf"(?=(?P<second>{_CAPITAL})(?:[ ](?P<third>{_CAPITAL}))?(?![\w-]))"
)
_LOWER = re.compile(
    r"(?<![\w.@/'’_-])(?P<first>[^\W\d_A-Z]{3,})[ ](?=(?P<second>[^\W\d_A-Z]{3,})(?![\w@/_]))"
)
_SAINTS: Final = frozenset("san santa santo são saint sainte st sankt fort port mount lake".split())
"""They begin a place's name: San Jose, Port Arthur."""

_NOT_LAST: Final = frozenset(
    """
    have has had due may prior end well let see held hold holds said say says goes go went get got
    sell begin start lay pass send forget bet hunt willing know knows look like want wants need
    short long good back still thus lack bring took take make made name even ever never again
    """.split()
)
"""Surnames, too, but behind a given name in lower case they go on with the sentence."""

_INITIAL = re.compile(rf"(?<=[^\W_A-Z] ){_APART}(?P<name>(?:[A-Z]\.[ ]?){{1,2}}{WORD})(?![\w-])")

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")


def find_listed(text: str) -> Iterator[Span]:
    """Full names by their given name, in capitals or lower case by both; given names alone."""
    directory = load_directory()
    if any(map(directory.knows, _LETTERS.findall(text))):
        yield from _by_given_name(text, directory)
    for match in _INITIAL.finditer(text):
        surname = match["name"].split(".")[-1].strip()
        if directory.is_surname(surname) and not ends_house(text, match.start(), surname):
            yield from clipped(text, match.start("name"), match.end("name"), 0.6)


def _by_given_name(text: str, directory: Directory) -> Iterator[Span]:
    for match in _FULL_NAME.finditer(text):
        yield from _full(text, match, directory)
    for match in _LIST_NAME.finditer(text):
        yield from _listed_apart(match, directory)
    for pattern in _ALONE:
        for match in pattern.finditer(text):
            if directory.is_given(match["name"].split(" ")[0]) and not match["name"].isupper():
                start, end = match.span("name")
                yield from clipped(text, start, end, 0.75, alone=True)
    yield from _in_one_case(text, directory)


def _full(text: str, match: re.Match[str], directory: Directory) -> Iterator[Span]:
    """A run of capitalised words from its first given name on."""
    words = list(_WORDS.finditer(text, match.start("name"), match.end("name")))
    for at, word in enumerate(words[:-1]):
        if not may_follow(word[0]) or plain(word[0]) in _SAINTS:
            return
        if _opens_question(text, word):
            continue
        if _is_pair(word[0], words[at + 1][0], directory):
            yield from clipped(text, word.start(), match.end("name"), 0.7)
            return


def _opens_question(text: str, word: re.Match[str]) -> bool:
    """ "Will Nokia …?" asks about a company; the model knows the other Wills."""
    before = text[max(0, word.start() - 4) : word.start()].rstrip(" ")
    return word[0] in ("Will", "May", "Can") and before[-1:] in ("", ".", "?", "!", "\n")


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
        first, second, third = match.groups()
        if _is_of_house(text, match):
            continue
        if directory.is_given(first) and may_follow(second) and plain(second) not in NOT_IN_NAMES:
            last = "third" if third and directory.is_surname(third) else "second"
            yield Span(match.start("first"), match.end(last), "PERSON", 0.7)
    for match in _LOWER.finditer(text):
        first, second = match["first"], match["second"]
        if _is_of_house(text, match):
            continue
        if directory.is_given(first) and directory.is_surname(second) and _may_end(second):
            yield Span(match.start("first"), match.end("second"), "PERSON", 0.6)


def _is_of_house(text: str, match: re.Match[str]) -> bool:
    """Whether the two words, or the first and the one before it, are a company's name."""
    first, second = match["first"], match["second"]
    return is_house(first, second) or ends_house(text, match.start(), first)


def _may_end(word: str) -> bool:
    return plain(word) not in NOT_IN_NAMES and word not in _NOT_LAST
