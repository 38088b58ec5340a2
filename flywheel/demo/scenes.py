"""What happens in the story: one record a scene, told by `telling` and summed up by `summary`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flywheel.demo.delivery import Delivered
from flywheel.demo.simulation import Asked
from flywheel.steps.curate import CurateReport
from flywheel.steps.decide import DecisionsReport
from flywheel.steps.exchange import ImportReport
from flywheel.steps.funnel import IngestReport
from flywheel.steps.promote import PromoteReport
from flywheel.steps.status import Status
from schemas.candidate import CandidateView
from schemas.decision import Decision
from schemas.evaluation import GateReport

if TYPE_CHECKING:
    from flywheel_client import Selection


@dataclass(frozen=True)
class Working:
    """Something that takes a moment begins."""

    what: str


@dataclass(frozen=True)
class Opening:
    """Where the story is played."""

    seed: int
    home: Path
    cleared: bool
    """Whether an earlier demo's home was cleared."""
    logs: Path | None
    """Where the app's raw logs are kept; None: in a temporary folder, removed at the end."""


@dataclass(frozen=True)
class Stretch:
    """How the app did over some days, with what only the simulation knows."""

    days: str
    questions: int
    median_latency_ms: int
    right: dict[str, float]
    """Region to its share of right answers."""


@dataclass(frozen=True)
class Started:
    """The team's own checked cases became the first golden set."""

    report: ImportReport


@dataclass(frozen=True)
class Changed:
    """Two good days, then the provider changed the model."""

    stretches: tuple[Stretch, ...]
    broken: Asked
    """One answer that went wrong on Saturday."""


@dataclass(frozen=True)
class Complained:
    """What users did about it."""

    signals: dict[str, int]
    """What users did, by signal, over answers that were wrong."""
    wrong: int
    silent: int
    """Wrong answers that nobody did anything about."""


@dataclass(frozen=True)
class Ingested:
    """The app's logs went in."""

    report: IngestReport
    status: Status
    delivered: Delivered
    before: str
    """An invented question as it stood in the log."""
    after: str
    """The same as it stands in the store."""


@dataclass(frozen=True)
class Curated:
    """Candidates were proposed."""

    report: CurateReport
    examples: tuple[CandidateView, ...]


@dataclass(frozen=True)
class Decided:
    """The scripted reviewer went through the queue."""

    report: DecisionsReport
    decisions: tuple[tuple[CandidateView, Decision], ...]
    left: int
    """Candidates that are left for the person at the screen."""


@dataclass(frozen=True)
class Published:
    """What was approved became a release, and the bank answers a question with examples."""

    report: PromoteReport
    golden: int
    bank: int
    query: str
    selection: "Selection"


@dataclass(frozen=True)
class Judged:
    """One model went through the gate."""

    day: Literal["Saturday", "Monday"]
    model: str
    report: GateReport


@dataclass(frozen=True)
class Searched:
    """The home was searched for the personal data that the simulation had planted."""

    planted: dict[str, int]
    """How many different values, by kind."""
    files: int
    bytes: int
    left: dict[str, int]
    """Values that were found after all, by kind."""


@dataclass(frozen=True)
class Closing:
    """The end: whether it went as it must."""

    home: Path
    stopped: bool
    """v1 passed, v2 was stopped and nothing personal was left."""
    seconds: float
    gate_page: str | None
    data_docs: str | None


Scene = (
    Working
    | Opening
    | Started
    | Changed
    | Complained
    | Ingested
    | Curated
    | Decided
    | Published
    | Judged
    | Searched
    | Closing
)
