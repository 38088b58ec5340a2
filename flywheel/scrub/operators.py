"""Presidio's anonymizer with this project's operators: which stands in for which type."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Final

from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import OperatorConfig
from presidio_anonymizer.entities import RecognizerResult as AnonymizerResult
from presidio_anonymizer.operators import Operator, OperatorType

from flywheel.errors import ConfigError
from flywheel.scrub.found import Replaced, Span
from flywheel.scrub.placeholders import Keyring, Meant, mask
from flywheel.scrub.sealing import Seal
from schemas.personal_data import Operators

Substitute = Callable[[str, str], str]
"""What stands in for a value of a type."""


class _Named(Operator):
    """One of the anonymizer's operators; `substitute` comes with its configuration."""

    NAME: ClassVar[str]

    def operate(self, text: str, params: dict[Any, Any] | None = None) -> str:
        """What stands in the place of `text`."""
        given = params or {}
        substitute: Substitute = given["substitute"]
        return substitute(given["entity_type"], text)

    def validate(self, params: dict[Any, Any] | None = None) -> None:
        """A function is all it needs."""
        if not callable((params or {}).get("substitute")):
            raise TypeError("the operator needs its substitute")

    def operator_name(self) -> str:
        """Its name in the anonymizer's configuration."""
        return self.NAME

    def operator_type(self) -> OperatorType:
        """It takes out; `flywheel.scrub.sealing.unseal` puts back what can be."""
        return OperatorType.Anonymize


class KeyedReplace(_Named):
    """A keyed placeholder."""

    NAME = "keyed_replace"


class KeyedHash(_Named):
    """A keyed hash in full."""

    NAME = "keyed_hash"


class ClosedMask(_Named):
    """Asterisks in a placeholder's brackets."""

    NAME = "closed_mask"


class SivEncrypt(_Named):
    """Deterministic encryption."""

    NAME = "siv_encrypt"


_OPERATORS: Final = (KeyedReplace, KeyedHash, ClosedMask, SivEncrypt)
_NAMES: Final = {
    "replace": KeyedReplace.NAME,
    "surrogate": KeyedReplace.NAME,  # what is stored; invented values are written by exports alone
    "hash": KeyedHash.NAME,
    "mask": ClosedMask.NAME,
    "encrypt": SivEncrypt.NAME,
}


class Replacer:
    """Puts the policy's operators in the place of findings."""

    def __init__(self, operators: Operators, keyring: Keyring, encryption_key: str | None) -> None:
        used = {operators.default, *operators.by_type.values()}
        if "encrypt" in used and encryption_key is None:
            raise ConfigError(
                "the personal data policy encrypts: FLYWHEEL_SCRUB__ENCRYPTION_KEY is needed"
            )
        self._operators = operators
        self._keyring = keyring
        self._seal = Seal(encryption_key) if encryption_key is not None else None

    def replace(self, text: str, spans: Sequence[Span], meant: Meant) -> Replaced:
        """The text with something else in each span's place; spans must not overlap."""
        results = [AnonymizerResult(s.type, s.start, s.end, s.score) for s in spans]
        configured = {s.type: self._config(s.type, meant) for s in spans}
        made = _anonymizer().anonymize(text, results, configured, merge_entities_with_spaces=False)
        sizes = [item.end - item.start for item in sorted(made.items, key=lambda i: i.start)]
        return Replaced(str(made.text), sizes)

    def _config(self, type: str, meant: Meant) -> OperatorConfig:
        name = self._operators.of(type)
        return OperatorConfig(_NAMES[name], {"substitute": self._substitute(name, meant)})

    def _substitute(self, name: str, meant: Meant) -> Substitute:
        if name == "encrypt" and self._seal is not None:
            return self._seal.close
        if name == "hash":
            return lambda type, value: self._keyring.hash(type, value, meant)
        if name == "mask":
            return lambda type, value: mask(type, value, self._operators.mask_keeps)
        return lambda type, value: self._keyring.placeholder(type, value, meant)


@lru_cache(maxsize=1)
def _anonymizer() -> AnonymizerEngine:
    engine = AnonymizerEngine()  # type: ignore[no-untyped-call]
    for operator in _OPERATORS:
        engine.add_anonymizer(operator)
    return engine
