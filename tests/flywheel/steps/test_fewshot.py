"""The command's filters as the client's conditions."""

import pytest

from flywheel.errors import InputError, ReleaseError
from flywheel.settings import Settings
from flywheel.steps.fewshot import parse_filters, run_fewshot


def test_filters_of_one_key_are_alternatives() -> None:
    """Different keys are conditions that all hold; a value may hold an equals sign."""
    assert parse_filters(["feature=a", "lang = en", "feature=b", "formula=x=y"]) == {
        "feature": ["a", "b"],
        "lang": ["en"],
        "formula": ["x=y"],
    }
    assert parse_filters([]) == {}


@pytest.mark.parametrize("text", ["feature", "=a", "", " = "])
def test_a_malformed_filter_is_named_by_number(text: str) -> None:
    """Not by its text, which may be anything."""
    with pytest.raises(InputError, match="--filter 2"):
        parse_filters(["lang=en", text])


def test_without_a_release_there_is_nothing_to_select_from(settings: Settings) -> None:
    """The error says what comes first."""
    with pytest.raises(ReleaseError, match="flywheel promote"):
        run_fewshot(settings, "What was revenue?")
