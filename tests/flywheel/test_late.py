"""Names that a package offers and imports only when they are asked for."""

import subprocess
import sys

import pytest

from flywheel.late import offer


def test_what_a_package_offers_is_imported_when_it_is_asked_for() -> None:
    """Asked for once it is found at once, as if the package had imported it itself."""
    code = (
        "import sys, flywheel.review.access as access; assert 'fastapi' not in sys.modules; "
        "assert access.needs is sys.modules['flywheel.review.access.rules'].needs; "
        "assert 'needs' in vars(access)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_it_does_not_offer_is_told_as_ever() -> None:
    """Submodules are found by that error, and a slip of the pen is told by name."""
    with pytest.raises(AttributeError, match=r"module 'flywheel\.desk' has no attribute 'Desc'"):
        offer("flywheel.desk", Desk="flywheel.desk.desk")("Desc")
