"""Reads policies from their TOML files: who becomes a candidate, and what personal data is."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from flywheel.errors import ConfigError
from schemas.personal_data import PersonalDataPolicy
from schemas.policy import CurationPolicy

P = TypeVar("P", bound=BaseModel)


def read_policy(path: Path) -> CurationPolicy:
    """The curation policy in a file. Raises `ConfigError` naming each wrong key."""
    return _read(path, CurationPolicy, "curation policy", "FLYWHEEL_CURATION_POLICY")


def read_personal_data_policy(path: Path) -> PersonalDataPolicy:
    """The personal data policy in a file. Raises `ConfigError`, also for an unknown type."""
    from flywheel.scrub.placeholders import TYPES
    from flywheel.scrub.residual import RESIDUAL

    policy = _read(path, PersonalDataPolicy, "personal data policy", "FLYWHEEL_SCRUB__POLICY")
    for key, type in _types(policy):
        if type not in TYPES:
            raise ConfigError(f"{path}: {key}: {type}: no such type; there is {', '.join(TYPES)}")
        if key.startswith("leave") and type in RESIDUAL:
            raise ConfigError(f"{path}: {key}: {type} cannot stay: every batch is checked for it")
    return policy


def _types(policy: PersonalDataPolicy) -> Iterator[tuple[str, str]]:
    for field, types in policy.leave:
        yield from ((f"leave.{field}", type) for type in types)
    yield from (("operators.by_type", type) for type in policy.operators.by_type)
    yield from ((f"deny.{number}.type", one.type) for number, one in enumerate(policy.deny))


def _read(path: Path, model: type[P], what: str, setting: str) -> P:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: the {what} cannot be read ({error.strerror}); see {setting}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: no TOML: {error}") from None
    try:
        return model.model_validate_json(json.dumps(content, default=str))
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        )
        raise ConfigError(f"{path}: {wrong}") from None
