"""`flywheel scrub`: personal data out of JSON lines, for pipelines and for trying it out."""

import json
import re
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
    from flywheel.scrub import Field, Scrubber

    Groups = list[list[tuple[Field, str]]]

_BATCH: Final = 256
"""Lines scrubbed at once."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

File = Annotated[
    Path | None,
    typer.Argument(help="JSON lines {id, text}; none, or -: standard input.", allow_dash=True),
]
Report = Annotated[bool, typer.Option("--report", help="Counts by type on standard error.")]


class _Malformed(ValueError):
    """The rule that a line breaks, in words; never what stands in it."""


class _Tally:
    def __init__(self) -> None:
        self.entities: Counter[str] = Counter()
        self.malformed = 0

    def refuse(self, number: int, why: str) -> None:
        self.malformed += 1
        print(f"line {number}: {why}", file=sys.stderr)


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
    in the input, and its score. A line that is malformed or cannot be scrubbed is named on
    standard error and the rest goes on; the exit code is then 2. The output is JSON lines with
    and without --json.
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
        good = list(_parsed(chunk, scrubber.max_chars, tally))
        groups: Groups = [[("comment", text)] for _, _, text in good]
        scrubbed = scrubber.try_groups(groups, any_language=True)
        for (number, identifier, _), result in zip(good, scrubbed, strict=True):
            if not isinstance(result, list):
                tally.refuse(number, f"cannot be scrubbed: {result.reason}")
                continue
            (one,) = result
            entities = [found.model_dump() for found in one.entities]
            tally.entities.update(found.type for found in one.entities)
            yield {"id": identifier, "text": one.text, "entities": entities}


def _parsed(
    chunk: Iterable[tuple[int, bytes]], max_chars: int, tally: _Tally
) -> Iterator[tuple[int, str | int, str]]:
    for number, line in chunk:
        if not line.strip():
            continue
        try:
            yield number, *_parse(line, max_chars)
        except _Malformed as error:
            tally.refuse(number, str(error))


def _parse(line: bytes, max_chars: int) -> tuple[str | int, str]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        raise _Malformed("not JSON in UTF-8") from None
    if not isinstance(given, dict):
        raise _Malformed("not an object")
    identifier, text = given.get("id"), given.get("text")
    if not isinstance(identifier, str | int) or isinstance(identifier, bool):
        raise _Malformed("id: a string or a whole number is needed")
    if not isinstance(text, str):
        raise _Malformed("text: a string is needed")
    if _SURROGATE.search(text) or (isinstance(identifier, str) and _SURROGATE.search(identifier)):
        raise _Malformed("half a surrogate pair is no character")
    if len(text) > max_chars:
        raise _Malformed(f"text: longer than {max_chars} characters (FLYWHEEL_SCRUB__MAX_CHARS)")
    return identifier, text


def _show(tally: _Tally) -> None:
    table = Table("type", "taken out", title="Personal data")
    for name, count in tally.entities.most_common():
        table.add_row(name, str(count))
    log.print(table)
