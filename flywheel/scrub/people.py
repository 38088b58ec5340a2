"""The spaCy models behind Presidio's interface: only what finds names, in bounded pieces."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from flywheel.scrub.names import may_hold_name

_PIECE: Final = 4000
"""Characters the model reads at once: memory is bounded by the piece, not by the text."""

_BATCH: Final = 64
_LINE: Final = re.compile(r"[^\n]+")


class Mention(NamedTuple):
    """What the model takes for a person, with offsets in its text."""

    start: int
    end: int


class NameEngine(NlpEngine):
    """Runs tok2vec and ner, nothing else; artifacts carry mentions of people only."""

    def __init__(self, model: str, language: str) -> None:
        self._models = [name.strip() for name in model.split(",")]
        self._language = language
        self._loaded: list[Any] = []

    def load(self) -> None:
        """Load the models; the process shares them."""
        self._loaded = [_load_model(name) for name in self._models]

    def is_loaded(self) -> bool:
        """Whether the models are there."""
        return bool(self._loaded)

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """One text's mentions."""
        return next(self.process_batch([text], language))[1]

    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = _BATCH,
        n_process: int = 1,
        **kwargs: Any,
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Every text with its mentions, in order."""
        texts = list(texts)
        mentions: list[list[Mention]] = [[] for _ in texts]
        pieces = [
            (text[start:end], (index, start))
            for index, text in enumerate(texts)
            for start, end in _pieces(text)
            if may_hold_name(text[start:end])  # most lines do not, and the model is slow
        ]
        for model in self._loaded:
            for index, mention in _read(model, pieces, batch_size, n_process):
                mentions[index].append(mention)
        for text, found in zip(texts, mentions, strict=True):
            yield text, self._artifacts(found)

    def without_names(self) -> NlpArtifacts:
        """The artifacts of a text whose names stay: the model does not read it."""
        return self._artifacts([])

    def _artifacts(self, mentions: list[Mention]) -> NlpArtifacts:
        artifacts: Any = NlpArtifacts  # annotated for spaCy's spans; only our finder reads these
        return cast(NlpArtifacts, artifacts(mentions, None, [], [], None, self._language))

    def is_stopword(self, word: str, language: str) -> bool:
        """Never asked: no recogniser here weighs lemmas."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Never asked, as above."""
        return False

    def get_supported_entities(self) -> list[str]:
        """What the mentions become."""
        return ["PERSON"]

    def get_supported_languages(self) -> list[str]:
        """The one language of the model."""
        return [self._language]


def _read(
    model: Any, pieces: list[tuple[str, tuple[int, int]]], batch_size: int, n_process: int
) -> Iterator[tuple[int, Mention]]:
    """What one model takes for people, by the index of the text."""
    with model.memory_zone():  # otherwise its vocabulary grows with every text
        for document, (index, offset) in model.pipe(
            pieces, as_tuples=True, batch_size=batch_size, n_process=n_process
        ):
            for entity in document.ents:
                if entity.label_ in ("PERSON", "PER"):
                    yield index, Mention(offset + entity.start_char, offset + entity.end_char)


@lru_cache(maxsize=4)
def _load_model(name: str) -> Any:
    import spacy

    return spacy.load(
        name,
        exclude=["tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer"],
    )


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Lines, the long ones cut at a space: a piece does not depend on its neighbours."""
    for line in _LINE.finditer(text):
        start = line.start()
        while line.end() - start > _PIECE:
            cut = text.rfind(" ", start + _PIECE // 2, start + _PIECE) + 1
            yield start, cut or start + _PIECE
            start = cut or start + _PIECE
        yield start, line.end()
