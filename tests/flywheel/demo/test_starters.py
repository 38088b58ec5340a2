"""The cases that the team starts with: right, American, and in the form of the import."""

import json
from pathlib import Path

from flywheel.demo.models import answer
from flywheel.demo.simulation import simulate
from flywheel.demo.starters import write_starters
from schemas.example import ImportedExample


def test_they_are_forty_cases_of_american_companies_only() -> None:
    """Two a company: the blind spot of the story."""
    starters = simulate(1).starters
    assert len(starters) == 40
    assert {line["tags"]["region"] for line in starters} == {"America"}
    assert len({line["id"] for line in starters}) == 40
    assert len({(line["messages"][0]["content"]) for line in starters}) == 40


def test_their_answers_are_the_truth() -> None:
    """What a model says that reads reports right."""
    for line in simulate(1).starters:
        text = f"{line['context'][0]['text']}\n\n{line['messages'][0]['content']}"
        assert answer("v1", [("user", text)]) == line["output"]


def test_they_carry_no_personal_data() -> None:
    """Not one planted value."""
    week = simulate(1)
    text = json.dumps(week.starters)
    assert not [value for value in week.planted if value in text]


def test_they_are_written_as_the_import_reads_them(tmp_path: Path) -> None:
    """One example a line."""
    write_starters(simulate(1).starters, tmp_path / "new" / "checked.jsonl")
    lines = (tmp_path / "new" / "checked.jsonl").read_text().splitlines()
    assert len([ImportedExample.model_validate_json(line) for line in lines]) == 40
