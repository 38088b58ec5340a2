"""One scrubber for all tests of this folder: the model loads once."""

import pytest

from flywheel.scrub import Scrubber
from flywheel.settings import ScrubSettings

KEY = b"a key that is long enough"


@pytest.fixture(scope="session")
def scrubber() -> Scrubber:
    """A scrubber with the default settings."""
    return Scrubber(ScrubSettings(), KEY)
