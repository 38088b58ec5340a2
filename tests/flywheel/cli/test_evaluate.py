"""`flywheel evaluate`: exit codes, JSON, messages of one line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flywheel.settings import Settings
from tests.golden import publish_golden, write_replay


def _run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flywheel", "evaluate", "--home", str(settings.home)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")}
    return subprocess.run(
        [*command, *arguments], capture_output=True, text=True, timeout=120, env=environment
    )


@pytest.mark.parametrize(
    ("broken", "code", "verdict"), [(0, 0, "pass"), (5, 1, "regression"), (1, 3, "inconclusive")]
)
def test_the_gate_has_an_exit_code_for_each_verdict(
    settings: Settings, tmp_path: Path, broken: int, code: int, verdict: str
) -> None:
    """0 pass, 1 regression, 3 inconclusive; one JSON object on standard output."""
    golden = publish_golden(settings, 40)
    answers = {e.case_id: "$7" if i < broken else e.output for i, e in enumerate(golden)}
    candidate = write_replay(tmp_path / "answers.jsonl", answers)
    options = ["--prompt", "earnings_qa", "--candidate", candidate, "--json"]
    done = _run(settings, *options, "--gate")
    assert done.returncode == code, done.stderr
    assert json.loads(done.stdout)["verdict"] == verdict


def test_without_the_gate_a_verdict_is_only_said(settings: Settings, tmp_path: Path) -> None:
    """Exit 0, a table and the path of the page."""
    golden = publish_golden(settings, 40)
    candidate = write_replay(tmp_path / "a.jsonl", {e.case_id: "$7" for e in golden})
    done = _run(settings, "--prompt", "earnings_qa", "--candidate", candidate)
    assert done.returncode == 0, done.stderr
    assert "REGRESSION" in done.stdout and "report.html" in done.stdout


def test_no_endpoint_is_one_clear_line(settings: Settings) -> None:
    """Exit 2, and what to set."""
    publish_golden(settings, 12)
    done = _run(settings, "--prompt", "earnings_qa", "--candidate", "some-model")
    assert done.returncode == 2
    assert done.stderr.strip().count("\n") == 0 and "OPENAI_API_KEY" in done.stderr
