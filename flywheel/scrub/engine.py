"""Presidio's analyzer, set up on purpose: which recognisers, which entities."""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts
from presidio_analyzer.recognizer_registry import RecognizerRegistry

from flywheel.errors import ScrubError
from flywheel.scrub.alone import accept_word, find_again, find_alone, find_said
from flywheel.scrub.columns import find_cells
from flywheel.scrub.found import Findings, Span
from flywheel.scrub.limits import TimedOut, check_time, time_limit
from flywheel.scrub.listed import find_listed
from flywheel.scrub.memory import Memory
from flywheel.scrub.names import (
    accept_mention,
    find_announced,
    find_beside_contacts,
    find_coordinated,
)
from flywheel.scrub.needs import may_hold
from flywheel.scrub.parts import in_parts
from flywheel.scrub.patterns import PATTERNS, Finder
from flywheel.scrub.people import NameEngine
from flywheel.scrub.placeholders import apart
from flywheel.scrub.residual import RESIDUAL
from flywheel.scrub.settled import MODEL_SCORE
from flywheel.scrub.view import View
from flywheel.settings import ScrubSettings
from schemas.fault import Reason

_BY: Final = "by"
_AHEAD_CHARS: Final = 128 * 2**10
"""What the model reads ahead: its vocabulary is made anew for each part."""

_AHEAD_TEXTS: Final = 1024

for _name in ("presidio-analyzer", "presidio-anonymizer"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # its messages quote the text


class PatternFinder(EntityRecognizer):
    """A recogniser around one of the patterns."""

    def __init__(self, entity: str, find: Finder, language: str) -> None:
        self.find = lru_cache(maxsize=1)(lambda text: tuple(find(text)))
        """What the pattern finds; asked twice for a text when names beside it are looked for."""
        super().__init__([entity], name=f"{entity} finder", supported_language=language)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """What the pattern finds."""
        check_time()
        return [_result(span) for span in self.find(text)]


class Announced:
    """The names that are announced in a text; asked before the model reads it, and after."""

    def __init__(self) -> None:
        self._known: Memory[str, tuple[Span, ...]] = Memory(_AHEAD_TEXTS, 2 * _AHEAD_CHARS, len)

    def __call__(self, text: str) -> tuple[Span, ...]:
        """What `find_announced` finds."""
        found = self._known.get(text)
        if found is None:
            found = tuple(span._replace(by="cue") for span in find_announced(text))
            self._known.put(text, found)
        return found


class NameFinder(EntityRecognizer):
    """People: the model's mentions, the announced, and those beside an address or number."""

    def __init__(
        self,
        language: str,
        names: NameEngine,
        announced: Announced,
        contacts: Sequence[PatternFinder],
    ) -> None:
        self._names = names
        self._announced = announced
        self._contacts = contacts
        super().__init__(["PERSON"], name="name finder", supported_language=language)

    def load(self) -> None:
        """Nothing to load: the engine runs the model."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Names by each of the three ways, less what cannot be a name."""
        check_time()
        contacts = [span for finder in self._contacts for span in finder.find(text)]
        spans = list(self._announced(text))
        mentions: list[Any] = nlp_artifacts.entities
        if contacts and len(apart(spans, contacts)) < len(spans):
            mentions = self._names.read_whole(text)  # what spared the model will not stand
        for mention in mentions:
            check_time()
            accepted = accept_mention(text, mention.start, mention.end, MODEL_SCORE)
            found = list(accepted) or accept_word(text, mention.start, mention.end, MODEL_SCORE)
            spans.extend(span._replace(by="model") for span in found)
        known = chain(find_listed(text), find_alone(text), find_said(text))
        spans.extend(span._replace(by="directory") for span in known)
        spans.extend(span._replace(by="column") for span in find_cells(text, "PERSON"))
        check_time()
        beside = find_beside_contacts(text, contacts)
        spans.extend(span._replace(by="contact") for span in beside)
        spans.extend(span._replace(by="list") for span in find_coordinated(text, spans[:]))
        spans.extend(span._replace(by="again") for span in find_again(text, spans[:]))
        # "Ask Anna.Keller@example.com": what reaches into an address is no name.
        return [_result(span) for span in apart(spans, contacts)]


class _NoEnhancer(ContextAwareEnhancer):
    """The finders weigh the words around a finding themselves."""

    def __init__(self) -> None:
        super().__init__(0, 0, 0, 0)

    def enhance_using_context(
        self, text: str, raw_results: list[RecognizerResult], *_: Any, **__: Any
    ) -> list[RecognizerResult]:
        return raw_results


class Engine:
    """The analyzer with this project's recognisers."""

    def __init__(self, settings: ScrubSettings, *, plain: bool = False) -> None:
        """A `plain` one skips and remembers nothing: what the quick one is held against."""
        self._language = language = settings.language
        self._threshold = settings.score_threshold
        self._timeout = settings.timeout_s
        self._plain = plain
        announced = Announced()
        spared = None if plain else announced
        self._names = NameEngine(settings.spacy_model, language, spared, remember=not plain)
        finders = {name: PatternFinder(name, find, language) for name, find in PATTERNS.items()}
        contacts = [finders["EMAIL_ADDRESS"], finders["PHONE_NUMBER"]]
        names = NameFinder(language, self._names, announced, contacts)
        self._recognisers: dict[str, EntityRecognizer] = {"PERSON": names, **finders}
        registry = RecognizerRegistry(
            recognizers=list(self._recognisers.values()),
            supported_languages=[language],
        )
        self._analyzer = AnalyzerEngine(
            registry=registry,
            nlp_engine=self._names,
            supported_languages=[language],
            context_aware_enhancer=_NoEnhancer(),
        )

    def load(self) -> None:
        """Load the model now. Raises `ScrubError` when it cannot be."""
        self._names.load()

    def analyze(self, texts: Sequence[str], *, names: bool) -> list[Findings]:
        """What stands in each text, or why that cannot be said.

        Without `names` only patterns are looked for, and the model rests. Raises `ScrubError` when
        the model cannot be loaded: then no text can be read.
        """
        found: list[Findings] = []
        if names:
            self.load()
        for some in in_parts(texts, _AHEAD_CHARS):
            ahead = self._read_ahead(some) if names and len(some) > 1 and not self._plain else {}
            found.extend(self._analyze_one(text, names, ahead) for text in some)
        return found

    def _read_ahead(self, texts: Sequence[str]) -> dict[str, NlpArtifacts]:
        """What the model says of many texts, as they are viewed, read at once."""
        try:
            with time_limit(self._timeout):
                views = [View(text).text for text in texts]
                return dict(self._names.process_batch(views, self._language))
        except ScrubError:
            raise
        except Exception:  # each is read by itself: the guilty text fails again, alone
            return {}

    def _analyze_one(self, text: str, names: bool, ahead: Mapping[str, NlpArtifacts]) -> Findings:
        try:
            with time_limit(self._timeout):
                return self._find(View(text), names, ahead)
        except TimedOut:
            return Reason.SCRUB_TIMEOUT
        except ScrubError:
            raise
        except Exception:  # whatever a library raises: the text does not pass
            return Reason.SCRUB_FAILED

    def _find(self, view: View, names: bool, ahead: Mapping[str, NlpArtifacts]) -> list[Span]:
        text = view.text
        entities = [e for e in PATTERNS if self._plain or may_hold(e, text)]
        if names:
            entities.append("PERSON")
            artifacts = ahead.get(text) or self._names.process_text(text, self._language)
        else:
            artifacts = self._names.without_names()
        if not entities:
            return []
        ask = self._analyzer.analyze if self._plain else self._ask
        results = ask(text, language=self._language, entities=entities, nlp_artifacts=artifacts)
        return [
            view.back(Span(result.start, result.end, result.entity_type, result.score, _by(result)))
            for result in results
            if result.score >= self._threshold or result.entity_type in RESIDUAL
        ]

    def _ask(
        self, text: str, *, language: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """As `AnalyzerEngine.analyze` without its bookkeeping, a fifth of a short text's time.

        It chooses recognisers, numbers them and weighs words around a finding, anew for each text;
        here each type has one recogniser, none is numbered, and the finders weigh for themselves.
        """
        found: list[RecognizerResult] = []
        for entity in entities:
            found.extend(self._recognisers[entity].analyze(text, entities, nlp_artifacts))
        return EntityRecognizer.remove_duplicates(found)


def _result(span: Span) -> RecognizerResult:
    by = {_BY: span.by}
    return RecognizerResult(span.type, span.start, span.end, span.score, recognition_metadata=by)


def _by(result: RecognizerResult) -> str:
    return str((result.recognition_metadata or {}).get(_BY, "pattern"))


@lru_cache(maxsize=4)
def load_engine(settings: ScrubSettings) -> Engine:
    """The process's engine for these settings."""
    return Engine(settings)
