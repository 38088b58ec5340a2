"""The texts of one event while they are scrubbed: names shared, offsets kept."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from flywheel.scrub.found import Found, Scrubbed, Span
from flywheel.scrub.names import core_words
from flywheel.scrub.placeholders import placeholder_size

_KNOWN_NAME_SCORE = 0.8

Keep = Callable[[str, list[Span]], list[Span]]


class Text:
    """One text: as it came, as it stands now, and what was taken out so far."""

    def __init__(self, original: str, names: bool) -> None:
        self.now = original
        self.names = names
        """Whether names of its own are looked for."""
        self.spans: list[Span] = []
        """What the last analysis found, in offsets of `now`."""
        self._found: list[Found] = []

    def replace(self, spans: Sequence[Span], scrubbed: str) -> None:
        """Take over the text without `spans`, whose offsets are turned into the input's."""
        grown = sum(placeholder_size(s.type) - (s.end - s.start) for s in spans)
        if len(scrubbed) - len(self.now) != grown:
            raise ValueError("the placeholders do not stand where the findings stood")
        shifts = self._shifts()
        self._found.extend(
            Found(
                type=span.type,
                start=_original(span.start, shifts),
                end=_original(span.end - 1, shifts) + 1,
                score=span.score,
            )
            for span in spans
        )
        self._found.sort(key=lambda found: found.start)
        self.now = scrubbed

    def _shifts(self) -> list[tuple[int, int]]:
        """From which offset of `now` on how much is added to get the input's offset."""
        sizes = [placeholder_size(f.type) - (f.end - f.start) for f in self._found]
        return [
            (found.end + grown, -grown)
            for found, grown in zip(self._found, accumulate(sizes), strict=True)
        ]

    def result(self) -> Scrubbed:
        """The text as it stands and everything that was taken out."""
        return Scrubbed(text=self.now, entities=tuple(self._found))


class Group:
    """The texts of one interaction or feedback, and the names known among them."""

    def __init__(self, texts: list[Text]) -> None:
        self.texts = texts
        self._names: dict[tuple[str, ...], None] = {}

    def learn_names(self, keep: Keep) -> None:
        """Remember the names that the last analysis found in any text."""
        for text in self.texts:
            for span in keep(text.now, text.spans):
                if span.type == "PERSON":
                    self._names[tuple(core_words(text.now[span.start : span.end]))] = None

    def names_in(self, text: Text) -> Iterator[Span]:
        """Where the group's names stand in one of its texts."""
        for words in self._names:
            if len(words) < 2 and not text.names:
                continue  # a report keeps a word that is also somebody's only name
            for match in _pattern(words).finditer(text.now):
                yield Span(match.start(), match.end(), "PERSON", _KNOWN_NAME_SCORE)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """One word as it is written; several in any case and spacing."""
    flags = re.IGNORECASE if len(words) > 1 else re.NOFLAG
    name = r"\.?\s+".join(re.escape(word.rstrip(".")) for word in words)
    return re.compile(rf"(?<!\w){name}(?!\w)", flags)


def _original(offset: int, shifts: list[tuple[int, int]]) -> int:
    shift = 0
    for start, added in shifts:
        if start > offset:
            break
        shift = added
    return offset + shift
