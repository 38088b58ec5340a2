"""The engine embeds with what the settings name, and the manifest says so."""

from flywheel.embed import get_embedder, name_of
from flywheel.settings import Settings


def test_the_default_embedder_needs_no_download(settings: Settings) -> None:
    """One instance a process; its name is what a release carries."""
    embedder = get_embedder(settings)
    assert embedder is get_embedder(settings)
    name = name_of(embedder)
    assert (name.name, name.version, name.dimensions) == ("wordllama", "l2_supercat_256", 256)
    assert embedder.embed(["What was revenue?"]).shape == (1, name.dimensions)
