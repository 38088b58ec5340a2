"""Takes personal data out of groups of texts, in memory, until nothing more is found."""

import hashlib
import re
import threading
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flywheel.errors import ScrubError
from flywheel.policy import read_personal_data_policy
from flywheel.scrub.cache import Cache, fingerprint_of
from flywheel.scrub.found import Field, Findings, Refused, Scrubbed, Span
from flywheel.scrub.group import Group, Text
from flywheel.scrub.language import is_foreign
from flywheel.scrub.limits import TimedOut, breaks_off, check_time, time_limit
from flywheel.scrub.lists import find_denied, is_allowed
from flywheel.scrub.memory import Memory
from flywheel.scrub.placeholders import Keyring, outside_placeholders, settle
from flywheel.scrub.workers import Workers
from flywheel.settings import ScrubSettings, Settings
from schemas.fault import Reason
from schemas.personal_data import PersonalDataPolicy

if TYPE_CHECKING:
    from flywheel.scrub.engine import Engine
    from flywheel.scrub.operators import Replacer

_WORD: Final = re.compile(r"[^\W_]")

_REMEMBERED: Final = 20_000
"""Texts whose findings are kept; the characters of the kept texts are bounded too."""

_REMEMBERED_CHARS: Final = 32 * 2**20

_PROBE: Final = "My name is Ada Byron, call +44 20 7946 0958 or mail ada.byron@example.com."
"""When a group fails, this tells a broken scrubber from a broken text."""

_NOT_IN_RESULTS: Final = {
    "policy", "encryption_key", "canary_recall", "max_chars", "timeout_s", "other_languages",
    "processes", "cache_texts",
}  # fmt: skip
"""Settings that change no result: where the policy stands, secrets, when to stop, how fast."""

_EXPLAINED: Final = {
    Reason.SCRUB_TIMEOUT: "it took longer than FLYWHEEL_SCRUB__TIMEOUT_S",
    Reason.TEXT_TOO_LONG: "it is longer than FLYWHEEL_SCRUB__MAX_CHARS",
    Reason.LANGUAGE_UNKNOWN: "it is in a language that the model does not know",
}

_HALF_A_PAIR: Final = re.compile("[\ud800-\udfff]")
"""No text: what cannot be written as UTF-8 breaks whatever comes after, at one place or another."""


class Scrubber:
    """Replaces personal data with keyed placeholders; one instance serves all threads."""

    def __init__(
        self,
        settings: ScrubSettings,
        key: bytes,
        cache: Path | None = None,
        policy: PersonalDataPolicy | None = None,
    ) -> None:
        self._settings = settings
        self.policy = policy or read_personal_data_policy(settings.policy)
        self._key = key
        self.allow = (*settings.allow, *(one.word for one in self.policy.allow))
        """Words that are never personal data, for those who look for leftovers."""
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

    @property
    def version(self) -> str:
        """A hash of all that its results depend on, but the key: the policy and the settings."""
        chosen = self._settings.model_dump_json(exclude=_NOT_IN_RESULTS)
        text = f"{self.policy.version}\0{chosen}"
        return "s-" + hashlib.sha256(text.encode()).hexdigest()[:12]

    def takes_out(self, type: str, field: Field) -> bool:
        """Whether the policy takes a type out of a field."""
        return type not in self._left_alone(field)

    def without_lists(self) -> "Scrubber":
        """The same scrubber without the owner's lists of allowed and denied words."""
        policy = self.policy.model_copy(update={"allow": (), "deny": ()})
        bare = Scrubber(self._settings, self._key, policy=policy)
        bare.allow = ()
        return bare

    def forgetful(self) -> "Scrubber":
        """The same scrubber with nothing remembered: what it is shown leaves no trace in this."""
        return Scrubber(self._settings, self._key, policy=self.policy)

    def try_groups(
        self, groups: Sequence[Sequence[tuple[Field, str]]], *, any_language: bool = False
    ) -> list[list[Scrubbed] | Refused]:
        """Scrub the texts of each interaction or feedback together, or say why one does not pass.

        A name found in one text of a group is replaced in all of them. A group in a language that
        the model does not know is refused as the settings say, or with `any_language` not.
        Raises `ScrubError`, whose message holds no text, when the scrubber itself does not work,
        and `ConfigError` when the policy asks for a key that is not set.
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
        """Load all that a text needs now, so that none has to wait for it; in the workers, too."""
        _ = self._replacer
        with self._lock:
            self._engine.load()
            self._engine.analyze([_PROBE], names=True)  # lists of names load with the first text
            if workers:
                self._workers.warm_up(here=breaks_off())

    def _scrub(
        self, groups: Sequence[Sequence[tuple[Field, str]]], *, refuse_languages: bool
    ) -> list[list[Scrubbed] | Refused]:
        jobs = [Group([self._text(f, text) for f, text in group]) for group in groups]
        _ = self._replacer  # a key that is missing is no fault of a text
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
                if not text.now.isascii() and _HALF_A_PAIR.search(text.now):
                    job.refused = Refused(Reason.SCRUB_FAILED, number)
                    break
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

    @cached_property
    def _replacer(self) -> "Replacer":
        from flywheel.scrub.operators import Replacer  # Presidio's anonymizer: as above

        secret = self._settings.encryption_key
        key = None if secret is None else secret.get_secret_value()
        return Replacer(self.policy.operators, Keyring(self._key), key)

    def _text(self, field: Field, text: str) -> Text:
        leave = self._left_alone(field)
        return Text(text, "PERSON" not in leave, leave)

    def _left_alone(self, field: Field) -> frozenset[str]:
        leave = frozenset(getattr(self.policy.leave, field))
        named = field == "context" and self._settings.names_in_context
        return leave - {"PERSON"} if named else leave

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
            look = partial(self._engine.analyze, names=names) if breaks_off() else None
            findings = self._workers.analyze(texts, names=names, here=look)
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
        meant = group.meant()
        for text in group.texts:
            check_time()
            known = group.names_in(text)
            spans = self._kept(text, text.spans, known, find_denied(text.now, self.policy.deny))
            if spans:
                text.replace(spans, self._replacer.replace(text.now, spans, meant))
                changed = True
        return changed

    def _kept(self, text: Text, own: Iterable[Span], *further: Iterable[Span]) -> list[Span]:
        left = [span for span in chain((s for s in own if s.type not in text.leave), *further)]
        if not left:
            return []
        free = outside_placeholders(text.now, left)
        settled = settle(s for s in free if s.by == "deny" or not self._is_allowed(text.now, s))
        # Of two rivals "Ann Lee Jr" and "Ann Lee Jr." a dot would be left, which is no value.
        return [s for s in settled if _WORD.search(text.now, s.start, s.end)]

    def _is_allowed(self, text: str, span: Span) -> bool:
        return is_allowed(text[span.start : span.end], self.allow)

    def _blame(self, jobs: Sequence[Group]) -> None:
        """When a group failed, find out whether the scrubber did: then nothing goes on."""
        failures = (Reason.SCRUB_FAILED, Reason.SCRUB_TIMEOUT)
        if not any(job.refused and job.refused.reason in failures for job in jobs):
            return
        try:
            [spans] = self._engine.analyze([_PROBE], names=True)
            if isinstance(spans, Reason):
                raise ScrubError(f"not even a plain text can be scrubbed ({spans})")
            probe = Text(_PROBE, names=True)
            self._replacer.replace(_PROBE, self._kept(probe, spans), lambda name: name)
        except ScrubError:
            raise
        except Exception as error:
            raise ScrubError(f"scrubbing failed: {type(error).__name__}") from None


@lru_cache(maxsize=8)
def _scrubber(
    settings: ScrubSettings, key: bytes, policy: PersonalDataPolicy, cache: Path | None
) -> Scrubber:
    return Scrubber(settings, key, cache, policy)


def get_scrubber(settings: Settings, *, remember: bool = True) -> Scrubber:
    """The process's scrubber for these settings; its model loads with the first text.

    Unless it is to `remember`, it writes nothing into the home.
    """
    policy = read_personal_data_policy(settings.scrub.policy)
    cache = settings.home / "cache" / "scrub.sqlite" if remember else None
    return _scrubber(settings.scrub, settings.key, policy, cache)
