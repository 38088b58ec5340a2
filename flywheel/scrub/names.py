"""Names of people: what a model proposes and what a cue announces, less what cannot be a name."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import dropwhile, takewhile
from typing import Final

from flywheel.scrub.directory import load_directory
from flywheel.scrub.found import Span
from flywheel.scrub.vocabulary import (
    HOUSES,
    NAMES_TOO,
    NOT_IN_NAMES,
    PARTICLES,
    SUFFIXES,
    TITLES,
    VERBS,
)

CAPITAL: Final = "[A-ZÀ-ÖØ-ÞŁŚŻŠČĆŽĐİ]"
WORD: Final = rf"(?:{CAPITAL}(?:[\w'’-]{{0,40}}\w)?)"
_INITIAL: Final = r"(?:[A-Z]\.)"
_PARTICLE: Final = r"(?:d[aeiu]|del|della|der|den|des|dos|van|von|zu|la|le|el|al|bin|ibn|ben|ter|y)"
_TITLE: Final = r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Rev|Capt|Captain|Sgt)\.?[ ])"
_TAIL: Final = r"(?:,?[ ](?:Jr|Sr|II|III|IV|MD|M\.D|DDS|DMD|DVM|PhD|Ph\.D|Esq|CPA|CFA)\b\.?)"
_NEXT: Final = rf"(?:[ ](?:{_INITIAL}|(?:{_PARTICLE}[ ]){{0,2}}{WORD}))"
FULL: Final = rf"(?P<name>{_TITLE}?(?:{_INITIAL}[ ]?){{0,3}}{WORD}{_NEXT}{{1,3}}{_TAIL}?)"
_ANY: Final = rf"(?P<name>{_TITLE}?(?:{_INITIAL}[ ]?){{0,3}}{WORD}{_NEXT}{{0,3}}{_TAIL}?)"

_TITLED = re.compile(
    rf"\b(?P<name>{_TITLE}(?:{_INITIAL}[ ]?){{0,3}}(?:{_PARTICLE}[ ]){{0,2}}{WORD}{_NEXT}{{0,3}}"
    rf"{_TAIL}?)"
)
_INTRODUCED = re.compile(
    r"(?:\b(?i:my (?:full |first |last |given |sur)?name(?: is|'s|’s|:)|name(?: is|:)|i am called"
    r"|call me|signed(?: by)?[:,]?|attn\.?:?|attention:|c/o|yours,?"
    r"|dear|(?:best |kind |warm )?regards,|sincerely,|cheers,|thanks,|thank you,|hi|hello|hey))"
    rf"\s{{1,3}}{_ANY}"
)
_ASSIGNED = re.compile(r"(?:[:=]\s?\[?[\"'`]?|(?<=\w)>)(?=[^\W\d_])")
_NAME_KEY = re.compile(
    r"(?:full|first|last|given|family|sur|middle|maiden|legal|customer|client|user|contact|account"
    r"|holder|employee|person)[ _-]?name[\"'`]?\s?$"
    r"|[\"'`](?:given|family)[\"'`]\s?$|(?<!\w)(?:forename|vorname|nachname|familienname|pr[ée]nom|nom"
    r"|nombres?|apellidos?|cognome|nome|sobrenome|voornaam|achternaam|förnamn|efternamn|imi[ęe]"
    r"|nazwisko)[\"'`]?\s?$",
    re.I,
)
_PERSON_KEY = re.compile(
    r"\b(?:name|customer|client|user|who|employee|contact|holder|recipient|beneficiary|sender"
    r"|patient|applicant|borrower|caller|reporter|author|signed|attn)[\"'`]?\s?$",
    re.I,
)
_KEYED_ANY = re.compile(_ANY)
_KEYED_FULL = re.compile(FULL)
_KEYED_LIST = re.compile(rf"(?P<family>{WORD}),[ ](?P<given>{WORD})(?!\w)")
_MY_NAME = re.compile(
    r"\b[Mm]y (?:full |first |last )?name(?: is|'s|’s|:) "
    r"(?P<words>[^\W\d_]+(?:[ ][^\W\d_]+){0,2})"
)
_I_AM = re.compile(rf"\b(?:I am|I'm|I’m|[Tt]his is|[Ii]t is|[Ii]t's|[Ii]t’s)[ ]{FULL}")
_PERSON_NOUN = re.compile(
    r"\b(?i:client|customer|user|patient|tenant|employee|colleague|coworker|co-worker|manager|boss"
    r"|director|officer|accountant|lawyer|analyst|advisor|adviser|assistant|agent|contact|recipient"
    r"|beneficiary|cardholder|(?:account )?holder|owner|sender|borrower|applicant|candidate|student"
    r"|teacher|friend|husband|wife|spouse|partner|son|daughter|brother|sister|mother|father|mom|mum"
    r"|dad|uncle|aunt|cousin|neighbou?r|ceo|cfo|chairman|president|secretary|reviewer|author)"
    rf"(?:[ ]is|[ ]named|[ ]called|:|,)?[ ]{FULL}"
)
_ACTS = re.compile(
    rf"\b{FULL}(?=[ ](?:here\b|asked\b|asks\b|wants\b|needs\b|told\b|called\b|wrote\b|emailed\b"
    r"|sent\b|showed\b|disagrees?d?\b|thinks\b|forgot\b|noticed\b|replied\b|testified\b|phoned\b"
    r"|disputed\b|prefers\b|insists\b|will (?:call|write|send|be there)\b|was deposed\b"
    r"|lives\b|lived\b|speaking\b|requested\b|complained\b|resigned\b|retired\b|signed\b|gave\b"
    r"|(?:has|had) (?:asked|given|told|called|signed|left)\b|was (?:born|hired|fired|appointed)\b"
    r"|is (?:my|our)\b|(?:works|worked) (?:at|for|with)\b)"
    r"|(?:'s|’s) (?:account|e-?mail|phone|mobile|number|address|card|salary|birthday|wife|husband"
    r"|name|request|complaint|message|signature|resignation|appointment|loan|password|desk)\b"
    r"|[ ]\((?:CEO|CFO|COO|CTO|[Cc]hair|[Pp]resident|[Dd]irector|[Mm]anager|[Aa]ged?|he|she)\b)"
)
_TOLD = re.compile(
    r"\b(?i:ask(?:ed|ing)?|tell|told|telling|inform(?:ed)?|notif(?:y|ied)|remind(?:ed)?|thank(?:ed)?"
    r"|invited?|meet|met|speak|spoke|spoken|talk(?:ed)?|e-?mail(?:ed)?|call(?:ed)?|phoned?|cc"
    r"|text(?:ed)?|hired?|fired?|owes?|(?:signed|sent|written|approved|prepared|requested) by"
    r"|how old is|named|known as"
    r"|(?:comments?|questions?|notes?|e-?mails?|letters?|requests?) (?:of|from)"
    r"|(?:send|sent|forward(?:ed)?|transfer(?:red)?|refund(?:ed)?|pay|paid|give|gave)"
    rf"(?:[ ][\w$€£.,]+){{0,4}}? to)(?:[ ](?:with|to))?[ ]{FULL}"
)
_DID = re.compile(
    rf"\b[Dd]id[ ]{FULL}"
    r"(?=[ ](?:say|tell|think|want|ask|sign|write|call|e-?mail|mean|resign|leave)\b)"
)
_AND_NEXT = re.compile(rf"(?:,| and| or| &)[ ]{FULL}")
_BESIDE_CONTACT = re.compile(rf"\b{FULL}(?=[ ]?[(<\[,:;|–-][ ]?$)")
_FURTHER = re.compile(rf"(?<=\w)[ ]{WORD}(?:[ ]{WORD})?")
_WORDS = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")
MEASURED: Final = re.compile(
    r"\b(?i:revenues?|sales|profits?|margins?|earnings|income|ebitda|eps|dividends?|guidance|backlog"
    r"|shares?|stocks?|bonds?|valuation|market cap\w*|c[ef]o)[ ]of[ ]$"
    r"|\b(?:[Ww]ho (?:runs|owns|acquired)|invest(?:ed|ing)? in)[ ]$"
)
"""A question for a company's figures before a name."""

_BEFORE = re.compile(r"(?P<word>[^\W\d_]+)[ ](?:&[ ])?$")
_VERB = re.compile(rf"(?:{'|'.join(sorted(VERBS))})[ ](?=\S)", re.I)
_PAIR: Final = re.compile(
    rf"(?<!\w)(?P<first>{WORD}|{_INITIAL})[ ](?:{_PARTICLE}[ ]){{0,2}}(?=(?P<next>{WORD}))"
)
_NEVER: Final = NOT_IN_NAMES - NAMES_TOO
_PAIRED: Final = re.compile(rf"{CAPITAL}[\w'’-]*[ ](?:{_PARTICLE}[ ]){{0,2}}{CAPITAL}")
"""Every full name holds one: a quick look."""

_STRONG: Final = (_TITLED, _INTRODUCED)
_MIDDLING: Final = (_I_AM, _PERSON_NOUN, _ACTS, _TOLD, _DID)


def find_announced(text: str) -> Iterator[Span]:
    """Names that the words beside them announce: a title, "my name is", "client", a sign-off."""
    for pattern in _STRONG:
        for match in pattern.finditer(text):
            yield from clipped(text, match.start("name"), match.end("name"), 0.9, alone=True)
    for pattern in _MIDDLING if _PAIRED.search(text) else ():
        for match in pattern.finditer(text):
            yield from clipped(text, match.start("name"), match.end("name"), 0.8)
    yield from _find_assigned(text)
    for match in _MY_NAME.finditer(text) if "y name" in text else ():
        yield from _said_in_lower_case(match)


def _find_assigned(text: str) -> Iterator[Span]:
    """Names that data or a form gives as the value of a person's key."""
    for sign in _ASSIGNED.finditer(text):
        key = text[max(0, sign.start() - 24) : sign.start()]
        named = _NAME_KEY.search(key) is not None
        if not named and not _PERSON_KEY.search(key):
            continue
        if listed := _KEYED_LIST.match(text, sign.end()):
            for part in ("family", "given"):
                yield from clipped(text, listed.start(part), listed.end(part), 0.8, alone=True)
        elif name := (_KEYED_ANY if named else _KEYED_FULL).match(text, sign.end()):
            score = 0.9 if named else 0.8
            yield from clipped(text, name.start("name"), name.end("name"), score, alone=named)


def _said_in_lower_case(match: re.Match[str]) -> Iterator[Span]:
    words = match["words"].split(" ")
    kept = list(takewhile(lambda word: plain(word) not in NOT_IN_NAMES - NAMES_TOO, words))
    if len(kept) > 1:
        start = match.start("words")
        yield Span(start, start + len(" ".join(kept)), "PERSON", 0.8)


def find_coordinated(text: str, names: Sequence[Span]) -> Iterator[Span]:
    """Names that "and", "or" or a comma joins to a name."""
    for name in names:
        end = name.end
        while match := _AND_NEXT.match(text, end):
            found = list(clipped(text, match.start("name"), match.end("name"), 0.7))
            yield from found
            end = found[0].end if found else len(text)


def find_beside_contacts(text: str, contacts: Sequence[Span]) -> Iterator[Span]:
    """Names that stand right before an e-mail address or telephone number."""
    for contact in contacts:
        window = max(0, contact.start - 80)
        if match := _BESIDE_CONTACT.search(text, window, contact.start):
            yield from clipped(text, match.start("name"), match.end("name"), 0.8)


def may_hold_name(line: str) -> bool:
    """Whether two words that can make a name stand side by side: else no mention is accepted."""
    return any(
        _may_begin(match["first"]) and may_follow(match["next"]) for match in _PAIR.finditer(line)
    )


def accept_mention(text: str, start: int, end: int, score: float) -> Iterator[Span]:
    """What stands of a model's PERSON: two words or more, in mixed case, none of a report's."""
    if further := _FURTHER.match(text, end):
        end = further.end()  # the model often sees only the given name
    line_end = min((at for c in "\n|\t" if (at := text.find(c, start, end)) >= 0), default=end)
    told = past_verb(text, start) > start  # then the model took the verb for a given name
    measured = MEASURED.search(text, max(0, start - 24), start) is not None
    for span in clipped(text, start, line_end, score):
        words = core_words(text[span.start : span.end])
        if measured and not all(_known(words)):
            continue
        if not told or any(_known(words)):
            yield span


def past_verb(text: str, start: int) -> int:
    """Where a mention begins without the verb that a question begins with: "Compare Keller"."""
    verb = _VERB.match(text, start)
    return verb.end() if verb else start


def _known(words: Sequence[str]) -> tuple[bool, bool]:
    """Whether the directory knows the given name, and the family name."""
    directory = load_directory()
    return directory.is_given_too(words[0]), directory.is_surname(words[-1])


def clipped(
    text: str, start: int, end: int, score: float, *, alone: bool = False
) -> Iterator[Span]:
    """The name in a stretch of text, if one is left without the words that no name holds."""
    start = past_verb(text, start)
    words = [(m[0], start + m.start(), start + m.end()) for m in _WORDS.finditer(text[start:end])]
    words = list(dropwhile(lambda word: not _may_begin(word[0]), words))
    kept = words[:1]
    for word in words[1:]:
        if not may_follow(word[0]) or not text[kept[-1][2] : word[1]].isspace():
            break
        kept.append(word)
    while kept and plain(kept[-1][0]) in PARTICLES:
        kept.pop()
    if len(kept) < len(words) and not alone:
        return  # a word of the report inside: the whole is no name
    if is_house(*(word for word, _, _ in kept)):
        return
    named = [word for word, _, _ in kept if plain(word) not in TITLES | SUFFIXES]
    if _is_name(named, alone=alone, titled=len(named) < len(kept)):
        yield Span(kept[0][1], _stop(*kept[-1]), "PERSON", score)


def is_house(*words: str) -> bool:
    """Whether the first two words, less initials or not, are a company's or a product's name."""
    written = [plain(word) for word in words]
    whole = [word for word in written if len(word) > 1]
    return " ".join(written[:2]) in HOUSES or " ".join(whole[:2]) in HOUSES


def ends_house(text: str, start: int, word: str) -> bool:
    """Whether the word at `start` and the one before it are a company's name: "Uncle Ben"."""
    before = _BEFORE.search(text, max(0, start - 24), start)
    return before is not None and is_house(before["word"], word)


def _stop(word: str, start: int, end: int) -> int:
    if word.endswith(("'s", "’s")):
        return end - 2
    if word.endswith(".") and not _keeps_dot(word):
        return end - 1
    return end


def _may_begin(word: str) -> bool:
    return word[0].isupper() and may_follow(word)


def may_follow(word: str) -> bool:
    """Whether the word can stand in a name."""
    if any(c.isdigit() for c in word) or plain(word) in _NEVER:
        return False
    return word[0].isupper() or plain(word) in PARTICLES


def is_run(written: str) -> bool:
    """Whether this is one word, with a dot behind it or without."""
    return _WORDS.fullmatch(written) is not None


def _keeps_dot(word: str) -> bool:
    return len(word) == 2 or plain(word) in SUFFIXES


def _is_name(words: list[str], *, alone: bool, titled: bool) -> bool:
    full = [word for word in words if len(word.rstrip(".")) > 1 and plain(word) not in PARTICLES]
    if titled or not full:
        return bool(full)
    if len(words) < 2 and not alone:
        return False
    if all(plain(word) in NOT_IN_NAMES for word in full):
        return False
    return alone or not all(word.isupper() for word in full)


def plain(word: str) -> str:
    """A word in lower case, without possessive and dots."""
    return word.casefold().removesuffix("'s").removesuffix("’s").replace(".", "")


def core_words(name: str) -> list[str]:
    """The words of a name without titles and suffixes, as they are written."""
    words = [word.removesuffix("'s").removesuffix("’s") for word in _WORDS.findall(name)]
    return [w for w in words if plain(w) not in TITLES and plain(w) not in SUFFIXES] or words


def normalise_name(name: str) -> str:
    """One spelling for one name: no title, no suffix, no case, no dots, one space."""
    return " ".join(map(plain, core_words(unicodedata.normalize("NFKC", name))))
