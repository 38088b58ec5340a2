"""Out to another labelling tool and back: the same decisions, and what people answered there."""

import io
import json
import re
import uuid
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from flywheel.forms import FORMS, Tool
from flywheel.forms.argilla import user_id
from flywheel.settings import Settings
from flywheel.steps.decide import DecisionsReport
from flywheel.steps.forms import export_records, import_record_file, import_records
from flywheel.steps.queue import audit_lines
from tests.flywheel.forms.cases import decide, make_cases

CRITERIA = ("accuracy", "tone")


@pytest.fixture
def ids(settings: Settings) -> dict[str, str]:
    """The cases by name."""
    return make_cases(settings)


def exported(settings: Settings, tool: Tool, path: Path, state: Any = "all") -> list[Any]:
    """The records of an export, by their case's id."""
    written = export_records(settings, tool, path, state)
    records: list[Any] = json.loads(path.read_bytes())
    assert written.records == len(records)
    return records


def by_id(records: list[Any]) -> dict[str, Any]:
    """Records of either tool by candidate."""
    return {(one.get("metadata") or one["data"])["candidate_id"]: one for one in records}


def bring(settings: Settings, tool: Tool, records: list[Any], **people: str) -> DecisionsReport:
    """Import records."""
    file = io.BytesIO(json.dumps(records).encode())
    return import_records(settings, tool, file, people=people)


def answer(tool: Tool, record: Any, user: str, **values: Any) -> None:
    """Add what somebody answered, as the tool exports it."""
    if tool is Tool.ARGILLA:
        for name, value in values.items():
            given = {"value": value, "user_id": user, "status": "submitted"}
            record["responses"].setdefault(name, []).append(given)
        return
    result = []
    for name, value in values.items():
        kind = "choices" if name in ("verdict", "target", "critical") else "text"
        held = {"rating": value} if name.startswith("rubric") else {kind: [value]}
        result.append({"from_name": name, "to_name": "answer", "type": kind, "value": held})
    record["annotations"].append({"completed_by": int(user), "result": result})


def decisions(settings: Settings) -> list[dict[str, Any]]:
    """All facts, in order."""
    lines = audit_lines(settings, tell=lambda _: True, name=lambda _: True)
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("tool", Tool)
def test_there_and_back_again_nothing_is_new(
    settings: Settings, ids: dict[str, str], tmp_path: Path, tool: Tool
) -> None:
    """Whatever a decision says goes out and comes in as that very decision, however often."""
    before = decisions(settings)
    path = tmp_path / "records.json"
    records = exported(settings, tool, path)
    assert len(records) == 5
    for _ in range(2):
        report = import_record_file(settings, tool, path)
        assert (report.accepted, report.unchanged, report.refused) == (0, 2, ())
        assert report.ignored == 3
    assert decisions(settings) == before


@pytest.mark.parametrize("tool", Tool)
def test_a_verdict_is_not_shown_to_the_second_of_two(
    settings: Settings, ids: dict[str, str], tmp_path: Path, tool: Tool
) -> None:
    """A case that one of two has judged goes out as if nobody had."""
    record = by_id(exported(settings, tool, tmp_path / "x.json"))[ids["outlook"]]
    assert "billion euros" not in json.dumps(record)
    assert "rosa" not in json.dumps(record) and str(user_id("rosa")) not in json.dumps(record)


@pytest.mark.parametrize(("tool", "user"), [(Tool.ARGILLA, str(uuid.UUID(int=7))),
                                            (Tool.LABELSTUDIO, "7")])  # fmt: skip
def test_what_people_answered_becomes_decisions(
    settings: Settings, ids: dict[str, str], tmp_path: Path, tool: Tool, user: str
) -> None:
    """With every answer; an approval whose text was written anew, or is users' own, is an edit."""
    records = by_id(exported(settings, tool, tmp_path / "x.json", "pending"))
    answer(tool, records[ids["swapped"]], user, verdict="approve", target="bank", note="fine",
           labels="q4\n audited ", rubric_accuracy=4)  # fmt: skip
    answer(tool, records[ids["unwritten"]], user, verdict="edit", ideal="€611 million.")
    answer(tool, records[ids["outlook"]], user, verdict="approve", ideal="Five billion.")
    report = bring(settings, tool, list(records.values()), **{user: "kim"})
    assert (report.accepted, report.refused) == (3, ())
    made = {line["candidate_id"]: line for line in decisions(settings) if line["reviewer"] == "kim"}
    first = made[ids["swapped"]]
    assert (first["verdict"], first["target"], first["note"]) == ("approve", "bank", "fine")
    assert (first["labels"], first["rubric"]) == (["q4", "audited"], {"accuracy": 4})
    assert made[ids["unwritten"]]["output"] == "€611 million."
    assert (made[ids["outlook"]]["verdict"], made[ids["outlook"]]["output"]) == (
        "edit",
        "Five billion.",
    )


@pytest.mark.parametrize(("tool", "user"), [(Tool.ARGILLA, str(uuid.UUID(int=7))),
                                            (Tool.LABELSTUDIO, "7")])  # fmt: skip
def test_a_bad_record_is_refused_by_number_and_the_rest_goes_in(
    settings: Settings, ids: dict[str, str], tmp_path: Path, tool: Tool, user: str
) -> None:
    """Its rule is told and never its text; somebody without a name keeps the tool's own."""
    records = by_id(exported(settings, tool, tmp_path / "x.json", "pending"))
    good = records[ids["swapped"]]
    answer(tool, good, user, verdict="reject", reason="No.")
    bad = json.loads(json.dumps(records[ids["unwritten"]]))
    answer(tool, bad, user, verdict="secret words")
    unknown = json.loads(json.dumps(good).replace(ids["swapped"], "c-none"))
    report = bring(settings, tool, ["text", {"data": 3}, bad, unknown, good])
    assert report.accepted == 1
    assert [refusal.line for refusal in report.refused] == [1, 2, 3, 4]
    assert "secret" not in str(report) and "verdict: one of" in report.refused[2].reason
    assert decisions(settings)[-1]["reviewer"].endswith(f":{user}")


@pytest.mark.parametrize("tool", Tool)
@pytest.mark.parametrize("content", [b"", b"[", b"[1", b"nonsense", b"\xff\xfe", b"[" * 5000])
def test_a_file_that_is_no_list_of_records_is_one_refusal(
    settings: Settings, tmp_path: Path, tool: Tool, content: bytes
) -> None:
    """No traceback, and nothing of it is quoted."""
    report = import_records(settings, tool, io.BytesIO(content))
    assert report.accepted == 0 and len(report.refused) <= 2
    assert b"nonsense" not in str(report).encode()


def test_a_decision_that_was_changed_in_the_tool_is_a_new_one(
    settings: Settings, ids: dict[str, str], tmp_path: Path
) -> None:
    """Of now, by who is said to be that user: the newest counts, the old one stays on record."""
    record = by_id(exported(settings, Tool.ARGILLA, tmp_path / "x.json"))[ids["dividend"]]
    for responses in record["responses"].values():
        for response in responses:
            response["value"] = {"reject": "approve"}.get(response["value"], response["value"])
    del record["responses"]["reason"]
    assert bring(settings, Tool.ARGILLA, [record], ben="ben").accepted == 1
    old, new = [d for d in decisions(settings) if d["candidate_id"] == ids["dividend"]]
    assert (old["verdict"], new["verdict"]) == ("reject", "approve")
    assert (new["reviewer"], new["rubric"]) == ("ben", {"accuracy": 5, "tone": 3})
    assert new["time"] > old["time"]


@pytest.mark.parametrize(
    ("status", "of_record", "verdict"),
    [
        ("discarded", "completed", "skip"),
        ("draft", "completed", None),
        (None, "pending", None),
        (None, "completed", "approve"),
    ],
)
def test_argillas_statuses(
    settings: Settings,
    ids: dict[str, str],
    tmp_path: Path,
    status: str | None,
    of_record: str,
    verdict: str | None,
) -> None:
    """Discarded is skipped, a draft is no word; its own export tells none but the record's."""
    record = by_id(exported(settings, Tool.ARGILLA, tmp_path / "x.json"))[ids["swapped"]]
    response = {"value": "approve", "user_id": str(user_id("kim"))}
    record["responses"] = {"verdict": [response | ({"status": status} if status else {})]}
    record["status"] = of_record
    bring(settings, Tool.ARGILLA, [record])
    found = [d["verdict"] for d in decisions(settings) if d["candidate_id"] == ids["swapped"]]
    assert found == ([verdict] if verdict else [])


def test_a_cancelled_annotation_is_a_skip(
    settings: Settings, ids: dict[str, str], tmp_path: Path
) -> None:
    """By the login's owner where that is stated: who is called kim there need not be kim here."""
    record = by_id(exported(settings, Tool.LABELSTUDIO, tmp_path / "x.json"))[ids["swapped"]]
    who = {"id": 3, "email": "kim"}
    record["annotations"] = [{"completed_by": who, "was_cancelled": True, "result": []}]
    assert bring(settings, Tool.LABELSTUDIO, [record]).accepted == 1
    assert bring(settings, Tool.LABELSTUDIO, [record], KIM="kim").accepted == 1
    made = [(one["verdict"], one["reviewer"]) for one in decisions(settings)[-2:]]
    assert made == [("skip", "label-studio:kim"), ("skip", "kim")]


@pytest.mark.parametrize("tool", Tool)
def test_a_file_puts_no_words_into_anybodys_mouth(
    settings: Settings, ids: dict[str, str], tmp_path: Path, tool: Tool
) -> None:
    """A record that claims to be by somebody, or to have been exported as theirs, is by the tool's
    user until it is stated who that is."""
    record = by_id(exported(settings, tool, tmp_path / "x.json"))[ids["swapped"]]
    facts = record.get("metadata") or record["data"]
    facts["decided"] = json.dumps({"lena": {"time": "2026-01-05T09:00:00+00:00"}})
    if tool is Tool.ARGILLA:
        answer(tool, record, str(user_id("lena")), verdict="reject", reason="Forged.")
    else:
        answer(tool, record, "7", verdict="reject", reason="Forged.")
        record["annotations"][-1]["completed_by"] = {"email": "lena"}
    assert bring(settings, tool, [record]).accepted == 1
    forged = decisions(settings)[-1]
    assert forged["reviewer"] in (f"argilla:{user_id('lena')}", "label-studio:lena")
    assert not forged["time"].startswith("2026-01-05")
    assert bring(settings, tool, [record], lena="lena").accepted == 1
    assert decisions(settings)[-1]["reviewer"] == "lena"


def test_an_annotators_address_is_no_name(
    settings: Settings, ids: dict[str, str], tmp_path: Path
) -> None:
    """It becomes a pseudonym, the same one each time; mapped, it is whom the mapping names."""
    address = "maria.huber@example.org"
    records = by_id(exported(settings, Tool.LABELSTUDIO, tmp_path / "x.json", "pending"))
    for name in ("swapped", "unwritten"):
        answer(Tool.LABELSTUDIO, records[ids[name]], "7", verdict="reject", reason="No.")
        records[ids[name]]["annotations"][-1]["completed_by"] = {"id": 3, "email": address}
    assert bring(settings, Tool.LABELSTUDIO, list(records.values())).accepted == 2
    first, second = (one["reviewer"] for one in decisions(settings)[-2:])
    assert first == second and re.fullmatch(r"label-studio:person-[0-9a-f]{16}", first)
    for people in ({"Maria.Huber@example.org": "maria"}, {"3": "mia"}):
        assert bring(settings, Tool.LABELSTUDIO, list(records.values()), **people).accepted == 2
        assert decisions(settings)[-1]["reviewer"] == next(iter(people.values()))
    for path in settings.home.rglob("*"):
        if path.is_file():
            assert b"maria.huber" not in path.read_bytes().lower(), path


def test_what_people_typed_is_scrubbed_before_it_is_written(
    settings: Settings, ids: dict[str, str], tmp_path: Path
) -> None:
    """An address in another tool's text reaches no byte of the home."""
    record = by_id(exported(settings, Tool.LABELSTUDIO, tmp_path / "x.json"))[ids["swapped"]]
    typed = "Ask maria.huber@example.org for it."
    answer(Tool.LABELSTUDIO, record, "7", verdict="edit", ideal=typed, note=typed)
    assert bring(settings, Tool.LABELSTUDIO, [record]).accepted == 1
    for path in settings.home.rglob("*"):
        if path.is_file():
            assert b"maria.huber" not in path.read_bytes(), path


def test_the_settings_ask_each_question_and_criterion() -> None:
    """Beside the records, for whoever sets the tool up."""
    argilla = json.loads(FORMS[Tool.ARGILLA].configure(CRITERIA))
    names = {question["name"] for question in argilla["questions"]}
    assert {"verdict", "ideal", "target", "rubric_accuracy", "rubric_tone"} <= names
    view = ElementTree.fromstring(FORMS[Tool.LABELSTUDIO].configure(CRITERIA))
    controls = {control.get("name") for control in view if control.get("toName")}
    assert controls == names


def test_an_adjudication_comes_back_as_one(
    settings: Settings, ids: dict[str, str], tmp_path: Path
) -> None:
    """The two who differed and the lead: three decisions out, none new on the way in."""
    decide(settings, ids["outlook"], "ben", "reject", reason="No.")
    decide(settings, ids["outlook"], "lena", "approve", adjudicates=True)
    path = tmp_path / "x.json"
    record = by_id(exported(settings, Tool.ARGILLA, path))[ids["outlook"]]
    assert len(record["responses"]["verdict"]) == 3
    before = decisions(settings)
    assert import_record_file(settings, Tool.ARGILLA, path).unchanged == 5
    assert decisions(settings) == before
