"""Text to vectors: the embedder that the settings name."""

from flywheel.settings import Settings
from flywheel_client import Embedder
from flywheel_client.embed import embedder_named
from schemas.release import EmbedderName


def get_embedder(settings: Settings) -> Embedder:
    """The embedder of the settings, one per process; its weights load at the first use."""
    return embedder_named(settings.embedder)


def name_of(embedder: Embedder) -> EmbedderName:
    """How a manifest names it."""
    return EmbedderName(
        name=embedder.name, version=embedder.version, dimensions=embedder.dimensions
    )
