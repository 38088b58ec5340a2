"""Takes personal data out of groups of texts, in memory, until nothing more is found."""

import hashlib
import threading
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from flywheel.errors import ConfigError, ScrubError
from flywheel.policy import read_personal_data_policy
from flywheel.scrub.found import Field, Scrubbed, Span
from flywheel.scrub.group import Group, Text
from flywheel.scrub.lists import find_denied, is_allowed
from flywheel.scrub.memory import Memory
from flywheel.scrub.placeholders import Keyring, outside_placeholders, settle
from flywheel.settings import ScrubSettings, Settings
from schemas.personal_data import PersonalDataPolicy

if TYPE_CHECKING:
    from flywheel.scrub.engine import Engine
    from flywheel.scrub.operators import Replacer

_REMEMBERED: Final = 20_000
"""Texts whose findings are kept; the characters of the kept texts are bounded too."""

_REMEMBERED_CHARS: Final = 32 * 2**20

_NOT_IN_RESULTS: Final = {"policy", "encryption_key", "canary_recall", "max_chars"}
"""Settings that change no result: where the policy stands, secrets, when to stop."""


class Scrubber:
    """Replaces personal data with keyed placeholders; one instance serves all threads."""

    def __init__(
        self, settings: ScrubSettings, key: bytes, policy: PersonalDataPolicy | None = None
    ) -> None:
        self._settings = settings
        self.policy = policy or read_personal_data_policy(settings.policy)
        self._key = key
        self.allow = (*settings.allow, *(one.word for one in self.policy.allow))
        """Words that are never personal data, for those who look for leftovers."""
        self._lock = threading.Lock()
        self._memory = Memory(_REMEMBERED, _REMEMBERED_CHARS)

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
        bare = self.policy.model_copy(update={"allow": (), "deny": ()})
        return Scrubber(self._settings.model_copy(update={"allow": ()}), self._key, bare)

    def forgetful(self) -> "Scrubber":
        """The same scrubber with nothing remembered: what it is shown leaves no trace in this."""
        return Scrubber(self._settings, self._key, self.policy)

    def scrub_groups(self, groups: Sequence[Sequence[tuple[Field, str]]]) -> list[list[Scrubbed]]:
        """Scrub the texts of each interaction or feedback together.

        A name found in one text of a group is replaced in all of them. Raises `ScrubError`,
        whose message holds no text, when a text is too long or anything goes wrong, and
        `ConfigError` when the policy asks for a key that is not set.
        """
        self._refuse_long(groups)
        try:
            with self._lock:
                return self._scrub(groups)
        except ConfigError:
            raise  # of the operators: it quotes no text
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
        jobs = [Group([self._text(f, text) for f, text in group]) for group in groups]
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
        meant = group.meant()
        for text in group.texts:
            known = group.names_in(text)
            spans = self._kept(text, text.spans, known, find_denied(text.now, self.policy.deny))
            if spans:
                text.replace(spans, self._replacer.replace(text.now, spans, meant))
                changed = True
        return changed

    def _kept(self, text: Text, own: Iterable[Span], *further: Iterable[Span]) -> list[Span]:
        left = (span for span in own if span.type not in text.leave)
        free = outside_placeholders(text.now, chain(left, *further))
        return settle(s for s in free if s.by == "deny" or not self._is_allowed(text.now, s))

    def _is_allowed(self, text: str, span: Span) -> bool:
        return is_allowed(text[span.start : span.end], self.allow)


@lru_cache(maxsize=8)
def _scrubber(settings: ScrubSettings, key: bytes, policy: PersonalDataPolicy) -> Scrubber:
    return Scrubber(settings, key, policy)


def get_scrubber(settings: Settings) -> Scrubber:
    """The process's scrubber for these settings; its model loads with the first text."""
    policy = read_personal_data_policy(settings.scrub.policy)
    return _scrubber(settings.scrub, settings.key, policy)
