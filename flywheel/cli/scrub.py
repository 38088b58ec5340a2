"""`flywheel scrub`: personal data out of JSON lines, for pipelines and for trying it out."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

import typer
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, examples, log, settings_for
from flywheel.errors import InputError
from flywheel.scrub.field import Field

if TYPE_CHECKING:
    from flywheel.scrub import Scrubber, Tally

_BATCH: Final = 256
"""Lines scrubbed at once."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

File = Annotated[
    Path | None,
    typer.Argument(help="JSON lines {id, text}; none, or -: standard input.", allow_dash=True),
]
Report = Annotated[
    bool, typer.Option("--report", help="Counts by type, field and recogniser on standard error.")
]
Part = Annotated[
    Field, typer.Option("--field", help="Which part of an event the texts are: see the policy.")
]


class _Malformed(ValueError):
    """The rule that a line breaks, in words; never what stands in it."""


class _Tally:
    def __init__(self) -> None:
        self.found: Tally = Counter()
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
    file: File = None,
    field: Part = "comment",
    report: Report = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Take personal data out of texts; JSON lines in, JSON lines out.

    Each line {id, text}, with a "field" of its own if it has one, gives {id, text, entities}, and
    each entity its type, its start and end in the input, and its score. A line that is malformed or
    cannot be scrubbed is named on standard error and the rest goes on; the exit code is then 2. The
    output is JSON lines with and without --json.
    """
    from flywheel.scrub import get_scrubber

    scrubber = get_scrubber(settings_for(home))
    tally = _Tally()
    for result in _scrub_lines(_lines(file), field, scrubber, tally):
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
    lines: Iterable[bytes], field: Field, scrubber: "Scrubber", tally: _Tally
) -> Iterator[dict[str, Any]]:
    from flywheel.scrub import tally_found

    numbered = enumerate(lines, start=1)
    while chunk := list(islice(numbered, _BATCH)):
        good = list(_parsed(chunk, field, scrubber.max_chars, tally))
        scrubbed = scrubber.try_groups([[text] for _, _, text in good], any_language=True)
        for (number, identifier, (of, _)), result in zip(good, scrubbed, strict=True):
            if not isinstance(result, list):
                tally.refuse(number, f"cannot be scrubbed: {result.reason}")
                continue
            (one,) = result
            tally.found.update(tally_found([of], [one]))
            entities = [found.model_dump(exclude={"recogniser"}) for found in one.entities]
            yield {"id": identifier, "text": one.text, "entities": entities}


def _parsed(
    chunk: Iterable[tuple[int, bytes]], field: Field, max_chars: int, tally: _Tally
) -> Iterator[tuple[int, str | int, tuple[Field, str]]]:
    for number, line in chunk:
        if not line.strip():
            continue
        try:
            yield number, *_parse(line, field, max_chars)
        except _Malformed as error:
            tally.refuse(number, str(error))


def _parse(line: bytes, field: Field, max_chars: int) -> tuple[str | int, tuple[Field, str]]:
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
    return identifier, (_field_of(given.get("field"), field), text)


def _field_of(given: object, otherwise: Field) -> Field:
    """A line's own field; a key of that name that says anything else is the caller's business."""
    return next((field for field in get_args(Field) if field == given), otherwise)


def _show(tally: _Tally) -> None:
    from flywheel.scrub import found_counts

    table = Table("type", "field", "recogniser", title="Personal data", show_footer=True)
    table.columns[0].footer = "all"
    table.add_column("taken out", justify="right", footer=f"{tally.found.total():,}")
    for one in found_counts(tally.found):
        table.add_row(one.type, one.field, one.recogniser, f"{one.count:,}")
    log.print(table)
