"""The real tools: in an environment of their own, which `make test-tools` makes and requires."""

import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from flywheel.exports import Form, encode
from tests.flywheel.exports.cases import examples

TOOLS = Path(__file__).parent
REQUIRED = "FLYWHEEL_TEST_TOOLS" in os.environ
"""`make test-tools`: a tool that is not there is a failure, not a reason to skip."""

_MODULES = (
    "argilla",
    "label_studio_sdk",
    "datasets",
    "dspy",
    "inspect_ai",
    "langchain_core",
    "llama_index",
)
_MISSING = [name for name in _MODULES if find_spec(name) is None]
collect_ignore: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Here, all skip where the environment is the main one; `make test` says why."""
    here = [item for item in items if TOOLS in item.path.parents]
    if _MISSING and REQUIRED:
        raise pytest.UsageError(f"{', '.join(_MISSING)}: not installed; run make test-tools")
    if _MISSING:
        for item in here:
            item.add_marker(pytest.mark.skip(reason="tried with the real tools: make test-tools"))


@pytest.fixture(autouse=True)
def quiet_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No telemetry, no update check, caches in the test's own folder."""
    for name, value in {
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "PROMPTFOO_DISABLE_UPDATE": "1",
        "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
        "PROMPTFOO_CONFIG_DIR": str(tmp_path / "promptfoo"),
        "HF_HOME": str(tmp_path / "hf"),
        "DSPY_CACHEDIR": str(tmp_path / "dspy"),
        "TIKTOKEN_CACHE_DIR": str(tmp_path / "tiktoken"),
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def export(tmp_path: Path) -> Callable[[Form, str], Path]:
    """Writes the tricky examples in a form to a file of this name."""

    def export(form: Form, name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(b"".join(encode(examples(), form)))
        return path

    return export


Node = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Runs a program of the npm packages in the test's folder."""
    executable = shutil.which("node")
    assert executable, "node is not installed"

    def node(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        path = TOOLS / "node_modules" / program
        return subprocess.run(
            [executable, str(path), *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return node
