"""A key has one owner, and is long enough not to be guessed."""

import pytest
from pydantic import SecretStr

from flywheel.errors import ConfigError
from flywheel.serve.keys import Caller, Keys

LONG = "0123456789abcdef"


def test_two_keys_of_one_tenant_let_one_be_replaced() -> None:
    """Both are good while clients change over."""
    keys = Keys({"acme": SecretStr(f"{LONG} {LONG}2"), "*": SecretStr(f"{LONG}3")})
    assert keys.caller(LONG) == keys.caller(f"{LONG}2") == Caller("acme")
    assert keys.caller(f"{LONG}3") == Caller(None)
    assert keys.caller(f"{LONG} {LONG}2") is None
    assert keys.caller(None) is None


def test_without_keys_whoever_reaches_it_may_ask() -> None:
    """The command allows that on loopback alone."""
    assert not Keys({})
    assert Keys({}).caller(None) == Caller(None)


@pytest.mark.parametrize(
    "keys",
    [{"acme": "short"}, {"acme": ""}, {"acme": f"{LONG} short"}, {"acme": LONG, "globex": LONG}],
)
def test_a_key_that_protects_nothing_is_refused(keys: dict[str, str]) -> None:
    """Named by its tenant, never by its value."""
    with pytest.raises(ConfigError, match="FLYWHEEL_SERVE__API_KEYS, ") as raised:
        Keys({tenant: SecretStr(key) for tenant, key in keys.items()})
    assert LONG not in str(raised.value)
    assert "short" not in str(raised.value)
