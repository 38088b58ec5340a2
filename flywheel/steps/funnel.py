"""What became of every line: a funnel by source and by run, whose numbers add up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from flywheel.scrub.found import CanaryRecall, FoundCount, found_counts
from flywheel.scrub.found import Tally as FoundTally
from flywheel.store import Store
from flywheel.store.sql import fetch_rows
from schemas.base import Record

if TYPE_CHECKING:
    from flywheel.steps.batch import Batch, Written

FUNNEL: Final = (
    "read",
    "blank",
    "malformed",
    "failed_expectations",
    "outside",
    "resent",
    "interactions",
    "feedback",
)
"""The funnel's numbers; `read` is the sum of the others."""


class Funnel(Record):
    """What became of some lines."""

    read: int = 0
    blank: int = 0
    malformed: int = 0
    failed_expectations: int = 0
    outside: int = 0
    """Lines whose event lies outside the times that were asked for."""
    resent: int = 0
    """Lines whose id was there already."""
    interactions: int = 0
    feedback: int = 0
    reasons: dict[str, int] = Field(default_factory=dict)
    """Lines that went to quarantine, by reason."""
    entities: dict[str, int] = Field(default_factory=dict)
    """Personal data taken out, by type."""
    found: tuple[FoundCount, ...] = ()
    """The same by field, type and recogniser."""

    @property
    def quarantined(self) -> int:
        """Lines that were put aside."""
        return self.malformed + self.failed_expectations

    @property
    def stored(self) -> int:
        """Events that are new in the store."""
        return self.interactions + self.feedback


class SourceReport(Funnel):
    """What became of one source's lines."""

    source: str
    note: str | None = None
    """What a person should know: "replaced", "unchanged", a line left for the next run."""
    error: str | None = None
    """Why reading stopped before the source's end."""


class IngestReport(Funnel):
    """What became of all sources' lines."""

    run_id: str
    sources: tuple[SourceReport, ...]
    unreadable: dict[str, str] = Field(default_factory=dict)
    """Sources that could not be read, or not to their end, with why; the others went in."""
    canaries: tuple[CanaryRecall, ...] = ()
    """Invented identities planted into copies of records, and how many were found, by type."""
    data_docs: str | None = None
    """The page that shows the expectations' results; none when no row was checked."""
    dry_run: bool = False
    """Nothing was written: the numbers say what would have been."""
    stale_orphans: int = 0
    """Feedback in the store that has waited too long for its interaction."""


@dataclass
class Tally:
    """Adds up batches."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    entities: Counter[str] = field(default_factory=Counter)
    found: FoundTally = field(default_factory=Counter)

    def add(self, batch: "Batch", written: "Written") -> None:
        """Count a batch that was committed."""
        self.counts.update(
            read=batch.read,
            blank=batch.blank,
            malformed=batch.malformed,
            failed_expectations=batch.failed_expectations,
            outside=batch.outside,
            resent=written.resent,
            interactions=written.interactions,
            feedback=written.feedback,
        )
        self.reasons.update(fault.reason for fault in batch.faults)
        self.entities.update(batch.entities)
        self.found.update(batch.found)

    def report(self, source: str, note: str | None, error: str | None = None) -> SourceReport:
        """What became of the source whose batches were added."""
        return SourceReport(
            source=source,
            note=note,
            error=error,
            reasons=dict(sorted(self.reasons.items())),
            entities=dict(sorted(self.entities.items())),
            found=found_counts(self.found),
            **self.counts,
        )


def sum_counts(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Counts by name, added up, names in order."""
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))


def sum_found(funnels: Iterable[Funnel]) -> tuple[FoundCount, ...]:
    """What was taken out, added up."""
    total: FoundTally = Counter()
    for one in (one for funnel in funnels for one in funnel.found):
        total[one.field, one.type, one.recogniser] += one.count
    return found_counts(total)


class FunnelCounts(Record):
    """The funnel as a table has it; `read` is the sum of the others."""

    read: int = 0
    blank: int = 0
    quarantined: int = 0
    """Ever put aside; what a retry took in later is counted again, as a line of its own."""
    outside: int = 0
    resent: int = 0
    stored: int = 0


class FunnelRow(FunnelCounts):
    """The funnel of one source or run."""

    name: str
    """The source's path, or the run's id."""
    at: str
    """When its latest batch was committed, ISO 8601, UTC."""


def read_funnel(store: Store, by: Literal["source", "run"]) -> list[FunnelRow]:
    """The funnel of all batches ever committed, by source or by run, in their order."""
    with store.transaction() as connection:
        rows = fetch_rows(connection, "read_funnel", {"by": by})
    return [FunnelRow(**row) for row in rows]
