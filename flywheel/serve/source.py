"""Which bank is served, by the settings."""

from typing import TYPE_CHECKING

from flywheel.errors import ConfigError
from flywheel.settings import Settings

if TYPE_CHECKING:
    from flywheel_client import Bank


def open_bank(settings: Settings, releases: str | None = None) -> "Bank":
    """The bank at `releases` (default: the settings', else the home's), kept at the newest release.

    Raises `ConfigError` for a place that cannot hold releases; one that holds none yet is fine.
    """
    from flywheel.embed import get_embedder
    from flywheel_client import Bank, BankError

    serve = settings.serve
    location = releases or serve.releases or settings.releases_path
    try:
        return Bank.open(
            location,
            get_embedder(settings),
            refresh_s=serve.refresh_s,
            public_key=serve.public_key,
            withhold=serve.withhold,
        )
    except (BankError, ValueError) as error:
        raise ConfigError(f"{location}: {error}") from None
