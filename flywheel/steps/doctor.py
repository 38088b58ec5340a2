"""Checks an installation: what is there, what is missing, and what to do about it."""

import importlib.util
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from typing import Final, Literal

from flywheel.errors import FlywheelError
from flywheel.settings import Settings
from flywheel.store import open_store
from schemas.base import Record

_LOW_DISK: Final = 2**30
"""Bytes; less than this is worth a warning."""


class Check(Record):
    """One thing that was looked at."""

    name: str
    state: Literal["ok", "warning", "failed"]
    found: str
    advice: str | None = None


class Diagnosis(Record):
    """All checks; healthy when none failed."""

    healthy: bool
    checks: tuple[Check, ...]


def diagnose(settings: Settings) -> Diagnosis:
    """Look at everything a run needs; a check that breaks is a failed check, not an error."""
    checks = tuple(_run(settings))
    return Diagnosis(healthy=all(c.state != "failed" for c in checks), checks=checks)


def _run(settings: Settings) -> Iterator[Check]:
    for name, check in _CHECKS.items():
        try:
            yield check(settings)
        except (FlywheelError, OSError) as error:
            yield Check(name=name, state="failed", found=str(error))


def _home(settings: Settings) -> Check:
    home = settings.home
    home.mkdir(parents=True, exist_ok=True)
    if not os.access(home, os.W_OK):
        return Check(
            name="home",
            state="failed",
            found=f"{home} cannot be written",
            advice="choose another with --home or FLYWHEEL_HOME",
        )
    free = shutil.disk_usage(home).free
    if free < _LOW_DISK:
        found = f"{home}: {free // 2**20} MiB free"
        return Check(name="home", state="warning", found=found, advice="make room")
    return Check(name="home", state="ok", found=f"{home}, {free // 2**30} GiB free")


def _salt(settings: Settings) -> Check:
    if settings.salt is not None:
        _ = settings.key
        return Check(name="salt", state="ok", found="from FLYWHEEL_SALT")
    _ = settings.key
    path = settings.home / "salt"
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Check(
            name="salt",
            state="failed",
            found=f"{path} can be read by others",
            advice=f"chmod 600 {path}",
        )
    return Check(name="salt", state="ok", found=f"{path}, readable by its owner only")


def _database(settings: Settings) -> Check:
    with open_store(settings).transaction() as connection:
        row = connection.execute("SELECT max(number) FROM migrations").fetchone()
    version = row[0] if row else "?"
    return Check(name="database", state="ok", found=f"{settings.database_path}, schema {version}")


def _package(name: str, module: str, advice: str) -> Check:
    if importlib.util.find_spec(module) is None:
        return Check(name=name, state="failed", found=f"{module} is not installed", advice=advice)
    return Check(name=name, state="ok", found=module)


def _model(settings: Settings) -> Check:
    modules = [name.strip() for name in settings.scrub.spacy_model.split(",")]
    module = next((name for name in modules if importlib.util.find_spec(name) is None), modules[0])
    return _package("spaCy model", module, f"install the package {module.replace('_', '-')}")


def _lists(settings: Settings) -> Check:
    from flywheel.scrub import get_scrubber
    from flywheel.scrub.entries import failing_entries

    scrubber, name = get_scrubber(settings), "personal data"
    failing = list(failing_entries(scrubber))
    if failing:
        advice = f"mend the entries of {settings.scrub.policy}"
        return Check(name=name, state="failed", found="; ".join(failing), advice=advice)
    policy = scrubber.policy
    lists = f"{len(policy.allow)} words allowed, {len(policy.deny)} denied, each works"
    return Check(name=name, state="ok", found=f"policy {scrubber.version}: {lists}")


def _embedder(settings: Settings) -> Check:
    if ":" not in settings.embedder:
        return _package("embedder", settings.embedder, f"install the package {settings.embedder}")
    from flywheel.embed import get_embedder

    made = get_embedder(settings)
    return Check(name="embedder", state="ok", found=f"{made.name} {made.version}")


def _prompts(settings: Settings) -> Check:
    from flywheel.prompt import JUDGE_VARIABLES, QUESTION_VARIABLES, load_prompt

    names = sorted(path.stem for path in settings.prompts.glob("*.md"))
    for name in names:
        judges = name == settings.llm.judge_prompt
        load_prompt(settings.prompts, name, JUDGE_VARIABLES if judges else QUESTION_VARIABLES)
    if not names:
        found = f"no prompt in {settings.prompts}"
        return Check(name="prompts", state="warning", found=found, advice="see docs/evaluation.md")
    return Check(name="prompts", state="ok", found=", ".join(names))


def _release(settings: Settings) -> Check:
    from flywheel.steps.release import list_releases, show_release

    rows = list_releases(settings)
    if not rows:
        return Check(name="release", state="ok", found="none published yet")
    current = rows[0]
    if not current.current:
        found = f"{current.release_id} is published, and not where production looks"
        return Check(name="release", state="failed", found=found, advice="flywheel promote")
    shown = show_release(settings, current.release_id)
    if not shown.whole:
        found = f"{current.release_id} is damaged"
        advice = "flywheel release rollback to a whole one"
        return Check(name="release", state="failed", found=found, advice=advice)
    return Check(name="release", state="ok", found=f"{current.release_id}, every hash as recorded")


def _llm(settings: Settings) -> Check:
    key = settings.llm.api_key is not None or "OPENAI_API_KEY" in os.environ
    url = settings.llm.base_url or os.environ.get("OPENAI_BASE_URL")
    if not key and not url:
        return Check(
            name="models",
            state="warning",
            found="no endpoint: evaluate can only replay",
            advice="set OPENAI_API_KEY or FLYWHEEL_LLM__BASE_URL",
        )
    judge = settings.llm.judge_model or "none (its scores are not run)"
    return Check(name="models", state="ok", found=f"{url or 'OpenAI'}; judge: {judge}")


_CHECKS: Final[dict[str, Callable[[Settings], Check]]] = {
    "home": _home,
    "salt": _salt,
    "database": _database,
    "spaCy model": _model,
    "personal data": _lists,
    "embedder": _embedder,
    "prompts": _prompts,
    "release": _release,
    "models": _llm,
}
