"""Doctor looks at everything that a run needs and says what to do."""

from pathlib import Path

import pytest

from flywheel.settings import Settings, load_settings
from flywheel.steps.doctor import Check, diagnose
from flywheel.steps.promote import run_promote
from flywheel.store import open_store
from flywheel_client.release import POINTER
from tests.approve import decide
from tests.facts import add_candidate


def _check(settings: Settings, name: str) -> Check:
    return next(check for check in diagnose(settings).checks if check.name == name)


def test_a_fresh_home_is_healthy(settings: Settings) -> None:
    """Nothing published and no endpoint are no fault: they are said."""
    diagnosis = diagnose(settings)
    assert diagnosis.healthy
    assert {c.name: c.state for c in diagnosis.checks} == {
        "home": "ok",
        "salt": "ok",
        "database": "ok",
        "spaCy model": "ok",
        "personal data": "ok",
        "embedder": "ok",
        "prompts": "ok",
        "release": "ok",
        "models": "warning",
    }


def test_a_salt_that_others_can_read_fails_with_the_mend(settings: Settings) -> None:
    """Whoever reads the salt can test guesses against every pseudonym."""
    _ = settings.key
    (settings.home / "salt").chmod(0o644)
    check = _check(settings, "salt")
    assert check.state == "failed"
    assert check.advice == f"chmod 600 {settings.home / 'salt'}"


def test_a_damaged_database_is_a_failed_check_and_the_others_still_run(settings: Settings) -> None:
    """One broken part must not hide the state of the rest."""
    settings.home.mkdir(parents=True)
    settings.database_path.write_bytes(b"not a database" * 100)
    diagnosis = diagnose(settings)
    assert not diagnosis.healthy
    assert len(diagnosis.checks) == 9
    assert _check(settings, "database").state == "failed"
    assert _check(settings, "embedder").state == "ok"


def test_an_embedder_of_ones_own_is_tried(settings: Settings) -> None:
    """Before a publication needs it: what it calls itself, or why it cannot be had."""
    for named, state, told in [
        ("tests.client.trigrams:Trigrams", "ok", "trigrams 1"),
        ("no.such.module:Embedder", "failed", "no.such.module:Embedder cannot be imported"),
    ]:
        check = _check(settings.model_copy(update={"embedder": named}), "embedder")
        assert (check.state, told in check.found) == (state, True)


def test_a_model_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting's package is looked for before a run stumbles over it."""
    monkeypatch.setenv("FLYWHEEL_SCRUB__SPACY_MODEL", "xx_no_such_model")
    check = _check(load_settings(tmp_path), "spaCy model")
    assert (check.state, check.advice) == ("failed", "install the package xx-no-such-model")


def test_an_endpoint_is_shown_but_its_key_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The URL and the judge are what a person wants to see; the key is nobody's business."""
    monkeypatch.setenv("FLYWHEEL_LLM__BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("FLYWHEEL_LLM__API_KEY", "sk-unusual")
    diagnosis = diagnose(load_settings(tmp_path))
    assert "http://127.0.0.1:9/v1; judge: none" in _check(load_settings(tmp_path), "models").found
    assert "unusual" not in diagnosis.model_dump_json()


def test_a_prompt_that_names_what_is_not_given_is_a_failed_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in a prompt file shows before the first evaluation, with file and line."""
    (tmp_path / "broken.md").write_text("---\nname: broken\n---\nuser:\n{{ qestion }}\n")
    monkeypatch.setenv("FLYWHEEL_PROMPTS", str(tmp_path))
    check = _check(load_settings(tmp_path / "home"), "prompts")
    assert check.state == "failed"
    assert "broken.md:5: qestion is undefined" in check.found


@pytest.mark.parametrize("pointed", [None, "the release before"])
def test_a_release_that_production_does_not_see_is_no_good_one(
    settings: Settings, pointed: str | None
) -> None:
    """A kill between its row and the pointer; the next promotion, which is advised, mends it."""
    store, pointer = open_store(settings), settings.releases_path / POINTER
    before = None
    for question in ("One?", "Two?"):
        before = pointer.read_bytes() if pointer.exists() else b""
        decide(store, add_candidate(store, question=question, output="By 7%."))
        newest = run_promote(settings).release
    if pointed is None:
        pointer.unlink()
    else:
        pointer.write_bytes(before or b"")
    check = _release(settings)
    assert (check.state, check.advice) == ("failed", "flywheel promote")
    assert str(newest) in check.found
    assert not run_promote(settings).published
    assert _release(settings).state == "ok"


def _release(settings: Settings) -> Check:
    return next(one for one in diagnose(settings).checks if one.name == "release")
