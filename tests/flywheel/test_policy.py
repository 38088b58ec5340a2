"""The curation policy: data in a file, with a version, and its mistakes named."""

from pathlib import Path

import pytest

from flywheel.errors import ConfigError
from flywheel.policy import read_personal_data_policy, read_policy
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


def test_the_shipped_personal_data_policy_leaves_only_a_reports_people(settings: Settings) -> None:
    """What people type is scrubbed of everything; documents and labels keep names of their own."""
    policy = read_personal_data_policy(settings.scrub.policy)
    left = {field: types for field, types in policy.leave if types}
    assert left == {"context": ("PERSON",), "label": ("PERSON",)}
    assert (policy.operators.default, policy.operators.by_type) == ("replace", {})


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('context = ["PERSON"]', 'context = ["PEOPLE"]', "leave.context: PEOPLE: no such type"),
        ('context = ["PERSON"]', 'context = ["IBAN_CODE"]', "leave.context: IBAN_CODE cannot stay"),
        ('context = ["PERSON"]', "", "leave.context"),
        ("# CREDIT_CARD", 'CARD = "mask"\n# CREDIT_CARD', "operators.by_type: CARD: no such type"),
        ("# CREDIT_CARD", 'CREDIT_CARD = "hide"\n# C', "operators.by_type.CREDIT_CARD"),
        ("mask_keeps = 0", "mask_keeps = 5", "operators.mask_keeps"),
        ('word = "Baker Hughes"', 'word = " "', "allow.0.word"),
        ("# [[deny]]", '[[deny]]\nword = "x-*"\ntype = "X"\nexample = ""\n#', "deny.0.type"),
    ],
)
def test_a_wrong_value_of_the_personal_data_policy_is_named(
    settings: Settings, tmp_path: Path, old: str, new: str, named: str
) -> None:
    """An unknown type would be a promise that nothing keeps."""
    copy = tmp_path / "policy.toml"
    text = settings.scrub.policy.read_text("utf-8")
    assert old in text
    copy.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError, match=named) as raised:
        read_personal_data_policy(copy)
    assert str(copy) in str(raised.value)


def test_a_missing_personal_data_policy_names_its_setting(tmp_path: Path) -> None:
    """Who mistypes the path learns where it is set."""
    with pytest.raises(ConfigError, match="FLYWHEEL_SCRUB__POLICY"):
        read_personal_data_policy(tmp_path / "none.toml")
