"""The sixteen signals of the event format, each with what it must carry."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from pydantic_core import PydanticCustomError


class Signal(StrEnum):
    """What somebody did about an answer."""

    THUMBS = "thumbs"
    RATING = "rating"
    RANK = "rank"
    COMMENT = "comment"
    CORRECTION = "correction"
    FLAG = "flag"
    COPY = "copy"
    ACCEPT = "accept"
    DISMISS = "dismiss"
    EDIT = "edit"
    REGENERATE = "regenerate"
    ABANDON = "abandon"
    SHARE = "share"
    REWRITE = "rewrite"
    FOLLOW_UP = "follow_up"
    DWELL = "dwell"


Kind = Literal["explicit", "implicit"]
TextKey = Literal["comment", "correction"]


@dataclass(frozen=True)
class SignalRule:
    """What one signal carries: the bounds of its value and the texts it needs."""

    kind: Kind
    low: float | None = None
    high: float | None = None
    value_required: bool = False
    whole: bool = False
    not_zero: bool = False
    texts: tuple[TextKey, ...] = ()

    def check_value(self, signal: Signal, value: float | None) -> None:
        """Raise a `PydanticCustomError` whose type is the reason code of the broken rule."""
        if value is None:
            if self.value_required:
                raise PydanticCustomError("value_missing", f"{signal} needs a value")
            return
        too_low = self.low is not None and value < self.low
        too_high = self.high is not None and value > self.high
        if too_low or too_high or (self.not_zero and value == 0):
            raise PydanticCustomError("value_range", f"{signal}: the value is out of its range")
        if self.whole and value != int(value):
            raise PydanticCustomError("value_range", f"{signal}: the value must be whole")


SIGNALS: Final[dict[Signal, SignalRule]] = {
    Signal.THUMBS: SignalRule("explicit", -1, 1, value_required=True, whole=True, not_zero=True),
    Signal.RATING: SignalRule("explicit", 0, 1, value_required=True),
    Signal.RANK: SignalRule("explicit", 0, value_required=True, whole=True),
    Signal.COMMENT: SignalRule("explicit", texts=("comment",)),
    Signal.CORRECTION: SignalRule("explicit", texts=("correction",)),
    Signal.FLAG: SignalRule("explicit", texts=("comment",)),
    Signal.COPY: SignalRule("implicit", 0, 1),
    Signal.ACCEPT: SignalRule("implicit"),
    Signal.DISMISS: SignalRule("implicit"),
    Signal.EDIT: SignalRule("implicit", 0, 1, texts=("correction",)),
    Signal.REGENERATE: SignalRule("implicit"),
    Signal.ABANDON: SignalRule("implicit"),
    Signal.SHARE: SignalRule("implicit"),
    Signal.REWRITE: SignalRule("implicit", texts=("comment",)),
    Signal.FOLLOW_UP: SignalRule("implicit", texts=("comment",)),
    Signal.DWELL: SignalRule("implicit", 0, value_required=True),
}
