"""Reads the curation policy from its TOML file."""

import json
import tomllib
from pathlib import Path

from pydantic import ValidationError

from flywheel.errors import ConfigError
from schemas.policy import CurationPolicy


def read_policy(path: Path) -> CurationPolicy:
    """The policy in a file. Raises `ConfigError` naming each wrong key."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: the curation policy cannot be read ({error.strerror}); "
            "see FLYWHEEL_CURATION_POLICY"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: no TOML: {error}") from None
    try:
        return CurationPolicy.model_validate_json(json.dumps(content, default=str))
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        )
        raise ConfigError(f"{path}: {wrong}") from None
