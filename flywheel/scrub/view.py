"""A text as its reader sees it, and the way back: what is hidden from patterns hides no value."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from html import unescape
from typing import Final, NamedTuple
from unicodedata import normalize
from urllib.parse import unquote

from flywheel.scrub.found import Span

_INVISIBLE: Final = (
    "\u115f\u1160\u3164\uffa0\u180b-\u180d\U000e0000-\U000e01ef"  # fillers, selectors, tags
    "\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
)
_SPACES: Final = "\xa0\u2000-\u200a\u202f\u205f\u3000"
_WIDE: Final = "\uff01-\uff5e\ufe50-\ufe6f\U0001d400-\U0001d7ff"
"""Full width, small forms, and letters of mathematics."""

_DIGIT: Final = r"[^\D0-9]"  # of any script but ours
_LATIN: Final = r"[A-Za-z0-9\uff01-\uff5e]"
_ENTITY: Final = r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|nbsp|commat|amp|period|plus|lowbar);"
_CODED: Final = r"%(?<=[^\s\d.,()%]%)[0-9a-fA-F]{2}"
_BYTE: Final = r"\\x[0-9a-fA-F]{2}"
_ODD = re.compile(
    rf"(?P<gone>[{_INVISIBLE}]+)|(?P<space>[{_SPACES}])|(?P<digit>{_DIGIT})|(?P<wide>[{_WIDE}])"
    r"|(?P<dash>(?<=\w)[\u2010-\u2013\u2212](?=\w)|(?<=\d)\u2014(?=\d))"
    rf"|(?P<stop>(?<={_LATIN})[\u3002\uff61](?={_LATIN}))"
    r"|(?P<marked>[^\W\d_][\u0300-\u036f]+)"
    rf"|(?P<entity>{_ENTITY})|(?P<escape>\\u[0-9a-fA-F]{{4}})|(?P<bytes>(?:{_BYTE})+)|(?P<coded>{_CODED}\S*)"
)
_ODD_CHARACTER = re.compile(
    rf"[{_INVISIBLE}{_SPACES}{_WIDE}\u2010-\u2014\u2212\u3002\uff61\u0300-\u036f]|{_DIGIT}"
)
_ODD_SPELLING = re.compile(rf"{_ENTITY}|\\u[0-9a-fA-F]{{4}}|{_BYTE}|{_CODED}")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")


class _Change(NamedTuple):
    """What stands in the view at [start, end) in place of [from_, to) of the text."""

    start: int
    end: int
    from_: int
    to: int


class View:
    """The text to search, and its offsets in the text that was given."""

    def __init__(self, text: str) -> None:
        parts: list[str] = []
        self._changes: list[_Change] = []
        at = size = 0
        for start, end, shown in _shown(text):
            size += start - at
            self._changes.append(_Change(size, size + len(shown), start, end))
            parts += (text[at:start], shown)
            size += len(shown)
            at = end
        self.text = "".join((*parts, text[at:])) if self._changes else text

    def back(self, span: Span) -> Span:
        """The span in offsets of the text that was given."""
        if not self._changes:
            return span
        return span._replace(start=self._start(span.start), end=self._end(span.end))

    def _start(self, at: int) -> int:
        change = self._before(at)
        if change is None:
            return at
        return change.from_ if at < change.end else change.to + at - change.end

    def _end(self, at: int) -> int:
        change = self._before(at - 1)
        if change is None:
            return at
        return change.to if at <= change.end else change.to + at - change.end

    def _before(self, at: int) -> _Change | None:
        index = bisect_right(self._changes, at, key=lambda change: change.start)
        return self._changes[index - 1] if index else None


def _shown(text: str) -> Iterator[tuple[int, int, str]]:
    """Each piece that looks otherwise than it is written."""
    if not _is_odd(text):
        return
    for match in _ODD.finditer(text):
        if match.lastgroup == "coded":
            yield from _decoded(match)
        else:
            shown = _READINGS[str(match.lastgroup)](match[0])
            if shown != match[0]:
                yield match.start(), match.end(), shown


def _is_odd(text: str) -> bool:
    """A quick look: most texts are what they seem."""
    if not text.isascii() and _ODD_CHARACTER.search(text):
        return True
    return any(mark in text for mark in "&\\%") and _ODD_SPELLING.search(text) is not None


def _escaped(raw: str) -> str:
    return raw if raw[2:4].lower() in ("d8", "d9") else _printable(chr(int(raw[2:], 16)), raw)


def _from_bytes(raw: str) -> str:
    data = bytes.fromhex(raw.replace("\\x", ""))
    try:
        return _printable(data.decode(), raw)
    except UnicodeDecodeError:  # Python writes characters so, C writes bytes
        return _printable(data.decode("latin-1"), raw)


_READINGS: Final[dict[str, Callable[[str], str]]] = {
    "gone": lambda raw: "",
    "space": lambda raw: " ",
    "dash": lambda raw: "-",
    "stop": lambda raw: ".",
    "digit": lambda raw: str(int(raw)),
    "wide": lambda raw: normalize("NFKC", raw),
    "marked": lambda raw: normalize("NFC", raw),
    "entity": lambda raw: unescape(raw).replace("\xa0", " "),
    "escape": _escaped,
    "bytes": _from_bytes,
}
"""How a reader sees each kind of oddity."""


def _decoded(token: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    for match in _PERCENT.finditer(token[0]):
        shown = _printable(unquote(match[0], errors="replace"), match[0])
        if "\ufffd" not in shown and shown != match[0]:
            yield token.start() + match.start(), token.start() + match.end(), shown


def _printable(shown: str, raw: str) -> str:
    return shown if shown.isprintable() else raw
