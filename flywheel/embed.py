"""Text to vectors: the embedder that the settings name."""

import importlib
from functools import cache
from typing import Final

from flywheel.errors import ConfigError
from flywheel.settings import Settings
from flywheel_client import Embedder
from flywheel_client.embed import embedder_named
from schemas.release import EmbedderName

_PARTS: Final = ("name", "version", "dimensions", "embed")


def get_embedder(settings: Settings) -> Embedder:
    """The embedder of the settings, one per process; its weights load at the first use.

    Raises `ConfigError` for one of a user's own that cannot be imported, or is none.
    """
    module, _, name = settings.embedder.partition(":")
    return _own(module, name) if name else embedder_named(module)


def name_of(embedder: Embedder) -> EmbedderName:
    """How a manifest names it."""
    return EmbedderName(
        name=embedder.name, version=embedder.version, dimensions=embedder.dimensions
    )


@cache
def _own(module: str, name: str) -> Embedder:
    try:
        make = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"embedder {module}:{name} cannot be imported ({error}): install its package into "
            "this environment, or put its folder into PYTHONPATH"
        ) from None
    embedder: Embedder = make()
    if missing := [part for part in _PARTS if not hasattr(embedder, part)]:
        raise ConfigError(
            f"embedder {module}:{name} has no {', '.join(missing)}: see flywheel_client.Embedder"
        )
    return embedder
