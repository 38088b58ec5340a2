"""The curation policy: who becomes a candidate, as data."""

import hashlib
from typing import Annotated

from pydantic import Field

from schemas.base import Record
from schemas.signal import Signal

Share = Annotated[float, Field(ge=0, le=1)]
Cap = Annotated[int, Field(ge=0)]


class GoldenPolicy(Record):
    """Which cases are proposed for the golden set: what the app must never get wrong again."""

    max_p_good: Share
    """An answer at or below it is judged bad."""
    cap_per_feature_and_day: Cap
    rising_min_asked: Annotated[int, Field(ge=1)] = 5
    """Times that a case was asked in the newest seven days, before it can be rising."""
    rising_factor: Annotated[float, Field(ge=1)] = 3
    """How many times as often as in a week of the four before."""
    rising_max_p_good: Share = 0.4
    """An answer to a rising case at or below it is proposed, though it is not judged bad."""


class BankPolicy(Record):
    """Which cases are proposed for the few-shot bank: what a good answer looks like."""

    min_p_good: Share
    """An answer at or above it is judged good."""
    min_signals: Annotated[int, Field(ge=1)]
    """Independent signals in favour: distinct by user and kind of signal."""
    signals: tuple[Annotated[Signal, Field(strict=False)], ...]
    """Those that count as one; weak hints do not."""
    corrected_share: Share
    """Of the corrected cases; the others are golden's."""
    cap_per_feature_and_day: Cap
    gaps_waiting: Cap = 20
    """Gaps in coverage that wait for a reviewer at once; the most asked are proposed first."""
    redundant_waiting: Cap = 10
    """Redundant examples that wait for a reviewer at once; the most alike come first."""
    harmful_waiting: Cap = 10
    """Examples that hurt and wait for a reviewer at once; the surest harm comes first."""


class CurationPolicy(Record):
    """Everything that `flywheel curate` decides by."""

    exclusive: bool
    """Whether a case proposed for one target is never proposed for the other."""
    golden: GoldenPolicy
    bank: BankPolicy

    @property
    def version(self) -> str:
        """A hash of the content; comments and layout of its file do not count."""
        return "p-" + hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]
