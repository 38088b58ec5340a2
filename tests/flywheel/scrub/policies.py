"""Personal data policies for tests: the shipped one with some of its keys changed."""

from typing import Any, Final

from flywheel.policy import read_personal_data_policy
from flywheel.scrub import Scrubber
from flywheel.settings import ScrubSettings
from schemas.personal_data import PersonalDataPolicy
from tests.flywheel.scrub.conftest import KEY

SHIPPED: Final = read_personal_data_policy(ScrubSettings().policy)


def changed(**sections: dict[str, Any] | list[dict[str, Any]]) -> PersonalDataPolicy:
    """The shipped policy; keys of a section replace its own, a list replaces the list."""
    content = SHIPPED.model_dump(mode="json")
    for name, values in sections.items():
        content[name] = content[name] | values if isinstance(values, dict) else values
    return PersonalDataPolicy.model_validate(content, strict=False)


def scrubber_with(
    settings: ScrubSettings | None = None, **sections: dict[str, Any] | list[dict[str, Any]]
) -> Scrubber:
    """A scrubber under such a policy."""
    return Scrubber(settings or ScrubSettings(), KEY, policy=changed(**sections))
