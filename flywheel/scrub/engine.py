"""Presidio, set up on purpose: which recognisers, which entities, how a finding is replaced."""

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts
from presidio_analyzer.recognizer_registry import RecognizerRegistry
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import OperatorConfig
from presidio_anonymizer.entities import RecognizerResult as AnonymizerResult
from presidio_anonymizer.operators import Operator, OperatorType

from flywheel.scrub.columns import find_cells
from flywheel.scrub.contacts import find_emails, find_phones
from flywheel.scrub.found import Span
from flywheel.scrub.listed import find_listed
from flywheel.scrub.names import (
    accept_mention,
    find_announced,
    find_beside_contacts,
    find_coordinated,
)
from flywheel.scrub.patterns import PATTERNS, Finder
from flywheel.scrub.people import NameEngine
from flywheel.scrub.placeholders import Keyring
from flywheel.scrub.residual import RESIDUAL
from flywheel.scrub.view import View

_MODEL_SCORE: Final = 0.7

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
        spans = list(find_announced(text))
        for mention in nlp_artifacts.entities:
            spans.extend(accept_mention(text, mention.start, mention.end, _MODEL_SCORE))
        spans.extend(find_listed(text))
        spans.extend(find_cells(text, "PERSON"))
        contacts = [*find_emails(text), *find_phones(text)]
        spans.extend(find_beside_contacts(text, contacts))
        spans.extend(find_coordinated(text, spans[:]))
        return [_result(span) for span in spans]


class _NoEnhancer(ContextAwareEnhancer):
    """The finders weigh the words around a finding themselves."""

    def __init__(self) -> None:
        super().__init__(0, 0, 0, 0)

    def enhance_using_context(
        self, text: str, raw_results: list[RecognizerResult], *_: Any, **__: Any
    ) -> list[RecognizerResult]:
        return raw_results


class KeyedPlaceholder(Operator):
    """The anonymizer's operator that writes a keyed placeholder."""

    def operate(self, text: str, params: dict[Any, Any] | None = None) -> str:
        """The placeholder of `text`."""
        given = params or {}
        keyring: Keyring = given["keyring"]
        return keyring.placeholder(given["entity_type"], text)

    def validate(self, params: dict[Any, Any] | None = None) -> None:
        """The keyring is all it needs."""
        if not params or not isinstance(params.get("keyring"), Keyring):
            raise TypeError("the operator needs a keyring")

    def operator_name(self) -> str:
        """Its name in the anonymizer's configuration."""
        return "keyed_placeholder"

    def operator_type(self) -> OperatorType:
        """It takes out, it cannot put back."""
        return OperatorType.Anonymize


class Engine:
    """Analyzer and anonymizer with this project's recognisers and operator."""

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
        self._anonymizer = AnonymizerEngine()  # type: ignore[no-untyped-call]
        self._anonymizer.add_anonymizer(KeyedPlaceholder)

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
            Span(result.start, result.end, result.entity_type, result.score)
            for result in results
            if result.score >= self._threshold or result.entity_type in RESIDUAL
        ]

    def replace(self, text: str, spans: Sequence[Span], keyring: Keyring) -> str:
        """The text with each span's placeholder in its place; spans must not overlap."""
        results = [AnonymizerResult(s.type, s.start, s.end, s.score) for s in spans]
        operators = {"DEFAULT": OperatorConfig("keyed_placeholder", {"keyring": keyring})}
        result = self._anonymizer.anonymize(
            text, results, operators, merge_entities_with_spaces=False
        )
        return str(result.text)


def _result(span: Span) -> RecognizerResult:
    return RecognizerResult(span.type, span.start, span.end, span.score)


@lru_cache(maxsize=4)
def load_engine(model: str, language: str, threshold: float) -> Engine:
    """The process's engine for these settings."""
    return Engine(model, language, threshold)
