"""Scores follow the feedback: appended when it changes, never twice, exported for every answer."""

import json
from pathlib import Path

import pytest

from flywheel.errors import InputError
from flywheel.settings import Settings
from flywheel.steps import scores
from flywheel.steps.scores import export_scores, update_scores
from flywheel.store import Store, open_store
from flywheel.weights import WEIGHTS, Weight
from schemas.signal import Signal
from tests.facts import add_feedback, add_interaction, count_rows


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def p_good(store: Store, id: str) -> float:
    with store.transaction() as connection:
        query = "SELECT p_good FROM current_scores WHERE interaction_id = $id"
        row = connection.execute(query, {"id": id}).fetchone()
    assert row is not None
    return float(row[0])


def test_an_answer_is_scored_once_until_its_feedback_changes(store: Store) -> None:
    """A second run finds nothing to do; new feedback on an old answer scores it again."""
    answer, other = add_interaction(store), add_interaction(store, "Another?")
    add_feedback(store, answer, "copy", 1)
    add_feedback(store, other, "share")
    assert update_scores(store) == 2
    assert update_scores(store) == 0
    before = p_good(store, answer)
    add_feedback(store, answer, "thumbs", -1)
    assert update_scores(store) == 1
    assert p_good(store, answer) < 0.5 < before
    assert count_rows(store, "scores") == 3


def test_feedback_that_comes_before_its_answer_waits_for_it(store: Store) -> None:
    """Orphans are not scored; once their answer is there, they are."""
    add_feedback(store, "i-late", "thumbs", 1)
    assert update_scores(store) == 0
    add_interaction(store, id="i-late")
    assert update_scores(store) == 1


def test_other_weights_score_every_answer_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A score says by which weights it came about; old ones stay as facts."""
    answer = add_interaction(store)
    add_feedback(store, answer, "thumbs", 1)
    update_scores(store)
    before = p_good(store, answer)
    monkeypatch.setitem(WEIGHTS, Signal.THUMBS, Weight("Doubtful.", 0.0, slope=1.0))
    assert update_scores(store) == 1
    assert p_good(store, answer) < before
    assert count_rows(store, "scores") == 2


def test_an_answer_whose_feedback_was_erased_falls_back_to_the_prior(store: Store) -> None:
    """A score must not outlive the evidence for it."""
    answer = add_interaction(store)
    add_feedback(store, answer, "thumbs", 1)
    update_scores(store)
    with store.transaction() as connection:
        connection.execute("DELETE FROM feedback")
    assert update_scores(store) == 1
    assert p_good(store, answer) == 0.5
    assert update_scores(store) == 0


def test_any_number_of_answers_goes_in_chunks(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded by the chunk; progress is told as it goes; ends at a full chunk too."""
    monkeypatch.setattr(scores, "_CHUNK", 2)
    for number in range(4):
        add_feedback(store, add_interaction(store, f"Question {number}?"), "thumbs", 1)
    told: list[tuple[int, int | None]] = []
    assert update_scores(store, lambda done, total: told.append((done, total))) == 4
    assert told == [(2, None), (4, None), (4, None)]


def test_the_export_has_every_answer_with_its_evidence(
    store: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorted by id; without feedback the prior and no evidence; scores are brought up to date."""
    monkeypatch.setattr(scores, "_CHUNK", 2)
    for name in ("b", "a", "d", "c"):
        add_interaction(store, f"Question {name}?", id=name)
    add_feedback(store, "c", "copy", 1, user="u-1")
    add_feedback(store, "c", "rewrite", comment="again", user="u-2")
    path = tmp_path / "made" / "scores.jsonl"
    assert export_scores(settings, path) == 4
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", "b", "c", "d"]
    assert rows[0].keys() == {"id", "case_id", "p_good", "evidence"}
    assert (rows[0]["p_good"], rows[0]["evidence"]) == (0.5, [])
    assert [part["note"] for part in rows[2]["evidence"]] == [
        "1 user rewrote their prompt",
        "1 user copied 100% of it",
    ]


def test_an_export_that_fails_leaves_the_file_as_it_was(settings: Settings, tmp_path: Path) -> None:
    """The file is replaced whole or not at all, and nothing is left beside it."""
    folder = tmp_path / "folder"
    (folder / "scores.jsonl").mkdir(parents=True)
    with pytest.raises(InputError, match="cannot be written"):
        export_scores(settings, folder / "scores.jsonl")
    assert [path.name for path in folder.iterdir()] == ["scores.jsonl"]


def test_the_export_can_go_to_standard_output(
    store: Store, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """For a pipe."""
    add_interaction(store, id="a")
    assert export_scores(settings, None) == 1
    assert json.loads(capsys.readouterr().out)["id"] == "a"
