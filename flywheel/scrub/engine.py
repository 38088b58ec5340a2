"""Presidio's analyzer, set up on purpose: which recognisers, which entities."""

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts
from presidio_analyzer.recognizer_registry import RecognizerRegistry

from flywheel.scrub.contacts import find_emails, find_phones
from flywheel.scrub.found import Span
from flywheel.scrub.names import (
    accept_mention,
    find_announced,
    find_beside_contacts,
    find_coordinated,
)
from flywheel.scrub.patterns import PATTERNS, Finder
from flywheel.scrub.people import NameEngine
from flywheel.scrub.residual import RESIDUAL
from flywheel.scrub.view import View

_MODEL_SCORE: Final = 0.7
_BY: Final = "by"

for _name in ("presidio-analyzer", "presidio-anonymizer"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # its messages quote the text


class PatternFinder(EntityRecognizer):
    """A recogniser around one of the patterns."""

    def __init__(self, entity: str, find: Finder, language: str) -> None:
        self._find = find
        super().__init__([entity], name=f"{entity} finder", supported_language=language)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """What the pattern finds."""
        return [_result(span) for span in self._find(text)]


class NameFinder(EntityRecognizer):
    """People: the model's mentions, the announced, and those beside an address or number."""

    def __init__(self, language: str) -> None:
        super().__init__(["PERSON"], name="name finder", supported_language=language)

    def load(self) -> None:
        """Nothing to load: the engine runs the model."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Names by each of the three ways, less what cannot be a name."""
        spans = [span._replace(by="cue") for span in find_announced(text)]
        for mention in nlp_artifacts.entities:
            accepted = accept_mention(text, mention.start, mention.end, _MODEL_SCORE)
            spans.extend(span._replace(by="model") for span in accepted)
        contacts = [*find_emails(text), *find_phones(text)]
        beside = find_beside_contacts(text, contacts)
        spans.extend(span._replace(by="contact") for span in beside)
        spans.extend(span._replace(by="list") for span in find_coordinated(text, spans[:]))
        return [_result(span) for span in spans]


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

    def __init__(self, model: str, language: str, threshold: float) -> None:
        self._language = language
        self._threshold = threshold
        self._names = NameEngine(model, language)
        registry = RecognizerRegistry(
            recognizers=[
                NameFinder(language),
                *(PatternFinder(entity, find, language) for entity, find in PATTERNS.items()),
            ],
            supported_languages=[language],
        )
        self._analyzer = AnalyzerEngine(
            registry=registry,
            nlp_engine=self._names,
            supported_languages=[language],
            context_aware_enhancer=_NoEnhancer(),
        )

    def analyze(self, texts: Sequence[str], *, names: bool) -> list[list[Span]]:
        """What stands in each text; without `names` only patterns, and the model rests."""
        views = [View(text) for text in texts]
        if names:
            seen = [view.text for view in views]
            artifacts = [a for _, a in self._names.process_batch(seen, self._language)]
            entities = ["PERSON", *PATTERNS]
        else:
            artifacts = [self._names.without_names()] * len(texts)
            entities = list(PATTERNS)
        return [
            [view.back(span) for span in self._analyze(view.text, entities, artifact)]
            for view, artifact in zip(views, artifacts, strict=True)
        ]

    def _analyze(self, text: str, entities: list[str], artifacts: NlpArtifacts) -> list[Span]:
        results = self._analyzer.analyze(
            text,
            language=self._language,
            entities=entities,
            nlp_artifacts=artifacts,
        )
        return [
            Span(result.start, result.end, result.entity_type, result.score, _by(result))
            for result in results
            if result.score >= self._threshold or result.entity_type in RESIDUAL
        ]


def _result(span: Span) -> RecognizerResult:
    by = {_BY: span.by}
    return RecognizerResult(span.type, span.start, span.end, span.score, recognition_metadata=by)


def _by(result: RecognizerResult) -> str:
    return str((result.recognition_metadata or {}).get(_BY, "pattern"))


@lru_cache(maxsize=4)
def load_engine(model: str, language: str, threshold: float) -> Engine:
    """The process's engine for these settings."""
    return Engine(model, language, threshold)
