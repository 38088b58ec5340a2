"""The curation policy: data in a file, with a version, and its mistakes named."""

from pathlib import Path

import pytest

from flywheel.errors import ConfigError
from flywheel.policy import read_policy
from flywheel.settings import Settings
from flywheel.weights import WEIGHTS
from schemas.signal import Signal


def test_the_shipped_policy_reads_and_is_the_default(settings: Settings) -> None:
    """What ships is exclusive, caps at 200, and asks the bank for two signals."""
    policy = read_policy(settings.curation_policy)
    assert policy.exclusive
    assert policy.golden.cap_per_feature_and_day == policy.bank.cap_per_feature_and_day == 200
    assert policy.bank.min_signals == 2
    assert policy.golden.max_p_good < 0.5 < policy.bank.min_p_good


def test_the_shipped_policy_counts_no_weak_hint_as_a_signal(settings: Settings) -> None:
    """What counts towards two independent signals can add at least 1 in favour."""
    signals = read_policy(settings.curation_policy).bank.signals
    most = {s: max(WEIGHTS[s].of(v) for v in (None, 0, 1)) for s in signals}
    most[Signal.CORRECTION] = 2.0  # one that agrees
    assert min(most.values()) >= 1


def test_the_version_is_that_of_the_values(settings: Settings, tmp_path: Path) -> None:
    """A comment leaves it, a value changes it."""
    text = settings.curation_policy.read_text("utf-8")
    policy = read_policy(settings.curation_policy)
    copy = tmp_path / "policy.toml"
    copy.write_text("# another comment\n" + text, "utf-8")
    assert read_policy(copy).version == policy.version
    copy.write_text(text.replace("min_signals = 2", "min_signals = 3"), "utf-8")
    assert read_policy(copy).version != policy.version


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("min_signals = 2", "min_signals = 0", "bank.min_signals"),
        ("min_signals = 2", 'min_signals = "2"', "bank.min_signals"),
        ("max_p_good = 0.25", "max_p_good = 1.5", "golden.max_p_good"),
        ('"thumbs"', '"thumb"', "bank.signals.0"),
        ("exclusive = true", "", "exclusive"),
        ("exclusive = true", "exclusive = true\nextra = 1", "extra"),
        ("exclusive = true", "exclusive = ", "no TOML"),
    ],
)
def test_a_wrong_value_is_named(
    settings: Settings, tmp_path: Path, old: str, new: str, named: str
) -> None:
    """The message says which file and which key, so that it can be mended."""
    copy = tmp_path / "policy.toml"
    text = settings.curation_policy.read_text("utf-8")
    copy.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError, match=named) as raised:
        read_policy(copy)
    assert str(copy) in str(raised.value)


def test_a_missing_policy_names_its_setting(tmp_path: Path) -> None:
    """Who mistypes the path learns where it is set."""
    with pytest.raises(ConfigError, match="FLYWHEEL_CURATION_POLICY"):
        read_policy(tmp_path / "none.toml")
