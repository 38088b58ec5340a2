"""An unexpected error tells kind and place, and no user's text gets out with it."""

import pytest
from prefect import flow
from prefect.client.schemas.objects import State

from flywheel.errors import SourceError, WithheldError
from tasks.guard import ends_in_a_state, guarded, withhold

PLANTED = "anneke.vandenberg@example.org"


def _quotes_a_user() -> None:
    raise ValueError(f"could not convert string to float: {PLANTED}")


def test_kind_and_place_remain() -> None:
    """Enough to find the line, nothing of what stood in it."""
    with pytest.raises(WithheldError) as caught:
        guarded(_quotes_a_user)()
    said = str(caught.value)
    assert "unexpected ValueError at tests/tasks/test_guard.py:" in said
    assert "in _quotes_a_user" in said
    assert PLANTED not in said


def test_the_error_beneath_is_not_printed_with_it() -> None:
    """A traceback of the withheld error does not go on with `During handling of …`."""
    with pytest.raises(WithheldError) as caught:
        guarded(_quotes_a_user)()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("error", [SourceError("a.jsonl: not there"), OSError(28, "disk full")])
def test_errors_that_never_quote_pass(error: Exception) -> None:
    """Retries look at their type, and people at their text."""

    def fails() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        guarded(fails)()
    assert caught.value is error


def test_a_result_passes() -> None:
    """Name and docstring stay those of the function: Prefect shows them."""

    def adds(one: int, other: int = 1) -> int:
        """Adds."""
        return one + other

    assert guarded(adds)(2) == 3
    assert (guarded(adds).__name__, guarded(adds).__doc__) == ("adds", "Adds.")


def test_an_error_of_a_library_alone_names_no_folder() -> None:
    """Frames outside the project would show the machine's paths."""
    try:
        int("x")
    except ValueError as error:
        error.__traceback__ = None
        assert "at a library" in str(withhold(error))


def test_a_flow_ends_failed_with_the_message_and_raises_nothing() -> None:
    """What a flow raises Prefect would pickle beside its database."""

    @flow
    @ends_in_a_state
    def story(how: str = "known") -> State[None]:
        if how == "known":
            raise SourceError("a.jsonl: not there")
        return State[None](type="COMPLETED") if how == "well" else _quotes_a_user()  # type: ignore

    assert story.name == "story"
    assert set(story.parameters.properties) == {"how"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.guard.get_run_logger", lambda: _Quiet())
        known, unexpected = story.fn("known"), story.fn("unexpected")
        assert story.fn("well").is_completed()
    assert (known.name, known.message) == ("Failed", "SourceError: a.jsonl: not there")
    assert known.data is None
    assert (unexpected.message or "").startswith("WithheldError: unexpected ValueError at tests/")
    assert PLANTED not in (unexpected.message or "")


class _Quiet:
    def error(self, message: str) -> None:
        assert PLANTED not in message
