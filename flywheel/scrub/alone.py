"""Names of one word: given names in prose, surnames that a model proposes or a text said before."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from flywheel.scrub.directory import fold, load_directory
from flywheel.scrub.found import Span
from flywheel.scrub.names import MEASURED, WORD, core_words, ends_house, is_house, past_verb, plain
from flywheel.scrub.namesakes import HOUSES, NAMESAKES, PEOPLE_TOO, SHOPS
from flywheel.scrub.vocabulary import NOT_IN_NAMES, SUFFIXES, TITLES, VERBS

_SCORE: Final = 0.6
_LONE = re.compile(
    rf"(?<![\w@#`/\\$.+&=-])(?<!\w['’]){WORD}(?![\w@`(\[/\\=+&]|[.:_-]\w|['’](?!s\b)\w)"
)
_BESIDE_BEFORE = re.compile(r"(?P<word>[^\W\d_][\w'’.-]*)[ ]$")
_BESIDE_AFTER = re.compile(r"(?:['’]s)?[ ](?P<word>[^\W_][\w'’-]*)")
_OF_A_THING = re.compile(
    r"(?:['’]s?)?[ -](?:\d|&|(?:import|and (?:sons?|co|bros|brothers|company|partners|associates)\b"
    r"|(?:(?:net|gross|total|annual|quarterly|operating|fiscal|share|stock|market|cash|capital|debt"
    r"|reported|adjusted|diluted|organic|latest|most recent|first|second|third|fourth|full[ -]year)"
    r"[ -])?(?:revenues?|sales|earnings|profits?|income|margins?|stocks?|shares?|dividends?"
    r"|guidance|ebitda|eps|cogs|segments?|subsidiar\w+|acquisitions?|merger|stores?"
    r"|brands?|balance sheet|10-[kq]|filings?|annual report|cash flows?"
    r"|(?:pay|raise|cut|declare)s?[ ](?:(?:a|its|any|the)[ ])?(?:dividends?|guidance)|quarterly"
    r"|valuation|ticker|market cap\w*|capex|assets|liabilities|debt|goodwill"
    r"|inventor\w+|backlog|quarter|results|shareholders?|investors?|bonds?|ceo|cfo|exposure"
    r"|peers|competitors|app|api|sdk|cli|language|library|framework|server|program|code|compiler"
    r"|package|module|syntax|models?|theorem|lemma|law|laws|constant|series|transform|distribution"
    r"|process(?:es)?|chains?|equations?|ratio|curve|test|effect|method|algorithm|scale|number"
    r"|function|index|coefficient|principle|paradox|prize|award|syndrome|disease|cycle|engine"
    r"|telescope|rocket|mission|missions|hurricane|beach|island|bridge|river|street|county|city"
    r"|airport|hotel|restaurant|cafe|museum|park|university|college|school|hospital|cathedral"
    r"|church|square|station|stadium|cake|pie|sauce|salad|seeds?|tree|plant|flower)\b))",
    re.I,
)
_OF_A_THING_BEFORE = re.compile(
    r"(?:\b(?:an?|the|in|near|via|using|per|province|city|town|state|island|hurricane|storm|brand"
    r"|company|store|shares of|stock of|shares in|invest(?:ed|ing)? in|compared? to|versus|vs\.?"
    r"|chez|import|from|class|def|function|var|let|const|type|package)[ ]"
    r"|[\"'][\w-]+[\"']:[ ]?[\"'])$"
)
_FROM: Final = re.compile(r"\bfrom[ ]$")
_BUSINESS = re.compile(
    r"\b(?:revenues?|earnings|shares?|stocks?|dividends?|ebitda|eps|10-[KQ]|fiscal|quarter\w*"
    r"|profit\w*|shareholders?|investors?|acquir\w+|merger|compan(?:y|ies)|market(?: cap\w*)?"
    r"|margins?|net sales|capex|subsidiar\w+|bonds?|Q[1-4]|FY ?\d+"
    r"|amounts?|owed|receivables?|payables?|[mb]illion|financial|statements?|ordinary)\b",
    re.I,
)
_ROLE_CHARS: Final = 20
_KIN = re.compile(
    rf"\b(?i:my|your|his|her|our|their)[ ](?i:husband|wife|spouse|fianc[ée]e?|boyfriend|girlfriend"
    r"|son|daughter|kid|child|baby|brother|sister|mother|father|mom|mum|dad|uncle|aunt|cousin|nephew"
    rf"|niece|grandson|granddaughter|twin|roommate|neighbou?r),?[ ](?P<name>{WORD})(?![\w@(/])"
)
"""Whoever they are, they have a name: any word in capitals is one, in whatever language."""

_SELF = re.compile(
    r"\b(?i:its|it['’]s|i['’]?m|i am|this is)[ ]"
    r"(?P<name>[^\W\d_A-Z]{3,}(?:[ ][^\W\d_A-Z]{2,}){0,2}?)"
    r"(?=[ ]?(?:[,.!\n]|$)|[ ](?:here|from|and my|again)\b)"
)
_OF_FIRMS_TOO = re.compile(
    r"client|customer|partner|tenant|landlord|member|representative|claimant|plaintiff|defendant"
    r"|contact|agent|employee|producer|author|called|named|say|said|repl|m\.|don\b|pan\b",
    re.I,
)
_ROLE = re.compile(
    r"\b(?i:engineer|lawyer|attorney|solicitor|barrister|teacher|professor|doctor|nurse|surgeon"
    r"|physician|dentist|therapist|officer|detective|inspector|sergeant|lieutenant|captain|colonel"
    r"|general|judge|justice|senator|congress(?:wo)?man|governor|mayor|president|chancellor"
    r"|minister|secretary|director|manager|supervisor|analyst|accountant|auditor|consultant"
    r"|clerk|agent|technician|developer|designer|architect|assistant|coordinator|specialist"
    r"|administrator|executive|strategist|planner|representative|associate|coach|chef|pilot"
    r"|driver|plumber|electrician|mechanic|pharmacist|librarian|journalist|reporter|editor|author"
    r"|singer|actor|actress|producer|witness|defendant|plaintiff|claimant|tenant|landlord|patient"
    r"|client|customer|colleague|coworker|co-worker|boss|neighbou?r|friend|buddy|roommate|mate"
    r"|husband|wife|spouse|partner|fianc[ée]e?|boyfriend|girlfriend|son|daughter|kid|child|baby"
    r"|brother|sister|mother|father|mom|mum|dad|uncle|aunt|cousin|nephew|niece|grandson"
    r"|granddaughter|grand(?:mother|father|ma|pa)|twin|student|pupil|intern|trainee|employee"
    r"|member|candidate|applicant|pt\.?|starring|says|said|replied|named|called"
    r"|calls? me|last name\?|first name\?|your name\?|surname\?"
    r"|herrn?|frau|m\.|mme|mlle|monsieur|madame|mademoiselle|señora?|señorita|sra?\.|srta\.|don"
    r"|doña|dña\.|sig\.(?:ra)?|signora?|signorina|dott\.(?:ssa)?|meneer|mevrouw|dhr\.?|mevr\.?"
    r"|pan|pani|senhora?|kollegen?|kollegin|mutter|vater|bruder|schwester|mari|femme|fils|fille"
    r"|hermano|hermana|hijo|hija|amigo|amiga|fratello|sorella|figlio|figlia|amico|amica)"
    r",?\s$"
)
_FIRM = re.compile(rf"{WORD}(?:, {WORD})*,? (?:and|&) {WORD}")
_FAMILY = re.compile(rf"(?<![\w'’-])(?<!, )(?P<name>{WORD}),[ ]$")
_GOES_ON = re.compile(rf",?[ ](?:and|or|&|und|et|y|e|en|och|i)[ ]{WORD}|,[ ]{WORD}")
_TAIL = re.compile(
    rf"[ ](?:(?:d[aeiou]s?|del|della|der|den|van|von|zu|la|le|el|al|bin|ibn|ben|ter|af"
    r"|['’]t|d['’])[ ])"
    rf"{{1,3}}{WORD}"
)
_OPENS: Final = re.compile(r"(?:^|[.!?:;\n>\"“(*•–—-][ ]?|\A\s*)$")
_OPENERS: Final = (
    frozenset(
        """
    ask tell give gave send sent did does do is was are were has have had can could will would
    should may and but so if when while because since then yesterday today tomorrow now please
    thanks for with from to by about per as of both also only even our my your his her their where
    why how what who whose not let contact call email remind invite meet met add remove forward
    copy loop ping poor dear hi hello hey see help make let's does that this after before until
    although though once again maybe perhaps apparently unfortunately sorry ok okay yes no well
    where's here how's according between without like unlike except besides told asked said
    later earlier then next finally meanwhile eventually soon afterwards recently currently there
    here another dear both either neither whether via including plus
    agent user customer client patient mr mrs ms miss dr prof pt attn cc re note engineer nurse
    doctor teacher officer captain manager director
    und mit von für an bei ich wir dass wenn weil wo wie hat ist war bitte liebe lieber hallo frau
    herr avec pour de par chez est que quand si et mais où comment bonjour cher chère merci madame
    monsieur con para por es cuando si y pero donde como hola querido querida gracias señor señora
    per di da è che quando se e ma dove come ciao caro cara grazie signor signora met voor van is
    dat als en maar waar hoe hallo beste bedankt mevrouw meneer med för av är att när om och men
    hej tack z do dla od jest że gdy i ale gdzie jak cześć pan pani com para por de é que quando se
    e mas onde como olá caro cara obrigado
    """.split()
    )
    | VERBS
)
"""Words that open a sentence before a name, in capitals only for that."""


def find_alone(text: str) -> Iterator[Span]:
    """Given names that stand alone in prose, and any name behind a role or a relation.

    A given name counts where it is no word, place or company and nothing beside it is a thing's.
    """
    for match in _LONE.finditer(text):
        word = _bare(match[0])
        start, end = match.start(), match.start() + len(word)
        if not _may_be_somebody(word) or _is_shop(word, match[0]):
            continue
        if ends_house(text, start, word):
            continue
        role = _has_role(text, start, word)
        if not role and not _is_given(word):
            continue
        strict = not role and load_directory().is_surname(word)
        if _stands_alone(text, start, end, strict=strict, role=role):
            yield Span(_with_family(text, start, end), _with_tail(text, end), "PERSON", _SCORE)


def find_said(text: str) -> Iterator[Span]:
    """Relatives by any word in capitals, and who says his own name in lower case."""
    for match in _KIN.finditer(text):
        start, end = match.start("name"), match.start("name") + len(_bare(match["name"]))
        if fold(match["name"]) not in NAMESAKES and not match["name"].isupper():
            yield Span(start, end, "PERSON", _SCORE)
    for match in _SELF.finditer(text):
        words = match["name"].split(" ")
        if _is_given(words[0]) and not is_house(*words):
            yield Span(match.start("name"), match.end("name"), "PERSON", _SCORE)


def _may_be_somebody(word: str) -> bool:
    """Whether the word can be a name at least where a role stands before it."""
    return may_be_alone(word) or (fold(word) in HOUSES and load_directory().is_surname(word))


def _has_role(text: str, start: int, word: str) -> bool:
    """Whether a role says that this is a person; companies are clients and partners, too."""
    role = _ROLE.search(text, max(0, start - _ROLE_CHARS), start)
    return role is not None and (may_be_alone(word) or not _OF_FIRMS_TOO.match(role[0]))


def accept_word(text: str, start: int, end: int, score: float) -> Iterator[Span]:
    """What stands of a model's mention of one word: a name that the directory knows, too."""
    start = past_verb(text, start)
    match = _LONE.match(text, start) if start < end else None
    word = _bare(match[0]) if match else ""
    if match is None or match.end() < end or not may_be_alone(word) or _is_shop(word, match[0]):
        return
    if not _is_given(word) and _BUSINESS.search(_sentence(text, start, start + len(word))):
        return
    if fold(word) in PEOPLE_TOO and _OPENS.search(text[max(0, start - 3) : start]):
        return  # "Bill it to me": a verb, in capitals only for the sentence
    if _stands_alone(text, start, start + len(word), strict=True):
        yield Span(start, start + len(word), "PERSON", score)


def find_again(text: str, names: Sequence[Span]) -> Iterator[Span]:
    """The surnames of people whose full name the text says, too."""
    surnames = set()
    for name in names:
        words = core_words(text[name.start : name.end])
        if len(words) > 1 and fold(words[-1]) not in NAMESAKES and words[-1][1:].islower():
            surnames.add(words[-1])
    for match in _LONE.finditer(text) if surnames else ():
        word = _bare(match[0])
        if word in surnames and _stands_alone(text, match.start(), match.start() + len(word)):
            yield Span(match.start(), match.start() + len(word), "PERSON", _SCORE)


@lru_cache(maxsize=65536)
def may_be_alone(word: str) -> bool:
    """Whether the directory knows the word, and no company, place or word is called so."""
    folded = fold(word)
    if word.isupper() or (folded in NAMESAKES and folded not in PEOPLE_TOO):
        return False
    if "-" in word:
        return _is_given(word)
    return _is_given(word) or folded in PEOPLE_TOO or load_directory().is_surname(word)


@lru_cache(maxsize=65536)
def _is_given(word: str) -> bool:
    """Every half of it, and no word of any kind: "Harris-Montoya" is a surname or a firm."""
    if word.isupper() or fold(word) in NAMESAKES:
        return False
    directory = load_directory()
    return all(directory.is_given(half) for half in word.split("-"))


def _with_family(text: str, start: int, end: int) -> int:
    """Where the name starts if its family name stands before it: "Keller, Maria"."""
    family = _FAMILY.search(text, max(0, start - 40), start)
    if family is None or _GOES_ON.match(text, end) or _is_given(family["name"]):
        return start
    known = (
        load_directory().is_surname(family["name"]) and plain(family["name"]) not in NOT_IN_NAMES
    )
    return family.start("name") if known else start


def _with_tail(text: str, end: int) -> int:
    """Where the name ends if a family name with a particle follows: "Maria de la Cruz"."""
    tail = _TAIL.match(text, end)
    return tail.end() if tail else end


def _is_shop(word: str, written: str) -> bool:
    return word != written and fold(word) in SHOPS


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


def _stands_alone(
    text: str, start: int, end: int, *, strict: bool = False, role: bool = False
) -> bool:
    """Whether nothing beside the word makes it a thing's name, or a part of a longer one."""
    before, after = text[max(0, start - 40) : start], text[end : end + 48]
    if _OF_A_THING.match(after) or _of_a_thing_before(before, strict=strict):
        return False
    follows = _BESIDE_AFTER.match(after)
    if follows and follows["word"][0].isupper() and follows["word"] != "I":
        return False
    precedes = None if role else _BESIDE_BEFORE.search(before)
    if precedes and precedes["word"][0].isupper() and not _opens(before, precedes):
        return False
    return not (strict and _in_firm(text, start, end))


def _of_a_thing_before(before: str, *, strict: bool) -> bool:
    if MEASURED.search(before):
        return True
    found = _OF_A_THING_BEFORE.search(before)
    return found is not None and (strict or not _FROM.search(before))


def _opens(before: str, word: re.Match[str]) -> bool:
    """Whether the capital of the word before is a sentence's, or a title's or role's."""
    if plain(word["word"]) in TITLES | SUFFIXES:
        return True
    if fold(word["word"]) not in _OPENERS:
        return False
    return _OPENS.search(before[: word.start()]) is not None or word.start() == 0


def _sentence(text: str, start: int, end: int) -> str:
    first = max(text.rfind(mark, max(0, start - 160), start) for mark in ".?!\n")
    return text[max(first, start - 160, 0) : end + 100]


def _in_firm(text: str, start: int, end: int) -> bool:
    """ "Raymond, Moss and Bean": surnames in a row are a firm's name."""
    directory = load_directory()
    for firm in _FIRM.finditer(text, max(0, start - 40), end + 40):
        words = re.findall(WORD, firm[0])
        if firm.start() <= start < firm.end() and len(words) == 3:
            return not all(directory.is_given(word) for word in words)
    return False
