"""The spaCy models behind Presidio's interface: only what finds names, in bounded pieces."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple, cast

from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from flywheel.errors import ScrubError
from flywheel.scrub.found import Span
from flywheel.scrub.limits import check_time
from flywheel.scrub.memory import Memory
from flywheel.scrub.names import may_hold_name
from flywheel.scrub.settled import is_settled, surely

_PIECE: Final = 4000
"""Characters the model reads at once: memory is bounded by the piece, not by the text."""

_OVERLAP: Final = 200
"""Characters that two pieces of one sentence share: a name at the cut stands whole in one."""

_BATCH: Final = 64
_KNOWN: Final = 50_000
_KNOWN_CHARS: Final = 8 * 2**20
"""Pieces whose mentions are remembered, and their characters: tables and letters repeat lines."""

_LINE: Final = re.compile(r"[^\n]+")
_SENTENCE_END: Final = re.compile(r"(?:[a-z]{4}|[\d%)\]>\"”])[.?!]\s+(?=[A-Z(\"“])")
"""After a long word, a figure or a bracket: the dot of "Dr. Keller" or "J. Keller" ends nothing."""


class Mention(NamedTuple):
    """What the model takes for a person, with offsets in its text."""

    start: int
    end: int


Announced = Callable[[str], Iterable[Span]]
"""The names that the words beside them announce in a text."""


class NameEngine(NlpEngine):
    """Runs tok2vec and ner, nothing else; artifacts carry mentions of people only."""

    def __init__(
        self,
        model: str,
        language: str,
        announced: Announced | None = None,
        *,
        remember: bool = True,
    ) -> None:
        """Where all that a piece can name is `announced`, the model does not read it."""
        self._models = [name.strip() for name in model.split(",")]
        self._language = language
        self._loaded: list[Any] = []
        self._announced = announced
        self._split: frozenset[str] | None = None
        """The words that a model's tokenizer takes apart; None where that cannot be told."""
        self._known: Memory[str, tuple[Mention, ...]] = Memory(
            _KNOWN if remember else 0, _KNOWN_CHARS, len
        )

    def load(self) -> None:
        """Load the models; the process shares them. Raises `ScrubError` when one cannot be."""
        if not self._loaded:
            self._loaded = [_try_model(name) for name in self._models]
            self._split = _split_words(self._loaded)

    def is_loaded(self) -> bool:
        """Always: the engine loads the model with the first text that is not remembered."""
        return True

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
        """Every text with its mentions, in order; a piece is read once, wherever it stands."""
        texts = list(texts)
        places = [list(self._places(text, self._announced)) for text in texts]
        mentions = self._read(dict.fromkeys(piece for some in places for _, piece in some))
        for text, some in zip(texts, places, strict=True):
            yield text, self._artifacts(_gathered(some, mentions))

    def read_whole(self, text: str) -> list[Mention]:
        """One text's mentions, those of pieces with announced names included."""
        places = list(self._places(text, None))
        return _gathered(places, self._read(dict.fromkeys(piece for _, piece in places)))

    def _places(self, text: str, announced: Announced | None) -> Iterator[tuple[int, str]]:
        """The pieces in which the model may find something, and where they start."""
        sure: frozenset[tuple[int, int]] | None = None
        for start, end in _pieces(text):
            piece = text[start:end]
            known = self._known.get(piece)
            if known is None and not may_hold_name(piece):  # most do not: the model is slow
                known = ()
                self._known.put(piece, known)
            if known is None and announced and self._split and end - start < _PIECE // 2:
                sure = surely(announced(text)) if sure is None else sure
                if is_settled(text, start, end, sure, self._split):
                    continue
            if known is None or known:
                yield start, piece

    def _read(self, pieces: Iterable[str]) -> dict[str, tuple[Mention, ...]]:
        mentions, unread = {}, []
        for piece in pieces:
            known = self._known.get(piece)
            if known is None:
                unread.append(piece)
            else:
                mentions[piece] = known
        if unread:
            by_model = [list(_read(model, unread)) for model in self._loaded]
            for piece, found in zip(unread, zip(*by_model, strict=True), strict=True):
                mentions[piece] = tuple(dict.fromkeys(chain(*found)))
                self._known.put(piece, mentions[piece])
        return mentions

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


def _read(model: Any, pieces: Sequence[str]) -> Iterator[tuple[Mention, ...]]:
    """What one model takes for people in each piece."""
    with model.memory_zone():  # otherwise its vocabulary grows with every text
        for document in model.pipe(pieces, batch_size=_BATCH):
            check_time()
            yield tuple(
                Mention(entity.start_char, entity.end_char)
                for entity in document.ents
                if entity.label_ in ("PERSON", "PER")
            )


def _try_model(name: str) -> Any:
    try:
        return _load_model(name)
    except Exception as error:  # whatever a package's own code raises
        raise ScrubError(
            f"the model {name} cannot be loaded ({type(error).__name__}); "
            "see FLYWHEEL_SCRUB__SPACY_MODEL"
        ) from None


@lru_cache(maxsize=4)
def _load_model(name: str) -> Any:
    import spacy

    nlp: Any = spacy.load(
        name,
        exclude=["tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer"],
    )
    if nlp.has_pipe("tok2vec") and "ner" not in nlp.get_pipe("tok2vec").listening_components:
        nlp.remove_pipe("tok2vec")  # half of the time: the small model's ner has one of its own
    return nlp


def _split_words(models: Iterable[Any]) -> frozenset[str] | None:
    """The words that a tokenizer has exceptions for; the letters of others it leaves together."""
    tokenizers = [model.tokenizer for model in models]
    if any(type(tokenizer).__module__ != "spacy.tokenizer" for tokenizer in tokenizers):
        return None
    return frozenset(chain.from_iterable(tokenizer.rules for tokenizer in tokenizers))


def _gathered(
    places: Iterable[tuple[int, str]], mentions: Mapping[str, Sequence[Mention]]
) -> list[Mention]:
    """The mentions of a text's pieces, each once."""
    found = (
        Mention(start + mention.start, start + mention.end)
        for start, piece in places
        for mention in mentions[piece]
    )
    return list(dict.fromkeys(found))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Sentences of lines, the long ones cut at a space: none depends on its neighbours."""
    for line in _LINE.finditer(text):
        start = line.start()
        for sentence in _SENTENCE_END.finditer(text, start, line.end()):
            yield from _cut(text, start, sentence.end())
            start = sentence.end()
        yield from _cut(text, start, line.end())


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence longer than the model reads at once, in pieces that overlap."""
    while end - start > _PIECE:
        cut = text.rfind(" ", start + _PIECE // 2, start + _PIECE) + 1 or start + _PIECE
        yield start, cut
        start = text.find(" ", cut - _OVERLAP, cut - 1) + 1 or cut - _OVERLAP
    if start < end:
        yield start, end
