"""Says in words why a case is in the queue: what users did, what they changed, how it was drawn."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from flywheel.review.diff import changed_numbers

_REASON: Final = re.compile(
    r"(?P<before>.*?)(?P<judged>Judged bad|Judged good|Not clearly bad), "
    r"P\(good\) (?P<p>under 1%|over 99%|\d{1,3}%): (?P<notes>.*?)\.(?P<rest>(?: [A-Z].*)?)",
    re.DOTALL,
)
_MOST_TOLD: Final = 3
_CORRECTED: Final = frozenset({"judged_bad_corrected", "judged_bad_edited", "corrected"})
"""Reason codes of a case whose proposed ideal output is what a user put in the answer's place."""


class Why(NamedTuple):
    """Why a case is here, the telling part first."""

    said: str
    """What users did, as one sentence."""
    judged: str | None
    """What the signals make of it, such as "Judged bad"."""
    more: str
    """What else the policy has to say; may be empty."""


def say_why(reason: str, reason_code: str, answer: str | None, ideal: str | None) -> Why:
    """A candidate's reason, read aloud: with the figures that a correction changed.

    A reason of another make (an import, another policy) stands as it is.
    """
    found = _REASON.fullmatch(reason)
    if found is None:
        return Why(reason, None, "")
    pairs = changed_numbers(answer, ideal) if reason_code in _CORRECTED and answer and ideal else ()
    notes = [note.strip() for note in found["notes"].split(";") if note.strip()]
    said = _sentence(_with_figures(notes, pairs))
    more = " ".join(part.strip() for part in (found["before"], found["rest"]) if part.strip())
    return Why(said or reason, found["judged"], more)


def say_draw(
    stratum: str | None, probability: float | None, population: int | None, why: str | None
) -> str | None:
    """How the case was drawn, with its odds where they are known; None when it was not."""
    if stratum is None:
        return None
    if probability is None:
        return "Drawn by lot." if stratum == "random" else "Taken for certain."
    of = f" of {population:,} that waited" if population else ""
    if stratum == "random":
        return f"Drawn by lot{of}: {_odds(probability)}."
    return f"Taken for certain{of}. {why or ''}".strip()


def _odds(probability: float) -> str:
    if probability >= 1:
        return "every one was"
    one_in = 1 / max(probability, 1e-9)
    return f"1 in {one_in:,.0f}" if one_in >= 10 else f"1 in {one_in:.2g}"


def _with_figures(notes: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Iterable[str]:
    told = list(_changes(pairs))
    changes = ", ".join(told[:_MOST_TOLD])
    further = f" and {len(told) - _MOST_TOLD} more" if len(told) > _MOST_TOLD else ""
    for note in sorted(notes, key=_rank):
        if changes and note.endswith("corrected it"):
            yield f"{note.removesuffix(' it')} {changes}{further}"
            changes = ""
        elif note.endswith("rewrote their prompt"):
            yield f"{note} after this answer"
        else:
            yield note


def _changes(pairs: Sequence[tuple[str, str]]) -> Iterable[str]:
    """Each pair in words; two numbers that stand in each other's place are one change."""
    for index, (old, new) in enumerate(pairs):
        if (new, old) not in pairs:
            yield f"{old} to {new}"
        elif (new, old) not in pairs[:index]:
            yield f"{old} and {new}, which had changed places"


def _rank(note: str) -> int:
    """What tells most about an answer comes first; equal ones stay in the evidence's order."""
    return next((i for i, word in enumerate(("rewrote", "corrected")) if word in note), 2)


def _sentence(parts: Iterable[str]) -> str:
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
