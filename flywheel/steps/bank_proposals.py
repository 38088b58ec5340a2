"""What live use says of the bank, brought before reviewers: gaps, doubles, examples that hurt."""

from flywheel.bank import load_manifest
from flywheel.errors import ReleaseError
from flywheel.settings import Settings
from flywheel.steps.coverage import run_coverage
from flywheel.steps.uplift import run_uplift
from flywheel_client import BankError
from flywheel_client.release import current_id
from schemas.base import Record


class BankProposals(Record):
    """What was sent to the review queue; a second run at once sends nothing."""

    gaps: int = 0
    redundant: int = 0
    harmful: int = 0
    deferred: int = 0
    """More that hurt than the policy lets wait at once."""


def propose_bank_changes(settings: Settings) -> BankProposals:
    """By the last week's questions, and by all that chance has shown and withheld.

    Nothing before the first release with examples: then everything would be a gap. Harm comes
    first: what is removed for that is not to be told that it is redundant.

    Raises `ReleaseError` for a damaged release, `ConfigError` for a wrong policy.
    """
    try:
        release_id = current_id(settings.releases_path)
    except BankError as error:
        raise ReleaseError(str(error)) from None
    if release_id is None or load_manifest(settings.releases_path, release_id).bank == 0:
        return BankProposals()
    uplift = run_uplift(settings, propose=True)
    coverage = run_coverage(settings, propose=True)
    return BankProposals(
        gaps=coverage.proposed,
        redundant=coverage.reopened,
        harmful=uplift.proposed,
        deferred=uplift.deferred,
    )
