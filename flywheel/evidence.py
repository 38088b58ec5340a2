"""Says in words what users did, for the reviewer who asks why an answer was proposed."""

from collections.abc import Sequence
from typing import Final

from schemas.signal import Signal

_DID: Final[dict[tuple[Signal, int], str]] = {
    (Signal.THUMBS, 1): "gave a thumbs up",
    (Signal.THUMBS, -1): "gave a thumbs down",
    (Signal.RANK, 1): "ranked it among the best answers",
    (Signal.RANK, -1): "ranked it below other answers",
    (Signal.COMMENT, -1): "left a comment",
    (Signal.COMMENT, 0): "left a comment beside praise",
    (Signal.CORRECTION, -1): "corrected it",
    (Signal.CORRECTION, 1): "gave the same answer as the right one",
    (Signal.FLAG, -1): "flagged it",
    (Signal.ACCEPT, 1): "accepted it",
    (Signal.DISMISS, -1): "dismissed it",
    (Signal.REGENERATE, -1): "asked for another answer",
    (Signal.ABANDON, -1): "left without going on",
    (Signal.SHARE, 1): "shared it",
    (Signal.REWRITE, -1): "rewrote their prompt",
    (Signal.FOLLOW_UP, -1): "asked a further question",
}
"""By signal and by the sign of what it added, where the value need not be told."""


def describe(
    signal: Signal, sign: int, users: int, unnamed: int, values: Sequence[float | None]
) -> str:
    """One line: who did what, with the mean of the values that came.

    `sign` is that of the log-odds; `users` are distinct, `unnamed` are events without a user.
    """
    known = [value for value in values if value is not None]
    mean = sum(known) / len(known) if known else None
    return f"{_who(users, unnamed)} {_did(signal, sign, mean)}"


def _did(signal: Signal, sign: int, mean: float | None) -> str:
    if signal is Signal.RATING:
        return f"rated it {_percent(mean)}"
    if signal is Signal.COPY:
        return "copied it" if mean is None else f"copied {_percent(mean)} of it"
    if signal is Signal.EDIT:
        how = "nearly kept it" if sign > 0 else "changed it"
        return how if mean is None else f"{how}: {_percent(mean)} edited"
    if signal is Signal.DWELL:
        return f"stayed on it for {mean or 0:.0f} s"
    return _DID.get((signal, sign)) or _DID.get((signal, -1)) or _DID[signal, 1]


def _percent(share: float | None) -> str:
    return "an unknown share" if share is None else f"{share:.0%}"


def _who(users: int, unnamed: int) -> str:
    parts = []
    if users:
        parts.append("1 user" if users == 1 else f"{users} users")
    if unnamed:
        parts.append("1 unnamed visitor" if unnamed == 1 else f"{unnamed} unnamed visitors")
    return " and ".join(parts)
