"""What judgements are worth: how fast rounds are drawn, whether shares cover, when a refit is used.

`python -m benchmarks.judgement` (`make bench-judgement`). The first table draws rounds from a store
of 100,000 candidates; the others are worlds of `benchmarks.worlds`, in which the truth is known.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.timing import Took, measure
from benchmarks.worlds import AS_THOUGHT, OTHERWISE, Queue, judged_answers
from flywheel.refit import Demand, choose_weights
from flywheel.sampling import estimate_share
from flywheel.settings import Settings, load_settings
from flywheel.steps.draw import run_draw
from flywheel.store import Connection, open_store

CANDIDATES: Final = 100_000
ROUNDS: Final = 5
WORLDS: Final = 1000
"""For shares: the standard error of a coverage of 95% is .7 points."""
REFITS: Final = 20

# Made in the database: a hundred thousand candidates by way of Python would take minutes.
_FILL: Final = (
    """
    INSERT INTO interactions (
        id, time, feature, tenant, user_key, model, messages, context, output, cost_usd, consent,
        tags, content_key, case_id, batch_id
    )
    SELECT
        'i-' || i, TIMESTAMPTZ '2025-01-01 00:00:00+00' + to_seconds(12 * i), 'f' || (i % 5), 't',
        'u-' || (i % 999), 'm', '[]', '[]', repeat('answer ' || i, 20), (i % 100) / 1000, TRUE,
        '{}', 'k-' || i, 'case-' || (i % $n), 'b'
    FROM range(3 * $n) AS t (i)
    """,
    """
    INSERT INTO scores (interaction_id, p_good, evidence, weights_version, feedback_hash, seq)
    SELECT 'i-' || i, (i % 1000) / 1000, '[]', 'w', 'h', i FROM range($n) AS t (i)
    """,
    """
    INSERT INTO candidates (
        candidate_id, case_id, target, interaction_id, messages, context, output, proposed_output,
        reason_code, reason, p_good, evidence, policy_version, feature, tenant, tags, day
    )
    SELECT
        'c-' || i, 'case-' || i, 'golden', 'i-' || i, '[]', '[]', repeat('answer ' || i, 20), 'x',
        'judged_bad', 'r', 0.2, '[]', 'p', 'f', 't', '{}', '2025-01-01'
    FROM range($n) AS t (i)
    """,
)


def draw_times(settings: Settings, candidates: int, rounds: int) -> list[Took]:
    """What rounds take that are drawn from so many that wait."""
    with open_store(settings).transaction() as connection:
        _fill(connection, candidates)

    def draw() -> None:
        report = run_draw(settings)
        if report.drawn != settings.sampling.round_size:
            raise RuntimeError(f"{report.drawn} cases drawn")

    draw()  # imports, and the file's first opening
    return [measure(draw) for _ in range(rounds)]


def coverage(
    rounds: int, arrive: int, size: int, worlds: int, random_share: float = 0.3
) -> tuple[float, float, float, float]:
    """Of shares: mean error, its standard error, coverage at 95%; the mean error of naive ones."""
    errors, held, naive = [], 0, []
    for seed in range(worlds):
        queue = Queue(np.random.default_rng(seed))
        queue.arrive(400, 0.85)
        for number in range(rounds):
            if number:
                queue.arrive(arrive, 0.5)
            queue.draw(size, random_share)
        share = estimate_share("all", list(queue.drawn.values()), queue.populations)
        truth = float(queue.yes.mean())
        if share.value is None or share.low is None or share.high is None or share.naive is None:
            raise RuntimeError("a stratum without a decision")
        errors.append(share.value - truth)
        naive.append(share.naive - truth)
        held += share.low <= truth <= share.high
    spread = float(np.std(errors)) / worlds**0.5
    return float(np.mean(errors)), spread, held / worlds, float(np.mean(naive))


def refits_used(decisions: int, worlds: int) -> tuple[float, float]:
    """How often fitted weights are used: where the table is right, and where it is wrong."""
    demand = Demand(min_decisions=decisions, resamples=400)
    shares = []
    for truth in (AS_THOUGHT, OTHERWISE):
        used = [
            choose_weights(judged_answers(truth, decisions, seed), demand).better
            for seed in range(worlds)
        ]
        shares.append(sum(used) / worlds)
    return shares[0], shares[1]


def main() -> int:
    """Print the three tables."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        taken = draw_times(load_settings(Path(folder)), CANDIDATES, ROUNDS)
    walls, processors = zip(*taken, strict=True)
    console.print(
        f"A round of {CANDIDATES:,} candidates that wait and {3 * CANDIDATES:,} answers: "
        f"{median(walls):.2f} s ({min(walls):.2f} to {max(walls):.2f}), processor "
        f"{median(processors):.2f} s"
    )
    console.print(_shares())
    console.print(_refits())
    return 0


def _shares() -> Table:
    table = Table(title=f"Shares in {WORLDS:,} worlds of 400 cases, 30% of a round random")
    for name in ("rounds", "of", "come between", "error", "covered", "naive error"):
        table.add_column(name, justify="right", no_wrap=True)
    for rounds, arrive, size in ((1, 0, 100), (3, 0, 50), (4, 60, 80), (4, 60, 40)):
        error, spread, covered, naive = coverage(rounds, arrive, size, WORLDS)
        table.add_row(
            f"{rounds}",
            f"{size}",
            f"{arrive}",
            f"{error:+.4f} ± {1.96 * spread:.4f}",
            f"{covered:.1%}",
            f"{naive:+.3f}",
        )
    return table


def _refits() -> Table:
    table = Table(title=f"Refits used, of {REFITS} worlds each")
    for name in ("decisions", "table right", "table wrong"):
        table.add_column(name, justify="right")
    for decisions in (100, 200, 400):
        right, wrong = refits_used(decisions, REFITS)
        table.add_row(f"{decisions}", f"{right:.0%}", f"{wrong:.0%}")
    return table


def _fill(connection: Connection, candidates: int) -> None:
    for statement in _FILL:
        connection.execute(statement, {"n": candidates})


if __name__ == "__main__":
    sys.exit(main())
