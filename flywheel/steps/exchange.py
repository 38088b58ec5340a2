"""Examples in from elsewhere, and out to a file."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from flywheel.clusters import core_of
from flywheel.curate import candidate_id
from flywheel.dedupe import case_id
from flywheel.errors import InputError, ScrubError, SourceError
from flywheel.exports import Form, encode
from flywheel.frame import interaction_row, texts_of, with_texts
from flywheel.imports import Incoming, Known, Marked, RefusedLine, Settled, parse_example, settle
from flywheel.lines import write_bytes
from flywheel.policy import read_personal_data_policy
from flywheel.promote import Side, question_key
from flywheel.pseudonym import stored_id
from flywheel.settings import Settings
from flywheel.sources.jsonl import UnfinishedSource, read_lines
from flywheel.sources.lines import Limits, Position, RawLine, batched
from flywheel.steps.cluster import find_clusters, update_clusters
from flywheel.steps.decide import known_people
from flywheel.steps.promote import PromoteReport, read_side, run_promote
from flywheel.steps.release import read_examples
from flywheel.store import Connection, Store, open_store
from flywheel.store.sql import fetch_rows, sql
from schemas.base import Record
from schemas.candidate import Target
from schemas.example import Example

if TYPE_CHECKING:
    from flywheel.scrub import Field, Scrubber

_BATCH_LINES: Final = 500


class ImportReport(Record):
    """What an import did with each line, and the promotion that followed."""

    read: int
    """Lines that are not blank."""
    added: int
    """New examples, and cases that waited for a decision and got this one."""
    unchanged: int
    """Lines whose example is there already."""
    refused: tuple[RefusedLine, ...]
    promotion: PromoteReport


def import_examples(
    settings: Settings,
    target: Target,
    path: Path,
    reviewer: str,
    progress: Callable[[int, int | None], None] | None = None,
    on_published: Callable[[str], object] | None = None,
) -> ImportReport:
    """Scrub, check and record a file of examples as this reviewer's decisions; then promote.

    A batch commits at once, so a killed import goes on where it stopped. Bad lines are refused by
    number and the rest goes in. `progress` hears bytes done and in all.

    Raises `SourceError` for a file that cannot be read, `ScrubError` when a batch cannot be
    scrubbed; batches before it stay.
    """
    if not reviewer.strip():
        raise InputError("--reviewer: a name is needed; it is recorded with each decision")
    store = open_store(settings)
    reviewer = known_people(settings, store).recorded(reviewer)
    other = read_side(store, Target.BANK if target is Target.GOLDEN else Target.GOLDEN)
    total = Settled()
    read = added = 0
    try:
        for lines in _batches(settings, path):
            incoming, refused = _prepare(lines, settings)
            update_clusters(store, settings)  # wordings of a case may stand in two batches
            settled = _record(store, settings, target, reviewer, incoming, other)
            read += len(incoming) + len(refused)
            added += len(settled.new) + len(settled.adopted)
            total.unchanged += settled.unchanged
            total.refused += refused + settled.refused
            if progress is not None:
                progress(lines[-1].done, path.stat().st_size)
    except (OSError, UnfinishedSource) as error:
        why = str(error) if isinstance(error, UnfinishedSource) else type(error).__name__
        raise SourceError(f"{path}: cannot be read ({why}); what went in stays") from None
    return ImportReport(
        read=read,
        added=added,
        unchanged=total.unchanged,
        refused=tuple(sorted(total.refused, key=lambda refusal: refusal.line)),
        promotion=run_promote(settings, on_published),
    )


def export_examples(
    settings: Settings, target: Target, path: Path | None, form: Form = Form.JSONL
) -> int:
    """Write the examples that stand in a form (None: standard output); gives how many.

    A file that is there keeps its content until the new one is complete; where the personal data
    policy says `surrogate`, invented values stand for the placeholders. Raises `InputError` when
    it cannot be written, and `BrokenPipeError` when whoever reads standard output has seen enough.
    """
    found = _with_surrogates(read_examples(open_store(settings), target), settings)
    write_bytes(encode(found, form), path)
    return len(found)


def _with_surrogates(examples: list[Example], settings: Settings) -> list[Example]:
    """The examples as an export writes them; surrogates hold nothing that JSON would escape."""
    operators = read_personal_data_policy(settings.scrub.policy).operators
    if "surrogate" not in {operators.default, *operators.by_type.values()}:
        return examples
    from flywheel.scrub.surrogates import Surrogates

    write = Surrogates(operators).write
    return [Example.model_validate_json(write(one.model_dump_json())) for one in examples]


def _batches(settings: Settings, path: Path) -> Iterator[list[RawLine]]:
    ingest = settings.ingest
    limits = Limits(_BATCH_LINES, ingest.batch_bytes, ingest.max_line_bytes)
    zipped = path.suffix == ".gz"
    lines = read_lines(path, Position(), ingest.max_line_bytes, zipped=zipped)
    return (batch.lines for batch in batched(lines, limits))


def _prepare(
    lines: Sequence[RawLine], settings: Settings
) -> tuple[list[Incoming], list[RefusedLine]]:
    from flywheel.scrub import get_scrubber

    parsed: list[tuple[int, Marked]] = []
    refused: list[RefusedLine] = []
    now = datetime.now(UTC)
    for line in lines:
        example = parse_example(line, now, settings.scrub.max_chars)
        if isinstance(example, str):
            refused.append(RefusedLine(line=line.number, reason=example))
        elif example is not None:
            parsed.append((line.number, example))
    incoming: list[Incoming] = []
    scrubber = get_scrubber(settings)
    for number, example in _scrub(parsed, refused, scrubber):
        example = example.model_copy(update={"id": stored_id(settings.key, example.id)})
        residual = _residual(example, scrubber.allow)
        if residual is None:
            incoming.append(_incoming(number, example, settings.key))
        else:
            refused.append(RefusedLine(line=number, reason=residual))
    return incoming, refused


def _scrub(
    parsed: Sequence[tuple[int, Marked]], refused: list[RefusedLine], scrubber: "Scrubber"
) -> list[tuple[int, Marked]]:
    if not parsed:
        return []
    try:
        results = scrubber.try_groups([_texts(example) for _, example in parsed])
    except ScrubError as error:
        raise ScrubError(
            f"lines {parsed[0][0]} to {parsed[-1][0]}: {error}; nothing of them was written"
        ) from None
    scrubbed: list[tuple[int, Marked]] = []
    for (number, example), result in zip(parsed, results, strict=True):
        if not isinstance(result, list):
            why = f"it cannot be scrubbed ({result.reason})"
            refused.append(RefusedLine(line=number, reason=why))
            continue
        texts = [text.text for text in result]
        if tuple(texts[len(texts) - len(example.labels) :]) != example.labels:
            refused.append(RefusedLine(line=number, reason="labels: one of them is personal data"))
            continue
        changed = with_texts(example, texts)
        assert isinstance(changed, Marked)  # noqa: S101 - narrows the type, cannot fail
        scrubbed.append((number, changed))
    return scrubbed


def _texts(example: Marked) -> list[tuple["Field", str]]:
    """With the labels last, scrubbed as those of a decision are."""
    return [*texts_of(example), *(("tags", label) for label in example.labels)]


def _residual(example: Marked, allow: tuple[str, ...]) -> str | None:
    """Nothing is found any more, to be sure."""
    from flywheel.scrub import find_residual

    for field, text in _texts(example):
        found = find_residual(text, allow)
        if found:
            return f"{field}: personal data ({', '.join(sorted(found))})"
    return None


def _incoming(number: int, example: Marked, key: bytes) -> Incoming:
    return Incoming(
        line=number,
        example=example,
        case_id=case_id(key, example.messages, example.context),
        question_key=question_key(example.messages, example.context),
        core_id=core_of(key, example.messages, example.context).id,
    )


def _record(
    store: Store,
    settings: Settings,
    target: Target,
    reviewer: str,
    incoming: Sequence[Incoming],
    other: Side,
) -> Settled:
    """One transaction: look up what is known and append what is new."""
    if not incoming:
        return Settled()
    with store.transaction() as connection:
        incoming = _clustered(connection, incoming)
        asked = {
            "ids": [line.example.id for line in incoming],
            "case_ids": [line.in_cluster for line in incoming],
            "target": target,
        }
        known = [_known(row) for row in fetch_rows(connection, "import_known", asked)]
        settled = settle(incoming, known, target, other)
        made = [(candidate_id(line.case_id, target), line) for line in settled.new]
        if made:
            connection.execute(sql("import_candidates"), _candidates(made, settings, target))
        if made or settled.adopted:
            connection.execute(sql("import_decisions"), _decisions(made, settled, reviewer))
    return settled


def _clustered(connection: Connection, incoming: Sequence[Incoming]) -> list[Incoming]:
    """The lines with the cluster of each: a wording of a known case is that case."""
    clusters = find_clusters(connection, [(one.case_id, one.core_id) for one in incoming])
    return [replace(one, cluster_id=clusters[one.case_id]) for one in incoming]


def _known(row: dict[str, Any]) -> Known:
    return Known(**row | {"target": Target(row["target"]), "tags": json.loads(row["tags"])})


def _candidates(
    made: Sequence[tuple[str, Incoming]], settings: Settings, target: Target
) -> dict[str, Any]:
    rows = [interaction_row(line.example, settings.key) for _, line in made]
    return {
        "candidate_ids": [one for one, _ in made],
        "case_ids": [row["case_id"] for row in rows],
        "target": target,
        "messages": [row["messages"] for row in rows],
        "contexts": [row["context"] for row in rows],
        "outputs": [row["output"] for row in rows],
        "features": [row["feature"] for row in rows],
        "tenants": [row["tenant"] for row in rows],
        "tags": [row["tags"] for row in rows],
        "example_ids": [row["id"] for row in rows],
    }


def _decisions(
    made: Sequence[tuple[str, Incoming]], settled: Settled, reviewer: str
) -> dict[str, Any]:
    ids = [*(one for one, _ in made), *(one for one, _ in settled.adopted)]
    edited = [line.example.output for _, line in settled.adopted]
    examples = [line.example for _, line in (*made, *settled.adopted)]
    return {
        "decision_ids": [uuid4().hex for _ in ids],
        "candidate_ids": ids,
        "verdicts": ["approve"] * len(made) + ["edit"] * len(edited),
        "outputs": [None] * len(made) + edited,
        "critical": [one.critical or None for one in examples],
        "labels": [list(one.labels) or None for one in examples],
        "reviewer": reviewer,
        "decided_at": datetime.now(UTC),
    }
