"""Settings are read once, typed, and never show a secret."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import BaseModel

from flywheel.errors import ConfigError
from flywheel.settings import Settings, load_settings


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arguments, environment, flywheel.toml, defaults: in that order."""
    (tmp_path / "flywheel.toml").write_text(
        'home = "from-file"\n[ingest]\nbatch_lines = 7\nbatch_bytes = 9\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLYWHEEL_INGEST__BATCH_LINES", "8")
    settings = load_settings()
    assert settings.home == Path("from-file")
    assert (settings.ingest.batch_lines, settings.ingest.batch_bytes) == (8, 9)
    assert settings.gate.margin == 0.05
    assert load_settings(Path("from-argument")).home == Path("from-argument")


@pytest.mark.parametrize(
    "name", ["FLYWHEEL_GATE__MARGIN", "FLYWHEEL_INGEST__BATCH_LINES", "FLYWHEEL_LLM__TIMEOUT_S"]
)
def test_a_wrong_value_is_named_but_not_quoted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says which setting and which rule, never the value."""
    monkeypatch.setenv(name, "s3cret-looking")
    with pytest.raises(ConfigError) as error:
        load_settings()
    assert name.removeprefix("FLYWHEEL_").replace("__", ".").lower() in str(error.value)
    assert "s3cret" not in str(error.value)


def test_an_unknown_key_in_the_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typing error in flywheel.toml is noticed, not ignored."""
    (tmp_path / "flywheel.toml").write_text("[gate]\nmargn = 0.1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"gate\.margn"):
        load_settings()


def test_a_file_that_is_not_toml_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken flywheel.toml is a user's mistake, not a traceback."""
    (tmp_path / "flywheel.toml").write_text("home = \n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"flywheel\.toml"):
        load_settings()


def test_secrets_are_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither repr nor str nor JSON of the settings shows the salt or a key."""
    monkeypatch.setenv("FLYWHEEL_SALT", "an-unusual-salt-value")
    monkeypatch.setenv("FLYWHEEL_LLM__API_KEY", "sk-unusual")
    settings = load_settings()
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "unusual" not in shown
    assert settings.key == b"an-unusual-salt-value"


def test_a_short_salt_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A salt that could be guessed keys nothing."""
    monkeypatch.setenv("FLYWHEEL_SALT", "short")
    with pytest.raises(ConfigError, match="16 characters"):
        _ = load_settings().key


def test_the_salt_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """Without a configured salt one is created in the home, mode 600, and kept."""
    first = load_settings(tmp_path).key
    assert len(first) >= 32
    assert load_settings(tmp_path).key == first
    assert stat.S_IMODE((tmp_path / "salt").stat().st_mode) == 0o600
    assert load_settings(tmp_path / "other").key != first


def test_many_first_runs_at_once_agree_on_one_salt(tmp_path: Path) -> None:
    """Whoever comes second reads the salt of whoever came first, whole."""
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: load_settings(tmp_path).key, range(64)))
    assert len(keys) == 1


def test_a_damaged_salt_stops_the_run(tmp_path: Path) -> None:
    """An empty salt file would silently re-key every pseudonym."""
    (tmp_path / "salt").write_text("")
    with pytest.raises(ConfigError, match="damaged"):
        _ = load_settings(tmp_path).key


def test_no_section_has_a_field_named_like_a_mapping() -> None:
    """Prefect looks through a task's settings with `dict(section)`, which would call it."""
    sections = (field.annotation for field in Settings.model_fields.values())
    models = [one for one in sections if isinstance(one, type) and issubclass(one, BaseModel)]
    assert len(models) > 4
    assert not {name for model in models for name in model.model_fields} & set(dir(dict))
