"""Scores and proposals against a real stream whose right answers are known."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import rankdata

from flywheel.settings import Settings, load_settings
from flywheel.steps.candidates import read_candidates
from flywheel.steps.curate import CurateReport, run_curate
from flywheel.steps.decide import import_decisions
from flywheel.steps.queue import export_decisions
from flywheel.steps.scores import export_scores
from flywheel.store import open_store
from schemas.candidate import CandidateView

Labels = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def labels(shared_data: Path) -> Labels:
    """By interaction: whether the answer was right, and the right answer."""
    text = (shared_data / "finchat" / "labels.jsonl").read_text("utf-8")
    return {row["id"]: row for row in map(json.loads, text.splitlines())}


@pytest.fixture(scope="module")
def curated(
    finchat_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, CurateReport]:
    """The stream ingested and curated."""
    home = tmp_path_factory.mktemp("curated") / "home"
    shutil.copytree(finchat_home, home)
    settings = load_settings(home)
    return settings, run_curate(settings)


def _candidates(settings: Settings, target: str) -> list[CandidateView]:
    return read_candidates(open_store(settings), target=target, limit=1000)


def _auc(good: list[bool], scores: list[float]) -> float:
    """The area under the ROC curve: the Mann-Whitney statistic, ties counting half."""
    ranks = rankdata(scores)
    positives = sum(good)
    above = sum(rank for rank, one in zip(ranks, good, strict=True) if one)
    pairs = positives * (len(good) - positives)
    return float((above - positives * (positives + 1) / 2) / pairs)


def test_p_good_tells_right_answers_from_wrong_ones(
    curated: tuple[Settings, CurateReport], labels: Labels, tmp_path: Path
) -> None:
    """AUC of .95 or more over the answers that got feedback; a plain weighted sum gives .967."""
    path = tmp_path / "scores.jsonl"
    assert export_scores(curated[0], path) == len(labels) == 1668
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    judged = [row for row in rows if row["evidence"]]
    assert len(judged) == curated[1].scored == 1083
    auc = _auc([labels[row["id"]]["good"] for row in judged], [row["p_good"] for row in judged])
    assert auc >= 0.95
    assert {row["p_good"] for row in rows if not row["evidence"]} == {0.5}


def test_both_sides_are_filled_with_what_belongs_there(
    curated: tuple[Settings, CurateReport], labels: Labels
) -> None:
    """Golden candidates are wrong answers, bank candidates right ones or corrected."""
    settings, report = curated
    golden, bank = _candidates(settings, "golden"), _candidates(settings, "bank")
    assert report.proposed == {"golden": len(golden), "bank": len(bank)}
    assert len(golden) == 200 and report.held_back["cap"] > 0
    assert len(bank) >= 75
    wrong = [not labels[one.interaction_id or ""]["good"] for one in golden]
    assert sum(wrong) / len(golden) >= 0.95
    confirmed = [one for one in bank if one.reason_code == "confirmed_good"]
    right = [labels[one.interaction_id or ""]["good"] for one in confirmed]
    assert sum(right) / len(confirmed) >= 0.95
    assert not {one.case_id for one in golden} & {one.case_id for one in bank}


def test_corrections_are_proposed_as_they_were_given(
    curated: tuple[Settings, CurateReport], labels: Labels
) -> None:
    """Nearly all hundred corrected cases are proposed, most for golden, with the right answer."""
    corrected = [
        one
        for target in ("golden", "bank")
        for one in _candidates(curated[0], target)
        if "corrected" in one.reason_code
    ]
    assert len(corrected) >= 95
    right = [one.proposed_output == labels[one.interaction_id or ""]["gold"] for one in corrected]
    assert sum(right) / len(corrected) >= 0.95
    targets = [one.target.value for one in corrected]
    assert targets.count("golden") > targets.count("bank") > 10


def test_a_second_run_and_a_given_back_queue_change_nothing(
    curated: tuple[Settings, CurateReport], tmp_path: Path
) -> None:
    """The queue of a real stream goes out and comes back as it is."""
    settings, _ = curated
    again = run_curate(settings)
    assert (again.scored, set(again.proposed.values())) == (0, {0})
    path = tmp_path / "queue.jsonl"
    written = export_decisions(settings, path)
    report = import_decisions(settings, path)
    assert (report.ignored, report.accepted, report.refused) == (written, 0, ())
