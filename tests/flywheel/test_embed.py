"""The engine embeds with what the settings name, and the manifest says so."""

import pytest
from pydantic import ValidationError

from flywheel.embed import get_embedder, name_of
from flywheel.errors import ConfigError
from flywheel.settings import Settings

OWN = "tests.client.trigrams:Trigrams"


def test_the_default_embedder_needs_no_download(settings: Settings) -> None:
    """One instance a process; its name is what a release carries."""
    embedder = get_embedder(settings)
    assert embedder is get_embedder(settings)
    name = name_of(embedder)
    assert (name.name, name.version, name.dimensions) == ("wordllama", "l2_supercat_256", 256)
    assert embedder.embed(["What was revenue?"]).shape == (1, name.dimensions)


def test_an_embedder_of_ones_own_goes_by_module_and_name(settings: Settings) -> None:
    """One instance a process, whatever settings object asks; a release carries its name."""
    own = settings.model_copy(update={"embedder": OWN})
    embedder = get_embedder(own)
    assert embedder is get_embedder(own.model_copy())
    assert name_of(embedder).model_dump() == {"name": "trigrams", "version": "1", "dimensions": 64}


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("no.such.module:Embedder", "no.such.module:Embedder cannot be imported .*PYTHONPATH"),
        ("tests.client.trigrams:Missing", "cannot be imported .*Missing"),
        ("collections:OrderedDict", "has no name, version, dimensions, embed"),
    ],
)
def test_what_is_no_embedder_is_one_clear_line(settings: Settings, named: str, said: str) -> None:
    """Not an AttributeError in the middle of a publication."""
    with pytest.raises(ConfigError, match=said):
        get_embedder(settings.model_copy(update={"embedder": named}))


@pytest.mark.parametrize("named", ["", "other", "os.path", "a:b:c", ":b", "a:", "a b:c"])
def test_a_name_that_can_be_none_is_refused_with_the_settings(named: str) -> None:
    """Before anything is imported."""
    with pytest.raises(ValidationError, match="embedder"):
        Settings(embedder=named)
