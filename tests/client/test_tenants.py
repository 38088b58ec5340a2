"""Nobody's prompt shows another tenant's examples."""

from pathlib import Path

import pytest

from flywheel_client import Bank
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams

EXAMPLES = [
    example("a", tenant="acme"),
    example("b", tenant="bolt"),
    example("n"),
    example("s", tenant="bolt", tags={"shared": "true"}),
    example("t", tenant="bolt", tags={"shared": "no"}, feature="qa"),
]


def _open(path: Path, isolate: bool) -> Bank:
    publish(path, EXAMPLES)
    return Bank.open(path, Trigrams(), isolate=isolate, refresh_s=None)


@pytest.mark.parametrize("isolate", [True, False])
def test_a_tenant_gets_its_own_and_what_is_shared(tmp_path: Path, isolate: bool) -> None:
    """Shared is what belongs to nobody, or was tagged so by whom it belongs to."""
    bank = _open(tmp_path, isolate)
    assert bank.select("What?", 9, tenant="acme").ids == ["a", "n", "s"]
    assert bank.select("What?", 9, tenant="bolt").ids == ["b", "n", "s", "t"]
    assert bank.select("What?", 9, tenant="newcomer").ids == ["n", "s"]
    assert bank.select("What?", 9, {"feature": "qa"}, tenant="acme").ids == []


def test_a_filter_never_reaches_beyond_the_tenant(tmp_path: Path) -> None:
    """Who asks bounds what may be asked for."""
    bank = _open(tmp_path, isolate=False)
    assert bank.select("What?", 9, {"tenant": "bolt"}, tenant="acme").ids == ["s"]
    assert bank.select("What?", 9, {"tenant": "bolt"}).ids == ["b", "s", "t"]


def test_a_forgotten_tenant_gets_what_is_shared_from_an_isolating_bank(tmp_path: Path) -> None:
    """A service with many tenants sets `isolate`: then a bug shows too little, never too much."""
    assert _open(tmp_path, isolate=True).select("What?", 9).ids == ["n", "s"]
    assert _open(tmp_path, isolate=False).select("What?", 9).ids == ["a", "b", "n", "s", "t"]
