"""`flywheel scrub`: JSON lines in, JSON lines out, malformed ones by number."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flywheel.cli import main
from flywheel.scrub.found import Span
from flywheel.scrub.patterns import PATTERNS

SECRET = "jane.secret@example.com"


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[dict[str, Any]], str]:
    monkeypatch.setattr(sys, "argv", ["flywheel", "scrub", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capsys.readouterr()
    return int(end.value.code or 0), [json.loads(line) for line in out.splitlines()], err


def test_each_line_gives_its_text_and_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Offsets in the input; ids as they came; characters beyond ASCII as they are."""
    text = f"Größe 😀: write to {SECRET}, I'm Ada Byron."
    file = tmp_path / "in.jsonl"
    file.write_text(f"{json.dumps({'id': 'a', 'text': text})}\n\n" + '{"id": 7, "text": "plain"}\n')
    code, lines, err = run(monkeypatch, capsys, str(file), "--home", str(tmp_path / "home"))
    assert (code, err) == (0, "")
    first, second = lines
    assert [text[e["start"] : e["end"]] for e in first["entities"]] == [SECRET, "Ada Byron"]
    assert {e["type"] for e in first["entities"]} == {"EMAIL_ADDRESS", "PERSON"}
    assert set(first["entities"][0]) == {"type", "start", "end", "score"}
    assert first["text"].startswith("Größe 😀: write to <EMAIL_ADDRESS_")
    assert second == {"id": 7, "text": "plain", "entities": []}


def test_a_malformed_line_is_named_by_number_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on standard error for each, without its text; exit 2 at the end."""
    bad = [
        f"{SECRET}",
        f'["{SECRET}"]',
        json.dumps({"id": 1.5, "text": SECRET}),
        json.dumps({"id": True, "text": SECRET}),
        json.dumps({"text": SECRET}),
        json.dumps({"id": "x", "text": [SECRET]}),
        '{"id": "x", "text": "jane.secret \\ud83d"}',
        "[" * 100_000,
    ]
    file = tmp_path / "in.jsonl"
    good = json.dumps({"id": "good", "text": "plain"})
    file.write_bytes("\n".join([good, *bad, good]).encode() + b'\n{"id": "x", "text": "\xff"}\n')
    code, lines, err = run(monkeypatch, capsys, str(file), "--home", str(tmp_path / "home"))
    assert code == 2
    assert [line["id"] for line in lines] == ["good", "good"]
    numbers = [line.split(":")[0] for line in err.splitlines()]
    assert numbers == [f"line {n}" for n in (*range(2, 2 + len(bad)), 3 + len(bad))]
    assert "jane" not in err


def test_a_text_that_is_too_long_is_malformed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rule is named with the setting that holds it."""
    monkeypatch.setenv("FLYWHEEL_SCRUB__MAX_CHARS", "10")
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"id": "x", "text": SECRET}))
    code, lines, err = run(monkeypatch, capsys, str(file), "--home", str(tmp_path / "home"))
    assert (code, lines) == (2, [])
    assert "FLYWHEEL_SCRUB__MAX_CHARS" in err


def test_report_counts_by_type_on_standard_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard output stays JSON lines, with --json too."""
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"id": "x", "text": f"{SECRET} and b@example.com"}))
    home = str(tmp_path / "home")
    code, lines, err = run(monkeypatch, capsys, str(file), "--report", "--json", "--home", home)
    assert code == 0
    assert len(lines) == 1
    assert "EMAIL_ADDRESS" in err
    assert " 2 " in err


def test_a_file_that_is_not_there_is_the_users_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, exit 2."""
    code, lines, err = run(
        monkeypatch, capsys, str(tmp_path / "none.jsonl"), "--home", str(tmp_path)
    )
    assert (code, lines) == (2, [])
    assert len(err.splitlines()) == 1


def test_it_reads_standard_input_and_the_same_home_gives_the_same_placeholder(
    tmp_path: Path,
) -> None:
    """Two processes, one salt."""
    flywheel = Path(sys.executable).parent / "flywheel"
    outputs = [
        subprocess.run(
            [flywheel, "scrub", *dash, "--home", tmp_path / "home"],
            input=json.dumps({"id": "x", "text": f"to {SECRET}"}),
            capture_output=True,
            text=True,
            check=True,
        )
        for dash in ([], ["-"])
    ]
    assert outputs[0].stdout == outputs[1].stdout
    assert "<EMAIL_ADDRESS_" in outputs[0].stdout
    assert outputs[0].stderr == ""


def test_the_report_counts_by_type_field_and_recogniser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line's field wins over the option's; a document keeps its people; nothing is quoted."""
    text = f"My name is Ada Byron, write to {SECRET}."
    lines: list[dict[str, Any]] = [
        {"id": 1, "text": text},
        {"id": 2, "text": text, "field": "context"},
        {"id": 3, "text": text, "field": "title"},
    ]
    file = tmp_path / "in.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    home = str(tmp_path / "home")
    monkeypatch.setenv("COLUMNS", "80")
    code, done, err = run(
        monkeypatch, capsys, str(file), "--report", "--field", "output", "--home", home
    )
    assert code == 0
    assert ["Ada Byron" in one["text"] for one in done] == [False, True, False]
    rows = [line.replace("│", " ").split() for line in err.splitlines()]
    for row in (
        ["EMAIL_ADDRESS", "output", "pattern", "2"],
        ["EMAIL_ADDRESS", "context", "pattern", "1"],
        ["PERSON", "output", "cue", "2"],
        ["all", "5"],
    ):
        assert row in rows
    assert SECRET not in err and "Byron" not in err


def test_a_line_that_cannot_be_scrubbed_is_named_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other languages are scrubbed as far as patterns and the model go: nothing is stored here."""

    def find(text: str) -> Iterator[Span]:
        if "unbearable" in text:
            raise ValueError(text)
        yield from ()

    monkeypatch.setitem(PATTERNS, "MAC_ADDRESS", find)
    monkeypatch.setenv("FLYWHEEL_SCRUB__TIMEOUT_S", "23")  # a scrubber of this test's own
    german = f"Wie hoch war der Umsatz im Jahr 2019? Bitte schreiben Sie mir an {SECRET}, danke."
    file = tmp_path / "in.jsonl"
    texts = ["plain", f"unbearable {SECRET}", german]
    file.write_text("".join(json.dumps({"id": n, "text": t}) + "\n" for n, t in enumerate(texts)))
    code, lines, err = run(monkeypatch, capsys, str(file), "--home", str(tmp_path / "home"))
    assert (code, [line["id"] for line in lines]) == (2, [0, 2])
    assert err == "line 2: cannot be scrubbed: scrub_failed\n"
    assert "jane" not in lines[1]["text"] and "Umsatz" in lines[1]["text"]
