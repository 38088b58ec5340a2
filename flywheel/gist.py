"""What a message asks, without what politeness, spelling and word order add to it.

A word that is not known to be noise is content: years, figures, currencies, regions, companies
and words that turn a meaning round need no lists, and what no list knows stays apart too. Only the
order of simple phrases is forgiven ("2019 revenue of A", "A's revenue in 2019"); where it may carry
meaning ("from A to B", "A and B", two years) it stays.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final

from flywheel.dedupe import normalise
from flywheel.notation import SCALES, in_one_word, scaled
from flywheel.small_talk import AMOUNT, INTRODUCTION, is_request, respell, unwrap

PLACEHOLDER: Final = re.compile(r"<([a-z_]+)_[a-z0-9]{4,16}>")
"""Of a scrubbed value, in normalised text."""

_TOKEN: Final = re.compile(
    r"""
    <[a-z_]+_[a-z0-9]{4,16}>
  | (?P<negative>\((?=[$€£¥]?\s?\d[\d.,]*\s?%?\)) | (?<![\w)%])[-−–](?=[$€£¥]?\d))
  | (?P<number>\d+(?:[.,'’]\d+)*)
  | 's\b
  | [^\W\d_][^\W_]*(?:['’](?!s\b)[^\W\d_]+)*(?:\+\+|\#)?
  | [$%+/=<>^&\[\]{}\\@~] | (?<=\w)\*{1,2}(?=\w) | (?<=\s)\*{1,2}(?=\s) | !(?=[=\w])
  | [^\w\s\x00-\x7f‘’“”„‚«»‹›…–—−•·¿¡、。，！？：；（）「」『』【】《》]
    """,
    re.VERBOSE,
)
_GROUPED: Final = re.compile(r"\d{1,3}(?:[,'’]\d{3})+(?:\.\d+)?")
_SAME_WORD: Final = {
    "percent": "%", "pct": "%", "usd": "$", "dollar": "$", "dollars": "$", "eur": "€", "euro": "€",
    "euros": "€", "gbp": "£", "jpy": "¥", "yen": "¥", "vs": "versus", "&": "and", "bn": "billion",
    "mn": "million", "mio": "million", "millions": "million", "billions": "billion",
    "thousands": "thousand", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "twenty": "20", "fifty": "50", "hundred": "100", "v.s.": "versus",
}  # fmt: skip
_AFTER_NUMBER: Final = {"m": "million", "b": "billion", "k": "thousand"}
_CURRENCIES: Final = frozenset("$€£¥")
_MONTHS: Final = dict(
    zip(
        "january february march april june july august september october november december".split(),
        "jan feb mar apr jun jul aug sep oct nov dec".split(),
        strict=True,
    )
) | {"sept": "sep"}
_SHORT_MONTHS: Final = frozenset(_MONTHS.values())

_NOISE: Final = frozenset(
    """an the is are was were be been being am do does did has have had there this that these those
    what which any just really actually basically exactly simply also""".split()
)
_POLAR: Final = frozenset(
    "is are was were do does did has have had can could will would should may am".split()
)
_SERIES: Final = frozenset(
    """class classes series type vitamin group grade plan appendix schedule option hepatitis exhibit
    level tier part share shares model""".split()
)
_ORDER_MATTERS: Final = frozenset(
    """than versus from to by against into between with without per minus less more plus ratio
    percentage % share proportion divided if unless because not respectively difference change and
    or but while over under before after above below as when until since + * / = < > ^ -""".split()
)
_PLACES: Final = frozenset("in at on during within throughout".split())
_BEFORE_TIMES: Final = _PLACES | {"of", "for"}
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+")
_HAS_FIGURE: Final = re.compile(r"\d")
_BACK: Final = re.compile(r"\b(?:he|she|him|his|hers?|they|them|theirs?)\b")
"""What a question refers back with, to somebody named before it."""


def tokens(text: str) -> list[str]:
    """Words, figures and signs of a text, whatever its case, spaces and punctuation.

    "$1,000", "1000 USD" and "1,000 dollars" are the same, "$5bn" and "5,000 million dollars" too;
    "(3.4)" and "-3.4" are less than nothing.
    """
    return list(_tokens(normalise(text)))


def content(text: str) -> list[str]:
    """The tokens of a document without articles, forms of "be" and the plural's s."""
    return list(_content(tokens(text)))


def ask_of(text: str, known: Collection[str]) -> tuple[str, ...]:
    """What a message asks: equal for two messages that differ in wording noise alone.

    `known` are the tokens of the documents: who writes is noise, unless they speak of that person.
    """
    sentences = list(_without_noise(normalise(text), known))
    polar = any(respell(sentence.split(None, 1)[0]).split()[0] in _POLAR for sentence in sentences)
    words = list(_content(list(_tokens(respell(" ".join(sentences))))))
    if not words:  # nothing but small talk: that is what it says
        return tuple(tokens(text)) or (normalise(text),)
    return (("?",) if polar else ()) + _arranged(words, in_one=len(sentences) == 1)


def singular(word: str) -> str:
    """A word without its plural s (the S stemmer of Harman 1991): the lightest there is.

    Stronger ones make one word of "marketing" and "market", "operating" and "operations".
    """
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    return word if word == "news" else word[:-1]


def _tokens(text: str) -> Iterator[str]:
    """Each amount in one form: its sign, its figure written out, its currency."""
    words = list(_spelled(in_one_word(text)))
    place = 0
    while place < len(words):
        word, after = words[place], words[place + 1] if place + 1 < len(words) else ""
        currency = word in _CURRENCIES and after[:1].isdigit()
        if currency:
            place += 1
        figure = words[place]
        place += 1
        if figure[0].isdigit() and place < len(words) and words[place] in SCALES:
            figure = scaled(figure, words[place])
            place += 1
        yield figure
        if currency:
            yield word


def _spelled(text: str) -> Iterator[str]:
    figure = False
    for match in _TOKEN.finditer(text):
        token = match.group()
        if match["negative"]:
            yield "-"
        elif match["number"]:
            yield _figure(token)
        elif figure and token in _AFTER_NUMBER:
            yield _AFTER_NUMBER[token]
        else:
            yield _SAME_WORD.get(token) or _MONTHS.get(token, token)
        figure = bool(match["number"])


def _figure(digits: str) -> str:
    if _GROUPED.fullmatch(digits):
        digits = re.sub(r"[,'’]", "", digits)
    if digits.count(".") == 1 and "," not in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits


def _without_noise(text: str, known: Collection[str]) -> Iterator[str]:
    """The sentences that ask something, each without greeting, thanks and introduction."""
    text = INTRODUCTION.sub(lambda m: _kept_person(m, known), text)
    sentences = _SENTENCE.split(text)
    asking = [s for s in sentences if s.endswith("?") and not _strangers(s, known)]
    if asking and not any(map(_BACK.search, asking)):
        sentences = [s for s in sentences if not _strangers(s, known) or _may_matter(s)]
    for sentence in map(unwrap, sentences):
        if not _NOISE.issuperset(_spelled(sentence)):
            yield sentence


def _may_matter(sentence: str) -> bool:
    """Whether a sentence about a stranger is more than who wants to know."""
    return bool(_HAS_FIGURE.search(_blank(sentence))) or is_request(sentence)


def _kept_person(match: re.Match[str], known: Collection[str]) -> str:
    """An introduction goes, unless the documents speak of the person."""
    return " " if _strangers(match.group(), known) else match.group()


def _strangers(text: str, known: Collection[str]) -> bool:
    """Whether a person is named of whom the documents do not speak.

    Only names are noise: an account or an address may be what is asked about.
    """
    return any(m[1] == "person" and m.group() not in known for m in PLACEHOLDER.finditer(text))


def _blank(text: str) -> str:
    return PLACEHOLDER.sub(" ", text)


def _content(words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        if word == "a":
            after = words[place + 1] if place + 1 < len(words) else ""
            if before not in _SERIES and after.isalpha():
                continue
        if word not in _NOISE:
            yield singular(word)


def _arranged(words: list[str], in_one: bool) -> tuple[str, ...]:
    """The words in an order that does not depend on how a simple phrase was put."""
    years = {word for word in words if _YEAR.fullmatch(word)}
    if any(map(_is_time, words)):  # of a year, a quantity is asked for in any case
        words = [word for word in words if word != AMOUNT]
    if not in_one or len(years) > 1 or not _ORDER_MATTERS.isdisjoint(words):
        return tuple(word for word in words if word != "'s")
    times = sorted(filter(_is_time, words))
    rest = [
        word
        for word, after in pairwise([*words, ""])
        if not _is_time(word) and not (_is_time(after) and word in _BEFORE_TIMES)
    ]
    if not {"of", "'s"} & set(rest):
        rest = ["of" if word == "for" else word for word in rest]
    segments: list[list[str]] = [[]]
    for word in rest:
        if word in _PLACES:
            segments.append([])
        else:
            segments[-1].append(word)
    head, *places = (_genitives_first(segment) for segment in segments)
    return (*head, *(w for place in sorted(filter(None, places)) for w in ("in", *place)), *times)


def _is_time(word: str) -> bool:
    return (
        bool(_YEAR.fullmatch(word))
        or word in _SHORT_MONTHS
        or re.fullmatch(r"q[1-4]", word) is not None
    )


def _genitives_first(words: Sequence[str]) -> list[str]:
    """ "revenue of A" and "A's revenue" as "A revenue"."""
    phrases: list[list[str]] = [[]]
    for word in words:
        if word == "of":
            phrases.insert(0, [])
        elif word != "'s":
            phrases[0].append(word)
    return [word for phrase in phrases for word in phrase]
