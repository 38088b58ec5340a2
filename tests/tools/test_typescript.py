"""The TypeScript of docs/integrations.md compiles strictly and runs against the real service."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from flywheel_client import WordLlamaEmbedder
from tests.client.releases import example, publish
from tests.flywheel.serve.command import serving
from tests.tools.conftest import TOOLS, Node

DOCS = TOOLS.parent.parent / "docs" / "integrations.md"
KEY = "a-key-of-acme-long-enough"
MAIN = """
import { fewShot } from "./fewshot.js";
const [url, key] = process.argv.slice(2);
const first = await fewShot(url, "What was revenue?", key, 2);
const again = await fewShot(url, "What was revenue?", key, 2);
const refused = await fewShot(url, "What was revenue?", "wrong");
const down = await fewShot("http://127.0.0.1:9", "What was revenue?");
console.log(JSON.stringify({ first, same: first === again, refused, down }));
"""
CONFIG = {
    "compilerOptions": {
        "strict": True,
        "target": "es2022",
        "module": "nodenext",
        "types": ["node"],
        "typeRoots": [str(TOOLS / "node_modules" / "@types")],
        "outDir": "out",
    }
}


@pytest.fixture
def program(node: Node, tmp_path: Path) -> Path:
    """The example and a program that calls it, compiled."""
    (code,) = re.findall(r"^```ts\n(.*?)^```$", DOCS.read_text("utf-8"), re.M | re.S)
    (tmp_path / "fewshot.ts").write_text(code, "utf-8")
    (tmp_path / "main.ts").write_text(MAIN, "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "tsconfig.json").write_text(json.dumps(CONFIG))
    done = node("typescript/bin/tsc", "-p", ".")
    assert done.returncode == 0, done.stdout
    return tmp_path / "out" / "main.js"


def test_the_example_gets_examples_and_goes_on_without(program: Path, tmp_path: Path) -> None:
    """Messages from the service; the second time its own copy (304); none for a wrong key or no
    service, and nothing thrown.
    """
    publish(tmp_path / "home" / "releases", [example("a"), example("b")], WordLlamaEmbedder())
    keys = {"FLYWHEEL_SERVE__API_KEYS": json.dumps({"acme": KEY})}
    with serving(tmp_path / "home", keys) as service:
        done = subprocess.run(
            ["node", str(program), service.url, KEY],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["first"]["ids"] == ["a", "b"]
    assert [m["role"] for m in found["first"]["messages"]] == ["user", "assistant"] * 2
    assert found["same"] is True
    assert found["refused"]["messages"] == found["down"]["messages"] == []
