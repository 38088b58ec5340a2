"""What the hourly flow brings before reviewers of its own accord."""

from datetime import UTC, datetime

import pytest

from flywheel.errors import ReleaseError
from flywheel.settings import Settings
from flywheel.steps.bank_proposals import BankProposals, propose_bank_changes
from flywheel.steps.candidates import read_candidates
from flywheel.steps.promote import run_promote
from flywheel.store import open_store
from tests.approve import approve
from tests.facts import add_interaction
from tests.flywheel.steps.test_uplift import live


def test_before_the_first_examples_nothing_is_proposed(settings: Settings) -> None:
    """An empty bank lacks everything: curation knows better where to begin."""
    store = open_store(settings)
    add_interaction(store, time=datetime.now(UTC))
    assert propose_bank_changes(settings) == BankProposals()
    approve(store, "golden", "Who audits the company?")
    run_promote(settings)
    assert propose_bank_changes(settings) == BankProposals()


def test_harm_and_gaps_are_proposed_once(settings: Settings) -> None:
    """Each by its own evidence; the second run finds all of it waiting."""
    store = open_store(settings)
    good, bad = approve(store, "bank", "Good?"), approve(store, "bank", "Bad?")
    run_promote(settings)
    live(store, good, bad)
    add_interaction(store, "Will it rain in Lisbon?", context=None, time=datetime.now(UTC))
    first = propose_bank_changes(settings)
    assert (first.harmful, first.gaps > 0) == (1, True)
    waiting = {one.candidate_id for one in read_candidates(store)}
    assert bad in waiting
    assert len(waiting) == first.gaps + first.harmful + first.redundant
    assert propose_bank_changes(settings).harmful == 0
    assert good not in {one.candidate_id for one in read_candidates(store)}


def test_a_pointer_to_nothing_is_said(settings: Settings) -> None:
    """The flow ends failed with one line, instead of proposing everything anew."""
    settings.releases_path.mkdir(parents=True)
    (settings.releases_path / "current").write_text("no id!")
    with pytest.raises(ReleaseError, match="holds no release id"):
        propose_bank_changes(settings)
