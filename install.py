"""Installs what a lock names, by uv where it can and else by pip: `make` runs it in .venv.

pip takes minutes for it, on one core. It stays the one that is configured: where packages come
from is what pip's files and PIP_* say, which uv does not read, so they are handed over. Where uv
has no wheel, does not know a setting or fails, pip goes on, and a line says why.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
# How uv calls pip's settings. Addresses of indexes may hold passwords: not in a command line.
VARIABLES = {
    "index-url": ["UV_DEFAULT_INDEX"],
    "extra-index-url": ["UV_EXTRA_INDEX_URL"],
    "cert": ["SSL_CERT_FILE"],
    "proxy": ["HTTP_PROXY", "HTTPS_PROXY"],
    "timeout": ["UV_HTTP_TIMEOUT"],
    "default-timeout": ["UV_HTTP_TIMEOUT"],
}
OPTIONS = {"find-links": "--find-links", "trusted-host": "--allow-insecure-host"}
FLAGS = {"no-index": "--no-index", "no-cache-dir": "--no-cache"}
NO = frozenset({"0", "false", "no", "off", "n", "f", ""})
# What cannot change which files are installed when all are pinned and hashed and no dependencies
# are followed, or only says how pip talks.
WITHOUT_EFFECT = frozenset(
    "break-system-packages cache-dir config-file constraint disable-pip-version-check exists- "
    "action no-color no-input no-warn-script-location prefer-binary progress-bar quiet "
    "require-virtualenv retries root-user-action upgrade upgrade-strategy verbose".split()
)


class Untranslatable(Exception):
    """uv cannot install here: the message says why."""


@dataclass
class Handover:
    """pip's configuration as uv takes it."""

    arguments: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


def read_settings(listing: str) -> dict[str, str]:
    """Of `pip config list`, what holds for `pip install`: PIP_* over [install] over [global]."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in found:
            found[section][key.lower().replace("_", "-")] = str(ast.literal_eval(value))
    return found["global"] | found["install"] | found[":env:"]


def translate(settings: dict[str, str]) -> Handover:
    """Hand pip's settings over to uv. Raises Untranslatable for one that it has no word for."""
    handover = Handover()
    for name, value in settings.items():
        if name in VARIABLES:
            handover.environment |= dict.fromkeys(VARIABLES[name], " ".join(value.split()))
        elif name in OPTIONS:
            handover.arguments += _each(OPTIONS[name], value.split())
        elif name in FLAGS:
            handover.arguments += [] if value.lower() in NO else [FLAGS[name]]
        elif name not in WITHOUT_EFFECT:
            raise Untranslatable(f"pip is configured with {name}, which uv would not heed")
    return handover


def _each(option: str, values: Iterable[str]) -> list[str]:
    return [part for value in values for part in (option, value)]


def _get_uv(lock: Path) -> Path:
    """uv as the lock pins it, put into the environment by pip. Never built: that takes Rust."""
    uv = Path(sys.executable).parent / "uv"
    pinned = re.search(r"^uv==.*(?:\n +--hash.*)+", lock.read_text("utf-8"), re.MULTILINE)
    if pinned is None:
        if uv.exists():
            return uv  # a second environment's lock: the first one's has brought it
        raise Untranslatable(f"{lock} does not name uv")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pinned[0] + "\n")
        file.flush()
        options = ("--quiet", "--require-hashes", "--no-deps", "--only-binary", "uv")
        command = [*PIP, "install", *options, "-r", file.name]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            raise Untranslatable("the package index has no wheel of uv for this machine")
    return uv


def _run(command: list[str], environment: dict[str, str] | None = None) -> int:
    return subprocess.run(command, check=False, env=os.environ | (environment or {})).returncode


def _install_by_uv(wanted: argparse.Namespace) -> None:
    listing = subprocess.run([*PIP, "config", "list"], check=True, capture_output=True, text=True)
    handover = translate(read_settings(listing.stdout))
    uv = _get_uv(wanted.lock)
    shared = [str(uv), "pip", "install", "--quiet", "--no-config", "--no-deps"]
    shared += ["--python", str(wanted.python), *handover.arguments]
    # Wherever a file lies, its hash says whether it is the one: look into all indexes, as pip does.
    locked = ["--require-hashes", "--index-strategy", "unsafe-best-match", "-r", str(wanted.lock)]
    commands = [[*shared, *locked, *([] if wanted.no_compile else ["--compile-bytecode"])]]
    if wanted.editable:
        commands.append([*shared, "--no-build-isolation", *_each("--editable", wanted.editable)])
    for command in commands:
        if _run(command, handover.environment):
            raise Untranslatable("uv failed")


def _install_by_pip(wanted: argparse.Namespace) -> int:
    shared = [*PIP, "--python", str(wanted.python), "install", "--quiet", "--no-deps"]
    locked = ["--require-hashes", "-r", str(wanted.lock)]
    if wanted.python != sys.executable:
        locked.append("--ignore-installed")  # what it borrows from here does not count
    locked += ["--no-compile"] if wanted.no_compile else []
    commands = [[*shared, *locked]]
    if wanted.editable:
        commands.append([*shared, "--no-build-isolation", *_each("--editable", wanted.editable)])
    for command in commands:
        if code := _run(command):
            return code
    return 0


def main() -> int:
    """Install a lock's packages, then folders as they stand; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lock", type=Path, help="a requirements file with hashes")
    parser.add_argument("--python", default=sys.executable, help="whose environment (default: own)")
    parser.add_argument("--no-compile", action="store_true", help="leave bytecode to first imports")
    parser.add_argument("--editable", action="append", default=[], help="a folder to link to")
    wanted = parser.parse_args()
    try:
        _install_by_uv(wanted)
    except (Untranslatable, OSError, subprocess.SubprocessError) as reason:
        sys.stderr.write(f"Installing by pip, which takes longer: {reason}.\n")
        return _install_by_pip(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
