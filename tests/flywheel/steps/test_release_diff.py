"""What differs between two releases: examples that came, went, changed, or moved across."""

import pytest

from flywheel.bank import publishing
from flywheel.errors import ReleaseError
from flywheel.settings import Settings
from flywheel.steps.release_diff import diff_releases
from schemas.candidate import Target
from schemas.example import Example
from tests.client.releases import example, publish


def _publish(settings: Settings, *examples: Example) -> str:
    with publishing(settings) as releases:
        return publish(releases, examples)


def test_each_side_is_held_against_itself(settings: Settings) -> None:
    """By id; a changed one says in which fields, one that crossed over is named."""
    golden = {"target": Target.GOLDEN}
    first = _publish(
        settings, example("a"), example("b"), example("c"), example("g", **golden), example("m")
    )
    second = _publish(
        settings,
        example("a"),
        example("b", output="Better.", tags={"lang": "en"}),
        example("d"),
        example("g", **golden),
        example("m", **golden),
    )
    found = diff_releases(settings, first, second)
    assert (found.a, found.b, found.moved) == (first, second, ("m",))
    assert (found.bank.came, found.bank.went, found.bank.same) == (("d",), ("c", "m"), 1)
    assert [(one.id, one.fields) for one in found.bank.changed] == [("b", ("output", "tags"))]
    assert (found.golden.came, found.golden.went, found.golden.same) == (("m",), (), 1)
    back = diff_releases(settings, second, first)
    assert (back.bank.came, back.bank.went) == (("c", "m"), ("d",))


def test_a_release_is_the_same_as_itself(settings: Settings) -> None:
    """Nothing came, went or changed."""
    one = _publish(settings, example("a"))
    found = diff_releases(settings, one, one)
    assert found.bank == found.bank.model_copy(update={"came": (), "went": (), "changed": ()})
    assert found.bank.same == 1


@pytest.mark.parametrize("name", ["0123456789abcdef", "../etc"])
def test_a_release_that_is_not_there_is_said(settings: Settings, name: str) -> None:
    """One line, exit 2."""
    one = _publish(settings, example("a"))
    with pytest.raises(ReleaseError):
        diff_releases(settings, one, name)
