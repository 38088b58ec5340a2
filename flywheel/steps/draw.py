"""Draws the cases that reviewers are asked next, and estimates what they would say of all."""

from collections import defaultdict
from typing import Any, Final
from uuid import uuid4

import numpy as np

from flywheel.policy import read_policy
from flywheel.sampling import Drawn, Frame, Rising, draw_round, estimate_share
from flywheel.settings import Settings
from flywheel.store import Connection, Store, open_store
from flywheel.store.sql import fetch_rows, sql
from schemas.draw import Draw, DrawReport, Share, ShareReport

_ROUNDS: Final = 12
"""Of the newest rounds, so many are told one by one."""


def run_draw(
    settings: Settings,
    *,
    size: int | None = None,
    only_when_low: bool = False,
    reviewers: int | None = None,
    rng: np.random.Generator | None = None,
) -> DrawReport:
    """Draw a round from what waits and was never drawn, in one transaction.

    `size`: cases (default: `FLYWHEEL_SAMPLING__ROUND_SIZE`); `only_when_low`: nothing while
    `FLYWHEEL_SAMPLING__REFILL_BELOW` drawn cases or more still wait. `reviewers`: how many there
    are (default: who has judged anything so far); one alone gets no case that two must judge.

    The transaction holds the store's lock: two at once draw no case twice. Raises `ConfigError`
    for a wrong policy.
    """
    golden = read_policy(settings.curation_policy).golden
    with open_store(settings).transaction() as connection:
        waiting = _count(connection, "open_draws")
        if only_when_low and waiting >= settings.sampling.refill_below:
            return _report(None, [], waiting)
        frame = _read_frame(connection)
        known = _count(connection, "count_reviewers") if reviewers is None else reviewers
        several = known > 1
        draws = draw_round(
            frame,
            f"r-{uuid4().hex[:12]}",
            size=settings.sampling.round_size if size is None else size,
            random_share=settings.sampling.random_share,
            double_share=settings.sampling.double_share if several else 0.0,
            rising=Rising(golden.rising_min_asked, golden.rising_factor),
            rng=np.random.default_rng() if rng is None else rng,
        )
        if draws:
            _append(connection, draws)
    return _report(frame, draws, waiting + len(draws))


def run_shares(settings: Settings) -> ShareReport:
    """The share of cases that reviewers say yes to, estimated for all that waited."""
    confidence = settings.refit.confidence
    store = open_store(settings)
    names, rounds, populations = _read_drawn(store)
    with store.transaction() as connection:
        undrawn = _count(connection, "undrawn_decisions")
    newest = sorted(rounds, reverse=True)[:_ROUNDS]
    everything = [case for cases in rounds.values() for case in cases]
    return ShareReport(
        rounds=tuple(
            estimate_share(names[number], rounds[number], populations, confidence)
            for number in newest
        ),
        whole=_whole(everything, populations, confidence),
        confidence=confidence,
        undrawn=undrawn,
    )


def read_drawn(store: Store) -> list[Drawn]:
    """Every drawn case with its outcome, for those who weigh by it."""
    return [case for cases in _read_drawn(store)[1].values() for case in cases]


def _whole(everything: list[Drawn], populations: dict[int, int], confidence: float) -> Share | None:
    return estimate_share("all", everything, populations, confidence) if everything else None


def _read_drawn(store: Store) -> tuple[dict[int, str], dict[int, list[Drawn]], dict[int, int]]:
    """By round: its id, its cases, its population."""
    with store.transaction() as connection:
        rows = fetch_rows(connection, "drawn_cases")
    rounds: dict[int, list[Drawn]] = defaultdict(list)
    for row in rows:
        rounds[row["round"]].append(_drawn(row))
    names = {row["round"]: row["round_id"] for row in rows}
    return names, rounds, {row["round"]: row["population"] for row in rows}


def _drawn(row: dict[str, Any]) -> Drawn:
    return Drawn(
        candidate_id=row["candidate_id"],
        round=row["round"],
        stratum=row["stratum"],
        probability=row["probability"],
        came=row["came"],
        outcome=row["outcome"],
    )


def _read_frame(connection: Connection) -> Frame:
    columns = connection.execute(sql("draw_population")).fetchnumpy()
    return Frame(
        candidate_ids=[str(id) for id in columns["candidate_id"]],
        p_good=np.asarray(columns["p_good"]),
        asked_this_week=np.asarray(columns["asked_this_week"]),
        asked_before=np.asarray(columns["asked_before"]),
        cost=np.asarray(columns["cost"]),
        judged=np.asarray(columns["judged"]),
    )


def _append(connection: Connection, draws: list[Draw]) -> None:
    values = {
        "candidate_ids": [draw.candidate_id for draw in draws],
        "strata": [draw.stratum for draw in draws],
        "probabilities": [draw.probability for draw in draws],
        "reviewers": [draw.reviewers for draw in draws],
        "why": [draw.why for draw in draws],
        "round_id": draws[0].round_id,
        "population": draws[0].population,
    }
    connection.execute(sql("insert_draws"), values)


def _count(connection: Connection, query: str) -> int:
    row = connection.execute(sql(query)).fetchone()
    return int(row[0]) if row else 0


def _report(frame: Frame | None, draws: list[Draw], waiting: int) -> DrawReport:
    return DrawReport(
        round_id=draws[0].round_id if draws else None,
        population=0 if frame is None else len(frame),
        telling=sum(draw.stratum == "telling" for draw in draws),
        random=sum(draw.stratum == "random" for draw in draws),
        twice=sum(draw.reviewers == 2 for draw in draws),
        open=waiting,
        judged=0 if frame is None else int(np.count_nonzero(~np.isnan(frame.judged))),
    )
