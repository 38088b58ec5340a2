"""Replay files: recorded answers by case."""

import json
from pathlib import Path

import pytest

from flywheel.errors import InputError, ModelError
from flywheel.replay import read_replay


def _write(folder: Path, *lines: str) -> Path:
    path = folder / "answers.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_answers_are_found_by_case_or_id(tmp_path: Path) -> None:
    """Whatever else a line carries."""
    replay = read_replay(
        _write(tmp_path, '{"case_id": "a", "output": "1"}', "", '{"id": "b", "output": "", "x": 1}')
    )
    assert replay.name == "replay:answers.jsonl"
    assert replay.find(["a", "z"], 0) == "1" and replay.find(["z", "b"], 0) == ""


def test_only_a_newline_ends_a_line(tmp_path: Path) -> None:
    """JSON strings may hold the other line separators of Unicode as they are."""
    text = "one\u2028two\u0085three"
    line = json.dumps({"id": "a", "output": text}, ensure_ascii=False) + "\r"
    assert read_replay(_write(tmp_path, line, line)).find(["a"], 1) == text


def test_several_answers_to_a_case_are_its_repeats(tmp_path: Path) -> None:
    """In the order of the file, from the start again where they run out."""
    lines = ['{"case_id": "a", "output": "1"}', '{"case_id": "a", "output": "2"}']
    replay = read_replay(_write(tmp_path, *lines))
    assert [replay.find(["a"], repeat) for repeat in range(3)] == ["1", "2", "1"]


def test_a_missing_answer_is_an_error(tmp_path: Path) -> None:
    """Not an empty answer, and not a zero."""
    with pytest.raises(ModelError, match="no recorded answer"):
        read_replay(_write(tmp_path, '{"case_id": "a", "output": "1"}')).find(["b"], 0)


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"case_id": "a"}', '{"output": "private"}', '{"id": 1, "output": "private"}'],
)
def test_a_bad_line_is_named_by_number_without_its_text(tmp_path: Path, line: str) -> None:
    """A file that is wrong somewhere is not half used."""
    with pytest.raises(InputError, match=r"answers\.jsonl:2") as caught:
        read_replay(_write(tmp_path, '{"case_id": "a", "output": "1"}', line))
    assert "private" not in str(caught.value)
