"""An evaluation that is killed goes on where it stopped."""

import os
import signal
import subprocess
import sys

from flywheel.settings import Settings
from flywheel.store import open_store
from tests.golden import publish_golden
from tests.loopback import Body, Loopback, question_in

CASES = 60
AT_ONCE = 3


def test_killed_in_the_middle_no_kept_answer_is_asked_for_twice(settings: Settings) -> None:
    """SIGKILL, then the same command: whatever had arrived and was kept is not asked for again,
    and at most one request a thread was under way when it died."""
    golden = publish_golden(settings, CASES)
    by_question = {example.messages[0].text: example for example in golden}

    def answer(body: Body) -> str:
        return by_question[question_in(body)].output

    with Loopback(answer, delay_s=0.02) as server:
        process = _evaluate(settings, server)
        for _ in range(CASES // 3):
            assert server.answered.acquire(timeout=60)
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
        kept = _kept(settings)
        assert 0 < len(kept) < CASES
        assert _evaluate(settings, server).wait(120) == 0
        times = server.questions()
    asked_twice = [question for question, count in times.items() if count > 1]
    assert len(times) == CASES and max(times.values()) <= 2
    assert len(asked_twice) <= AT_ONCE
    assert not kept & {by_question[question].case_id for question in asked_twice}
    assert len(_kept(settings)) == CASES


def _evaluate(settings: Settings, server: Loopback) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "FLYWHEEL_LLM__BASE_URL": server.url,
        "FLYWHEEL_LLM__CONCURRENCY": str(AT_ONCE),
    }
    command = [sys.executable, "-m", "flywheel", "evaluate", "--prompt", "earnings_qa"]
    command += ["--candidate", "v1", "--gate", "--json", "--home", str(settings.home)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _kept(settings: Settings) -> set[str]:
    with open_store(settings).transaction() as connection:
        return {row[0] for row in connection.execute("SELECT case_id FROM answers").fetchall()}
