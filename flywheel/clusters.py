"""What makes two inputs one case: the same core, or a copy's; pure, and whatever their order.

An input's core is what it asks and the documents that it asks about, each without what is noise.
Equal cores are one case. So are cores that ask the same where one's documents are a copy of the
other's (`copies`), cut short or rearranged. Each core joins the largest whole that it is a part of.
One that is a part of two wholes which are no copies of each other joins neither: it says too little
to tell which, and must not make one case of the two.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Final, NamedTuple
from zlib import crc32

from flywheel.copies import RUN, is_part
from flywheel.gist import ask_of, content, tokens
from flywheel.numbers import find_numbers
from flywheel.pseudonym import keyed_hash
from schemas.event import ContextDocument, Message

VERSION: Final = "core-2"
"""Of the rules of `gist` and of this module: another version gives other cores."""
_LONG: Final = 40
"""Words from which on a message is a document to be compared as one, and no question."""
_NOT_ASKED: Final = frozenset(
    """in at on during within throughout of for from to by with as and or how why who where when
    it its about me us you
    report document text article release press statement filing passage""".split()
)
"""What a question has of grammar, and what it calls the document itself."""


class Core(NamedTuple):
    """What an input asks, and about what."""

    id: str
    """A keyed hash of the rest."""
    ask_key: str
    """Equal for inputs that ask the same, whatever the documents."""
    asked: frozenset[str]
    """The words that tell what the question is about."""
    ground: tuple[str, ...]
    """The words of the documents, and of messages as long as one."""
    figures: int = 0
    """A bit of 63 for each figure of the documents: a copy has none that its original lacks."""

    @property
    def has_ground(self) -> bool:
        """Whether there is enough of a document to be a copy of it."""
        return len(self.ground) >= RUN


class Part(NamedTuple):
    """One core's documents are a copy of another's, or of enough of them."""

    part: str
    whole: str


def core_of(key: bytes, messages: Sequence[Message], context: Sequence[ContextDocument]) -> Core:
    """The core of a scrubbed input."""
    documents = [word for document in context for word in content(document.text)]
    known = frozenset(word for word in documents if word.startswith("<"))
    asks: list[str] = []
    asked: set[str] = set()
    for message in messages:
        words = content(message.text)
        if len(words) > _LONG:
            documents += words
            asks.append(f"{message.role} document")
            continue
        ask = ask_of(message.text, known)
        asked.update(word for word in ask if word not in _NOT_ASKED)
        asks += [message.role, str(len(ask)), *ask]
    ask_key = keyed_hash(key, VERSION, "ask", *asks)
    id = keyed_hash(key, VERSION, "core", ask_key, *documents)
    return Core(id, ask_key, frozenset(asked), tuple(documents), _figures(documents))


def find_part(one: Core, other: Core) -> list[Part]:
    """How one core is a part of the other, both ways where each is: asked the same, a copy.

    What the question speaks of must not have been cut off.
    """
    if one.ask_key != other.ask_key:
        return []
    return [
        Part(small.id, large.id)
        for small, large in ((one, other), (other, one))
        if _holds_the_asked(small, large) and is_part(small.ground, large.ground)
    ]


def group(
    cores: Iterable[str],
    parts: Iterable[Part],
    sizes: Mapping[str, int],
    answers: Mapping[str, str],
) -> list[frozenset[str]]:
    """The cases of some cores, given all parts among them; cores of two right answers never meet.

    `sizes` are the words of each core's documents, `answers` the keys of the right answers known.
    """
    wholes: dict[str, set[str]] = defaultdict(set)
    for part, whole in parts:
        wholes[part].add(whole)
    roots: dict[str, set[str]] = defaultdict(set)
    for core in cores:
        roots[_root(core, wholes, sizes)].add(core)
    return [one for root, members in roots.items() for one in _by_answer(root, members, answers)]


def answer_key(answer: str) -> str:
    """Equal for answers that say the same: their figures where there are any, else their words."""
    values = [f"{number.value.normalize():f}" for number in find_numbers(answer)]
    return " ".join(sorted(set(values))) if values else " ".join(tokens(answer))


def _figures(words: Iterable[str]) -> int:
    figures = {word for word in words if word[0].isdigit()}
    return reduce(or_, (1 << crc32(figure.encode()) % 63 for figure in figures), 0)


def _holds_the_asked(small: Core, large: Core) -> bool:
    return large.asked.intersection(large.ground).issubset(small.ground)


def _root(core: str, wholes: Mapping[str, set[str]], sizes: Mapping[str, int]) -> str:
    """The largest whole that a core is a part of; itself where its wholes are at odds."""
    seen = {core}
    while True:
        above = wholes.get(core, set())
        if any(not _akin(a, b, wholes) for a in above for b in above if a < b):
            return core
        # Of texts as long as each other, copies with their paragraphs moved, one stands for all.
        top = max({core, *above}, key=lambda id: (sizes[id], id))
        if top in seen:
            return core
        seen.add(top)
        core = top


def _akin(one: str, other: str, wholes: Mapping[str, set[str]]) -> bool:
    return other in wholes.get(one, ()) or one in wholes.get(other, ())


def _by_answer(
    root: str, members: set[str], answers: Mapping[str, str]
) -> Iterable[frozenset[str]]:
    """The members, parted by right answer; those without one stay with the root."""
    known = {answers[core] for core in members if core in answers}
    if len(known) < 2:
        return [frozenset(members)]
    sides: dict[str | None, set[str]] = defaultdict(set)
    for core in members:
        sides[answers.get(core, answers.get(root))].add(core)
    return [frozenset(side) for side in sides.values()]
