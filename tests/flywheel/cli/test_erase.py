"""`flywheel erase`: asks first, takes the id in three ways, says what is left to do."""

import pytest

from flywheel.pseudonym import user_key
from flywheel.settings import Settings
from flywheel.store import Store, open_store
from tests.approve import approve
from tests.facts import add_feedback, add_interaction, count_rows
from tests.flywheel.cli.conftest import Run


@pytest.fixture
def store(settings: Settings) -> Store:
    """Facts of two users."""
    store = open_store(settings)
    for user in ("jane", "otto"):
        key = user_key(settings.key, user)
        add_feedback(store, add_interaction(store, id=f"i-{user}", user=key), "share", user=key)
    return store


@pytest.mark.parametrize("way", ["argument", "stdin", "key"])
def test_a_user_is_named_in_three_ways(
    run: Run, store: Store, settings: Settings, way: str
) -> None:
    """As an argument, piped in, or by the pseudonym."""
    if way == "stdin":
        done = run("erase", "-", "--yes", "--json", stdin="jane\n")
    elif way == "key":
        done = run("erase", "--user-key", user_key(settings.key, "jane"), "--yes", "--json")
    else:
        done = run("erase", "jane", "--yes", "--json")
    assert (done.code, done.json["interactions"], done.json["feedback"]) == (0, 1, 1)
    assert count_rows(store, "interactions") == count_rows(store, "feedback") == 1


def test_without_yes_nothing_is_erased_by_a_script(run: Run, store: Store) -> None:
    """No terminal, no answer: one line and exit 2."""
    done = run("erase", "jane")
    assert done.code == 2 and "add --yes" in done.err and done.err.count("\n") == 1
    assert count_rows(store, "interactions") == 2


@pytest.mark.parametrize("arguments", [[], ["jane", "--user-key", "abc"], [""], ["-"]])
def test_exactly_one_user_is_needed(run: Run, store: Store, arguments: list[str]) -> None:
    """None, two, or an empty one is a mistake."""
    done = run("erase", *arguments, "--yes")
    assert done.code == 2 and done.err.startswith("error: ")
    assert count_rows(store, "interactions") == 2


def test_what_is_left_to_do_is_said(run: Run, store: Store, settings: Settings) -> None:
    """Publish anew, delete older releases, and the source files."""
    candidate = approve(store, "golden", "what jane has asked")
    with store.transaction() as connection:
        connection.execute(
            "UPDATE interactions SET user_key = $key WHERE id = "
            "(SELECT interaction_id FROM candidates WHERE candidate_id = $candidate)",
            {"key": user_key(settings.key, "jane"), "candidate": candidate},
        )
    release = run("promote", "--json").json["release"]
    done = run("erase", "jane", "--yes", "--reason", "request 17")
    assert "examples withdrawn" in done.out and "flywheel promote" in done.out
    assert release in done.out.replace("\n", "") and "source files" in done.out
    assert "jane" not in done.out.replace("flywheel", "")


def test_an_unknown_user_is_no_error(run: Run, store: Store) -> None:
    """Nothing is stored, and that is said."""
    done = run("erase", "nobody", "--yes")
    assert done.code == 0 and "Nothing is stored about this user." in done.out
