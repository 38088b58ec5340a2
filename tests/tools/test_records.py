"""The review queue is read by the labelling tools' own models, and what they write comes back."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from flywheel.forms import FORMS, Tool
from flywheel.settings import Settings
from flywheel.steps.forms import export_records, import_records
from tests.flywheel.forms.cases import make_cases

CRITERIA = ("accuracy", "tone", "formatting")


def _records(settings: Settings, path: Path, tool: Tool) -> list[Any]:
    make_cases(settings)
    export_records(settings, tool, path, "all")
    records: list[Any] = json.loads(path.read_bytes())
    assert len(records) == 5
    return records


@pytest.mark.filterwarnings("ignore")  # argilla's own, at import
def test_argilla_reads_records_and_settings(settings: Settings, tmp_path: Path) -> None:
    """`Record.from_dict` takes each, `to_dict` gives what comes in again as nothing new."""
    import argilla
    from argilla._models import FieldModel, MetadataFieldModel, QuestionModel

    made = json.loads(FORMS[Tool.ARGILLA].configure(CRITERIA))
    # What `Settings.from_json` makes of them first; itself it asks a server for its version.
    questions = [QuestionModel(**question) for question in made["questions"]]
    assert {question.name for question in questions} >= {"verdict", "ideal", "rubric_tone"}
    assert len([FieldModel(**one) for one in made["fields"]]) == 4
    assert len([MetadataFieldModel(**one) for one in made["metadata"]]) == 9
    again = []
    for record in _records(settings, tmp_path / "records.json", Tool.ARGILLA):
        read = argilla.Record.from_dict(record)
        assert read.fields["conversation"] and read.fields["why"]
        assert {one.question_name for one in read.suggestions} <= {"ideal", "target"}
        given = read.to_dict()
        assert given["fields"]["answer"] == record["fields"]["answer"]
        again.append(given | {"status": record["status"]})
    report = import_records(settings, Tool.ARGILLA, io.BytesIO(json.dumps(again).encode()))
    assert (report.accepted, report.unchanged, report.refused) == (0, 2, ())


@pytest.mark.filterwarnings("ignore")  # the SDK's own, at import
def test_label_studio_takes_the_configuration_and_the_tasks(
    settings: Settings, tmp_path: Path
) -> None:
    """The SDK's validator finds no fault in config, tasks, predictions or annotations."""
    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface(FORMS[Tool.LABELSTUDIO].configure(CRITERIA))
    interface.validate()
    tasks = _records(settings, tmp_path / "tasks.json", Tool.LABELSTUDIO)
    for task in tasks:
        assert interface.validate_task({"data": task["data"]})
        for prediction in task["predictions"]:
            assert interface.validate_prediction(prediction, return_errors=True) == []
        for annotation in task["annotations"]:
            assert interface.validate_annotation(annotation), annotation
    assert sum(len(task["annotations"]) for task in tasks) == 2
    wrong = json.loads(json.dumps(tasks[0]["predictions"][0]).replace('"ideal"', '"none"'))
    assert interface.validate_prediction(wrong, return_errors=True), "it finds what is wrong"
