"""Takes personal data out of groups of texts, in memory, until nothing more is found."""

import threading
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from flywheel.errors import ScrubError
from flywheel.scrub.found import Field, Scrubbed, Span
from flywheel.scrub.group import Group, Text
from flywheel.scrub.memory import Memory
from flywheel.scrub.placeholders import Keyring, is_allowed, outside_placeholders, settle
from flywheel.settings import ScrubSettings, Settings

if TYPE_CHECKING:
    from flywheel.scrub.engine import Engine

_REMEMBERED: Final = 20_000
"""Texts whose findings are kept; the characters of the kept texts are bounded too."""

_REMEMBERED_CHARS: Final = 32 * 2**20


class Scrubber:
    """Replaces personal data with keyed placeholders; one instance serves all threads."""

    def __init__(self, settings: ScrubSettings, key: bytes) -> None:
        self._settings = settings
        self._keyring = Keyring(key)
        self._lock = threading.Lock()
        self._memory: Memory[tuple[bool, str], tuple[Span, ...]] = Memory(
            _REMEMBERED, _REMEMBERED_CHARS, lambda key: len(key[1])
        )

    @property
    def max_chars(self) -> int:
        """A longer text is refused."""
        return self._settings.max_chars

    def scrub_groups(self, groups: Sequence[Sequence[tuple[Field, str]]]) -> list[list[Scrubbed]]:
        """Scrub the texts of each interaction or feedback together.

        A name found in one text of a group is replaced in all of them. Raises `ScrubError`,
        whose message holds no text, when a text is too long or anything goes wrong.
        """
        self._refuse_long(groups)
        try:
            with self._lock:
                return self._scrub(groups)
        except Exception as error:
            raise ScrubError(f"scrubbing failed: {type(error).__name__}") from None

    def scrub_text(self, text: str, field: Field = "comment") -> str:
        """One text that belongs to nothing else, scrubbed."""
        return self.scrub_groups([[(field, text)]])[0][0].text

    def _refuse_long(self, groups: Sequence[Sequence[tuple[Field, str]]]) -> None:
        longest = max((len(text) for group in groups for _, text in group), default=0)
        if longest > self._settings.max_chars:
            raise ScrubError(
                f"a text of {longest} characters is longer than FLYWHEEL_SCRUB__MAX_CHARS "
                f"({self._settings.max_chars}): nothing of its batch is written"
            )

    def _scrub(self, groups: Sequence[Sequence[tuple[Field, str]]]) -> list[list[Scrubbed]]:
        jobs = [Group([Text(text, self._reads_names(f)) for f, text in group]) for group in groups]
        waiting = jobs
        while waiting:  # each round turns text into placeholders, so the rounds end
            self._analyze([text for job in waiting for text in job.texts])
            waiting = [job for job in waiting if self._replace(job)]
        return [[text.result() for text in job.texts] for job in jobs]

    @cached_property
    def _engine(self) -> "Engine":
        from flywheel.scrub.engine import load_engine  # seconds of imports: with the first text

        chosen = self._settings
        return load_engine(chosen.spacy_model, chosen.language, chosen.score_threshold)

    def _reads_names(self, field: Field) -> bool:
        if field == "label":
            return False
        return field != "context" or self._settings.names_in_context

    def _analyze(self, texts: list[Text]) -> None:
        for names in (False, True):
            unknown = {
                text.now: None
                for text in texts
                if text.names is names and self._memory.get((names, text.now)) is None
            }
            found = self._engine.analyze(list(unknown), names=names) if unknown else []
            fresh = dict(zip(unknown, found, strict=True))
            for text in texts:
                if text.names is names:
                    spans = self._memory.get((names, text.now))
                    text.spans = fresh[text.now] if spans is None else list(spans)
            for now, spans_found in fresh.items():
                self._memory.put((names, now), tuple(spans_found))

    def _replace(self, group: Group) -> bool:
        changed = False
        group.learn_names(self._kept)
        for text in group.texts:
            spans = self._kept(text.now, [*text.spans, *group.names_in(text)])
            if spans:
                text.replace(spans, self._engine.replace(text.now, spans, self._keyring))
                changed = True
        return changed

    def _kept(self, text: str, spans: list[Span]) -> list[Span]:
        free = outside_placeholders(text, spans)
        allow = self._settings.allow
        return settle(s for s in free if not is_allowed(text[s.start : s.end], allow))


@lru_cache(maxsize=8)
def _scrubber(settings: ScrubSettings, key: bytes) -> Scrubber:
    return Scrubber(settings, key)


def get_scrubber(settings: Settings) -> Scrubber:
    """The process's scrubber for these settings; its model loads with the first text."""
    return _scrubber(settings.scrub, settings.key)
