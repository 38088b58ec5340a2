"""Takes personal data out of groups of texts, in memory, until nothing more is found."""

import re
import threading
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flywheel.errors import ScrubError
from flywheel.scrub.cache import Cache, fingerprint_of
from flywheel.scrub.found import Field, Findings, Refused, Scrubbed, Span
from flywheel.scrub.group import Group, Text
from flywheel.scrub.language import is_foreign
from flywheel.scrub.limits import TimedOut, time_limit
from flywheel.scrub.memory import Memory
from flywheel.scrub.placeholders import Keyring, is_allowed, outside_placeholders, settle
from flywheel.scrub.workers import Workers
from flywheel.settings import ScrubSettings, Settings
from schemas.fault import Reason

if TYPE_CHECKING:
    from flywheel.scrub.engine import Engine

_WORD: Final = re.compile(r"[^\W_]")

_REMEMBERED: Final = 20_000
"""Texts whose findings are kept; the characters of the kept texts are bounded too."""

_REMEMBERED_CHARS: Final = 32 * 2**20

_PROBE: Final = "My name is Ada Byron, call +44 20 7946 0958 or mail ada.byron@example.com."
"""When a group fails, this tells a broken scrubber from a broken text."""

_EXPLAINED: Final = {
    Reason.SCRUB_TIMEOUT: "it took longer than FLYWHEEL_SCRUB__TIMEOUT_S",
    Reason.TEXT_TOO_LONG: "it is longer than FLYWHEEL_SCRUB__MAX_CHARS",
    Reason.LANGUAGE_UNKNOWN: "it is in a language that the model does not know",
}


class Scrubber:
    """Replaces personal data with keyed placeholders; one instance serves all threads."""

    def __init__(self, settings: ScrubSettings, key: bytes, cache: Path | None = None) -> None:
        self._settings = settings
        self._keyring = Keyring(key)
        self._lock = threading.Lock()
        self._memory: Memory[tuple[bool, str], tuple[Span, ...]] = Memory(
            _REMEMBERED, _REMEMBERED_CHARS, lambda key: len(key[1])
        )
        self._workers = Workers(settings)
        self._cache = (
            Cache(cache, key, fingerprint_of(settings), settings.cache_texts)
            if cache is not None and settings.cache_texts
            else None
        )

    @property
    def max_chars(self) -> int:
        """A longer text is refused."""
        return self._settings.max_chars

    def try_groups(
        self, groups: Sequence[Sequence[tuple[Field, str]]], *, any_language: bool = False
    ) -> list[list[Scrubbed] | Refused]:
        """Scrub the texts of each interaction or feedback together, or say why one does not pass.

        A name found in one text of a group is replaced in all of them. A group in a language that
        the model does not know is refused as the settings say, or with `any_language` not.
        Raises `ScrubError`, whose message holds no text, when the scrubber itself does not work.
        """
        picky = self._settings.other_languages == "quarantine" and not any_language
        return self._scrub(groups, refuse_languages=picky)

    def scrub_groups(self, groups: Sequence[Sequence[tuple[Field, str]]]) -> list[list[Scrubbed]]:
        """As `try_groups`, whatever the language, for callers that need all or nothing.

        Raises `ScrubError`, whose message holds no text, when one group does not pass.
        """
        passed: list[list[Scrubbed]] = []
        for result in self.try_groups(groups, any_language=True):
            if isinstance(result, Refused):
                why = _EXPLAINED.get(result.reason, "an error")
                raise ScrubError(f"a text cannot be scrubbed: {why}")
            passed.append(result)
        return passed

    def scrub_text(self, text: str, field: Field = "comment") -> str:
        """One text that belongs to nothing else, scrubbed."""
        return self.scrub_groups([[(field, text)]])[0][0].text

    def warm_up(self, *, workers: bool = False) -> None:
        """Load the model now, so that no text has to wait for it; in the workers, too."""
        with self._lock:
            self._engine.load()
            if workers:
                self._workers.warm_up()

    def _scrub(
        self, groups: Sequence[Sequence[tuple[Field, str]]], *, refuse_languages: bool
    ) -> list[list[Scrubbed] | Refused]:
        jobs = [Group([Text(text, self._reads_names(f)) for f, text in group]) for group in groups]
        with self._lock:
            self._refuse_unread(jobs, refuse_languages)
            waiting = [job for job in jobs if job.refused is None]
            while waiting:  # each round turns text into placeholders, so the rounds end
                self._analyze([text for job in waiting for text in job.texts])
                waiting = [job for job in waiting if self._try_replace(job)]
            self._blame(jobs)
        return [job.result() for job in jobs]

    def _refuse_unread(self, jobs: Sequence[Group], languages: bool) -> None:
        """Refuse what is too long or in another language before anything looks into it."""
        foreign: dict[str, bool] = {}
        for job in jobs:
            for number, text in enumerate(job.texts):
                if len(text.now) > self._settings.max_chars:
                    job.refused = Refused(Reason.TEXT_TOO_LONG, number)
                    break
                if not languages or not text.names:
                    continue
                if text.now not in foreign:
                    foreign[text.now] = is_foreign(text.now, self._settings.language)
                if foreign[text.now]:
                    job.refused = Refused(Reason.LANGUAGE_UNKNOWN, number)
                    break

    @cached_property
    def _engine(self) -> "Engine":
        from flywheel.scrub.engine import load_engine  # seconds of imports: with the first text

        return load_engine(self._settings)

    def _reads_names(self, field: Field) -> bool:
        if field == "label":
            return False
        return field != "context" or self._settings.names_in_context

    def _analyze(self, texts: list[Text]) -> None:
        for names in (False, True):
            wanted = [text for text in texts if text.names is names]
            found = self._look_up({text.now: None for text in wanted}, names)
            for text in wanted:
                text.take(found[text.now])

    def _look_up(self, texts: dict[str, None], names: bool) -> dict[str, Findings]:
        """What stands in each text: from memory, else from earlier runs, else looked for."""
        found: dict[str, Findings] = {}
        for text in texts:
            if (spans := self._memory.get((names, text))) is not None:
                found[text] = list(spans)
        unknown = [text for text in texts if text not in found]
        if unknown and self._cache is not None:
            for (_, text), spans in self._cache.get([(names, text) for text in unknown]).items():
                found[text] = list(spans)
                self._memory.put((names, text), spans)
            unknown = [text for text in unknown if text not in found]
        if unknown:
            found |= self._find(unknown, names)
        return found

    def _find(self, texts: list[str], names: bool) -> dict[str, Findings]:
        if self._workers.pay(texts):
            findings = self._workers.analyze(texts, names=names)
        else:
            findings = self._engine.analyze(texts, names=names)
        found = dict(zip(texts, findings, strict=True))
        known = {(names, t): tuple(s) for t, s in found.items() if not isinstance(s, Reason)}
        for key, spans in known.items():
            self._memory.put(key, spans)
        if self._cache is not None:
            self._cache.put(known)
        return found

    def _try_replace(self, group: Group) -> bool:
        """Whether anything was replaced, so that the group must be looked through again."""
        group.refuse_unfound()
        if group.refused is not None:
            return False
        try:
            with time_limit(self._settings.timeout_s):
                return self._replace(group)
        except TimedOut:
            group.refused = Refused(Reason.SCRUB_TIMEOUT)
            return False
        except Exception:  # whatever a library raises: the group does not pass
            group.refused = Refused(Reason.SCRUB_FAILED)
            return False

    def _replace(self, group: Group) -> bool:
        changed = False
        group.learn_names(self._kept)
        for text in group.texts:
            found = [*text.spans, *group.names_in(text)]
            spans = self._kept(text.now, found) if found else []
            if spans:
                text.replace(spans, self._engine.replace(text.now, spans, self._keyring))
                changed = True
        return changed

    def _kept(self, text: str, spans: list[Span]) -> list[Span]:
        free = outside_placeholders(text, spans)
        allow = self._settings.allow
        settled = settle(s for s in free if not is_allowed(text[s.start : s.end], allow))
        # Of two rivals "Ann Lee Jr" and "Ann Lee Jr." a dot would be left, which is no value.
        return [s for s in settled if _WORD.search(text, s.start, s.end)]

    def _blame(self, jobs: Sequence[Group]) -> None:
        """When a group failed, find out whether the scrubber did: then nothing goes on."""
        failures = (Reason.SCRUB_FAILED, Reason.SCRUB_TIMEOUT)
        if not any(job.refused and job.refused.reason in failures for job in jobs):
            return
        try:
            [spans] = self._engine.analyze([_PROBE], names=True)
            if isinstance(spans, Reason):
                raise ScrubError(f"not even a plain text can be scrubbed ({spans})")
            self._engine.replace(_PROBE, self._kept(_PROBE, spans), self._keyring)
        except ScrubError:
            raise
        except Exception as error:
            raise ScrubError(f"scrubbing failed: {type(error).__name__}") from None


@lru_cache(maxsize=8)
def _scrubber(settings: ScrubSettings, key: bytes, cache: Path) -> Scrubber:
    return Scrubber(settings, key, cache)


def get_scrubber(settings: Settings) -> Scrubber:
    """The process's scrubber for these settings; its model loads with the first text."""
    return _scrubber(settings.scrub, settings.key, settings.home / "cache" / "scrub.sqlite")
