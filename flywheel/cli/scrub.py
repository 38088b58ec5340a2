"""`flywheel scrub`: personal data out of JSON lines, for pipelines and for trying it out."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, examples, log, settings_for
from flywheel.errors import InputError

if TYPE_CHECKING:
    from flywheel.scrub import Scrubber

_BATCH: Final = 256
"""Lines scrubbed at once."""

File = Annotated[
    Path | None,
    typer.Argument(help="JSON lines {id, text}; none, or -: standard input.", allow_dash=True),
]
Report = Annotated[bool, typer.Option("--report", help="Counts by type on standard error.")]


class _Tally:
    def __init__(self) -> None:
        self.entities: Counter[str] = Counter()
        self.malformed = 0


@app.command(
    epilog=examples(
        """echo '{"id": "1", "text": "I am Ada Byron, call +44 20 7946 0958"}' | flywheel scrub""",
        "flywheel scrub texts.jsonl --report > scrubbed.jsonl",
    )
)
def scrub(
    file: File = None, report: Report = False, home: Home = None, as_json: AsJson = False
) -> None:
    """Take personal data out of texts; JSON lines in, JSON lines out.

    Each line {id, text} gives {id, text, entities}, and each entity its type, its start and end
    in the input, and its score. A malformed line is named on standard error and the rest goes
    on; the exit code is then 2. The output is JSON lines with and without --json.
    """
    from flywheel.scrub import get_scrubber

    scrubber = get_scrubber(settings_for(home))
    tally = _Tally()
    for result in _scrub_lines(_lines(file), scrubber, tally):
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    if report:
        _show(tally)
    if tally.malformed:
        raise typer.Exit(2)


def _lines(file: Path | None) -> Iterator[bytes]:
    if file is None or str(file) == "-":
        yield from sys.stdin.buffer
        return
    try:
        with file.open("rb") as opened:
            yield from opened
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None


def _scrub_lines(
    lines: Iterable[bytes], scrubber: "Scrubber", tally: _Tally
) -> Iterator[dict[str, Any]]:
    numbered = enumerate(lines, start=1)
    while chunk := list(islice(numbered, _BATCH)):
        good = [
            parsed for number, line in chunk if (parsed := _parse(number, line, tally, scrubber))
        ]
        scrubbed = scrubber.scrub_groups([[("comment", text)] for _, text in good])
        for (identifier, _), (one,) in zip(good, scrubbed, strict=True):
            entities = [found.model_dump() for found in one.entities]
            tally.entities.update(found.type for found in one.entities)
            yield {"id": identifier, "text": one.text, "entities": entities}


def _parse(
    number: int, line: bytes, tally: _Tally, scrubber: "Scrubber"
) -> tuple[str | int, str] | None:
    if not line.strip():
        return None
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        return _refuse(number, "not JSON in UTF-8", tally)
    if not isinstance(given, dict):
        return _refuse(number, "not an object", tally)
    identifier, text = given.get("id"), given.get("text")
    if not isinstance(identifier, str | int) or isinstance(identifier, bool):
        return _refuse(number, "id: a string or a whole number is needed", tally)
    if not isinstance(text, str):
        return _refuse(number, "text: a string is needed", tally)
    if any("\ud800" <= character <= "\udfff" for character in text):
        return _refuse(number, "text: half a surrogate pair is no character", tally)
    if len(text) > scrubber.max_chars:
        rule = f"text: longer than {scrubber.max_chars} characters (FLYWHEEL_SCRUB__MAX_CHARS)"
        return _refuse(number, rule, tally)
    return identifier, text


def _refuse(number: int, rule: str, tally: _Tally) -> None:
    tally.malformed += 1
    print(f"line {number}: {rule}", file=sys.stderr)


def _show(tally: _Tally) -> None:
    table = Table("type", "taken out", title="Personal data")
    for name, count in tally.entities.most_common():
        table.add_row(name, str(count))
    log.print(table)
