"""Docs cannot drift: every command, option, setting, signal and reason code stands in them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from pydantic import BaseModel

from flywheel.cli import build
from flywheel.settings import Settings
from schemas.fault import Reason
from schemas.signal import SIGNALS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SHARED_OPTIONS = {"--home", "--json", "--help"}


def _commands() -> Iterator[tuple[str, list[str]]]:
    """Every command's full name and its options, groups walked."""

    def walk(name: str, command: object) -> Iterator[tuple[str, list[str]]]:
        children = getattr(command, "commands", None)
        if children:
            for child_name, child in children.items():
                yield from walk(f"{name} {child_name}", child)
            return
        params = getattr(command, "params", [])
        options = [opt for p in params for opt in p.opts if opt.startswith("--")]
        yield name, options

    yield from walk("flywheel", typer.main.get_command(build()))


def _settings(model: type[BaseModel], prefix: str = "FLYWHEEL_") -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _settings(kind, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}"


@pytest.mark.parametrize(("command", "options"), list(_commands()))
def test_every_command_and_option_is_documented(command: str, options: list[str]) -> None:
    """docs/commands.md has a section for each command that names each of its options."""
    text = (DOCS / "commands.md").read_text("utf-8")
    section = re.search(
        rf"^##+ `{re.escape(command)}\b[^\n]*`\n(.*?)(?=^##+ |\Z)", text, re.M | re.S
    )
    assert section, f"docs/commands.md has no section for {command}"
    missing = [o for o in options if o not in SHARED_OPTIONS and f"`{o}" not in section[1]]
    assert not missing, f"docs/commands.md, {command}: {missing} not described"


def test_no_documented_command_is_missing() -> None:
    """A section of docs/commands.md that names no command is a promise that nothing keeps."""
    text = (DOCS / "commands.md").read_text("utf-8")
    known = {name for name, _ in _commands()}
    for heading in re.findall(r"^##+ `(flywheel[^`]*)`", text, re.M):
        words = [word for word in heading.split() if re.fullmatch(r"[a-z]+", word)]
        assert " ".join(words) in known, f"docs/commands.md: {heading} is no command"


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    """docs/settings.md and the Settings class name the same variables."""
    documented = set(
        re.findall(r"^\| `(FLYWHEEL_[A-Z_]+)`", (DOCS / "settings.md").read_text(), re.M)
    )
    assert documented == set(_settings(Settings))


def test_the_event_format_names_every_signal_and_reason_code() -> None:
    """docs/event-format.md has every signal and every reason code, in backticks."""
    text = (DOCS / "event-format.md").read_text("utf-8")
    missing = [name for name in [*SIGNALS, *Reason] if f"`{name}`" not in text]
    assert not missing


def test_links_between_the_documents_lead_somewhere() -> None:
    """Every relative link in the README and docs names a file that exists."""
    for page in [
        ROOT / "README.md",
        *DOCS.glob("*.md"),
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
    ]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target} does not exist"


def test_the_readme_names_only_commands_that_exist() -> None:
    """Each `flywheel …` line of a README code block starts with a real command."""
    known = {name.split()[1] for name, _ in _commands()}
    text = (ROOT / "README.md").read_text("utf-8")
    for block in re.findall(r"```(?:bash|console|sh)?\n(.*?)```", text, re.S):
        for word in re.findall(r"^\s*(?:\$ )?flywheel ([a-z]+)", block, re.M):
            assert word in known, f"README.md: flywheel {word} is no command"
