"""What scrubbing did, as facts: policy, counts, canaries; and whether a run may write at all."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from flywheel.errors import CanaryError
from flywheel.sources.lines import RawLine
from flywheel.store import Connection
from flywheel.store.sql import fetch_rows, sql
from schemas.base import Record
from schemas.event import Feedback, Interaction

if TYPE_CHECKING:
    from flywheel.scrub import FoundCount, Scrubber
    from flywheel.scrub.found import CanaryRecall

_RECORDS = 3
"""Records of which copies carry the canaries."""


class TakenOut(Record):
    """How much of a type was taken out of a field, over all batches."""

    type: str
    field: str
    count: int


class ScrubStatus(Record):
    """What `flywheel status` shows of scrubbing."""

    canary_recall: dict[str, float]
    """Of the newest run that wrote: the share of planted identities found, by type."""
    versions: tuple[str, ...]
    """Of policy and settings, under which the batches were scrubbed."""
    taken_out: tuple[TakenOut, ...]


def plant_canaries(
    scrubber: "Scrubber", lines: Iterable[RawLine], source: str
) -> tuple["CanaryRecall", ...]:
    """Plant canaries into copies of the first records among the lines, in memory."""
    from flywheel.frame import texts_of
    from flywheel.parse import parse_line
    from flywheel.scrub.canaries import measure_canaries

    parsed = (parse_line(line, source) for line in lines)
    events = (event for event in parsed if isinstance(event, Interaction | Feedback))
    return measure_canaries(scrubber, [texts_of(event) for event in islice(events, _RECORDS)])


def require_recall(recalls: Sequence["CanaryRecall"], least: float) -> None:
    """Raises `CanaryError` when less of any type was found: then nothing may be written."""
    missed = [one for one in recalls if one.recall < least]
    if missed:
        told = ", ".join(f"{one.type} {one.found} of {one.planted}" for one in missed)
        raise CanaryError(
            f"the scrubber found too few of the identities planted to try it ({told}; the least is "
            f"FLYWHEEL_SCRUB__CANARY_RECALL, {least:g}): nothing was written"
        )


def write_scrubbing(
    connection: Connection, batch_id: str, version: str, counts: Sequence["FoundCount"]
) -> None:
    """Append under what a batch was scrubbed, and how much was taken out."""
    connection.execute(sql("insert_batch_scrubbing"), {"batch_id": batch_id, "version": version})
    values = {
        "batch_id": batch_id,
        "fields": [one.field for one in counts],
        "types": [one.type for one in counts],
        "recognisers": [one.recogniser for one in counts],
        "counts": [one.count for one in counts],
    }
    connection.execute(sql("insert_scrub_counts"), values)


def write_canaries(
    connection: Connection, run_id: str, batch_id: str, recalls: Sequence["CanaryRecall"]
) -> None:
    """Append a run's canaries, with the first batch that it writes."""
    values = {
        "run_id": run_id,
        "batch_id": batch_id,
        "types": [one.type for one in recalls],
        "planted": [one.planted for one in recalls],
        "found": [one.found for one in recalls],
    }
    connection.execute(sql("insert_canaries"), values)


def read_scrubbing(connection: Connection) -> ScrubStatus:
    """The newest canaries and all counts."""
    (row,) = fetch_rows(connection, "status_scrubbing")
    canaries = fetch_rows(connection, "status_canaries")
    return ScrubStatus(
        canary_recall={one["type"]: one["found"] / one["planted"] for one in canaries},
        versions=tuple(row["versions"]),
        taken_out=tuple(TakenOut(**one) for one in fetch_rows(connection, "status_taken_out")),
    )
