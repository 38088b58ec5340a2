"""The texts of one event while they are scrubbed: names shared, offsets kept."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from flywheel.scrub.found import Findings, Found, Refused, Replaced, Scrubbed, Span
from flywheel.scrub.names import core_words, is_house
from flywheel.scrub.persons import whom
from flywheel.scrub.placeholders import Meant
from flywheel.scrub.view import View
from schemas.fault import Reason

_SURE = 0.9
"""What a title or "my name is" announced; only that is found in lower case too."""

_KNOWN = 0.8

_RUN = re.compile(r"(?<!\w)\w+")
_WORD_ON = re.compile(r"\w")

Keep = Callable[["Text", list[Span]], list[Span]]


class Text:
    """One text: as it came, as it stands now, and what was taken out so far."""

    def __init__(self, original: str, names: bool, leave: frozenset[str] = frozenset()) -> None:
        self.now = original
        self.leave = leave
        """The types of its own that stay."""
        self.names = names
        """Whether names of its own are looked for."""
        self.spans: list[Span] = []
        """What the last analysis found, in offsets of `now`."""
        self.failed: Reason | None = None
        """Why the last analysis could not say."""
        self._found: list[tuple[Found, int]] = []
        """What was taken out, and how long what stands in its place is."""

    def take(self, findings: Findings) -> None:
        """Take over what an analysis found, or why it found nothing out."""
        if isinstance(findings, Reason):
            self.failed = findings
        else:
            self.spans = findings

    def replace(self, spans: Sequence[Span], replaced: Replaced) -> None:
        """Take over the text without `spans`, whose offsets are turned into the input's."""
        grown = sum(replaced.sizes) - sum(s.end - s.start for s in spans)
        if len(replaced.text) - len(self.now) != grown:
            raise ValueError("the placeholders do not stand where the findings stood")
        shifts = self._shifts()
        found = (
            Found(
                type=span.type,
                start=_original(span.start, shifts),
                end=_original(span.end - 1, shifts) + 1,
                score=span.score,
                recogniser=span.by,
            )
            for span in spans
        )
        self._found.extend(zip(found, replaced.sizes, strict=True))
        self._found.sort(key=lambda one: one[0].start)
        self.now = replaced.text

    def _shifts(self) -> list[tuple[int, int]]:
        """From which offset of `now` on how much is added to get the input's offset."""
        grown = accumulate(size - (found.end - found.start) for found, size in self._found)
        return [
            (found.end + more, -more) for (found, _), more in zip(self._found, grown, strict=True)
        ]

    def result(self) -> Scrubbed:
        """The text as it stands and everything that was taken out."""
        return Scrubbed(text=self.now, entities=tuple(found for found, _ in self._found))


class Group:
    """The texts of one interaction or feedback, and the names known among them."""

    def __init__(self, texts: list[Text]) -> None:
        self.texts = texts
        self._names: dict[tuple[str, ...], bool] = {}
        """The words of a name to whether it is sure: then it is found in lower case too."""
        self._written: set[str] = set()
        """The names as they stand in the texts, with their titles."""
        self.refused: Refused | None = None
        """Why the group does not pass."""

    def refuse_unfound(self) -> None:
        """Refuse the group when one of its texts could not be analysed."""
        for number, text in enumerate(self.texts):
            if text.failed is not None:
                self.refused = Refused(text.failed, number)
                return

    def result(self) -> "list[Scrubbed] | Refused":
        """The texts as they stand, or why they do not pass."""
        return self.refused or [text.result() for text in self.texts]

    def learn_names(self, keep: Keep) -> None:
        """Remember the names that the last analysis found in any text."""
        for text in self.texts:
            for span in keep(text, text.spans):
                if span.type == "PERSON":
                    written = View(text.now[span.start : span.end]).text
                    words = tuple(core_words(written))
                    if is_house(*words):
                        continue  # in the other texts it is the company
                    self._written.add(written)
                    self._names[words] = self._names.get(words, False) or span.score >= _SURE

    def meant(self) -> Meant:
        """Whom a short form of a name means in these texts."""
        return whom(self._names, self._written)

    def names_in(self, text: Text) -> Iterator[Span]:
        """Where the group's names stand in one of its texts."""
        by_first: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
        for words, sure in self._names.items():
            if len(words) > 1 or text.names:  # a report keeps a word that is somebody's only name
                first = _RUN.match(words[0])
                key = (first[0] if first else words[0]).casefold()
                by_first.setdefault(key, []).append((words, sure))
        if not by_first:
            return
        view = View(text.now)
        for run in _RUN.finditer(view.text):
            for words, sure in by_first.get(run[0].casefold(), ()):
                end = _end_of(words, view.text, run.start())
                if end is not None and (sure or view.text[run.start()].isupper()):
                    yield view.back(Span(run.start(), end, "PERSON", _KNOWN, "event"))


def _end_of(words: tuple[str, ...], text: str, start: int) -> int | None:
    """Where the name ends that stands at `start`: nearly always as it is written, then quickly."""
    written = " ".join(words)
    end = start + len(written)
    if "." not in written and text.startswith(written, start) and not _WORD_ON.match(text, end):
        return end
    match = _pattern(words).match(text, start)
    return match.end() if match else None


@lru_cache(maxsize=1024)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """One word as it is written; several in any case and spacing."""
    flags = re.IGNORECASE if len(words) > 1 else re.NOFLAG
    name = r"\.?\s+".join(re.escape(word.rstrip(".")) for word in words)
    return re.compile(rf"(?<!\w){name}(?!\w)", flags)


def _original(offset: int, shifts: list[tuple[int, int]]) -> int:
    index = bisect_right(shifts, offset, key=lambda shift: shift[0])
    return offset + (shifts[index - 1][1] if index else 0)
