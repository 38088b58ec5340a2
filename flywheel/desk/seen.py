"""Whether a case still is what somebody was shown who decides it now."""

from collections.abc import Mapping, Sequence
from typing import Any

from flywheel.desk.overlay import overlaid
from flywheel.desk.records import Made, text_version
from flywheel.errors import MeanwhileError
from schemas.decision import Decision


def check_seen(
    decision: Decision, row: Mapping[str, Any], made: Sequence[Made], state: str | None
) -> None:
    """Raise `MeanwhileError` when it is in another state, somebody else's for now, or other text.

    What the decider does not say is not asked; `made` are the decisions about the case.
    """
    if state is not None and state != row["state"]:
        if row["state"] == "pending":  # whoever decided it before did not bring it back
            raise MeanwhileError("Meanwhile this case waits again: load it, and see why.")
        by = f" by {row['reviewer']}" if row["reviewer"] and row["state"] != "disputed" else ""
        raise MeanwhileError(f"Meanwhile this case was {row['state']}{by}.")
    if row["open_by"] is not None:
        raise MeanwhileError(f"{row['open_by']} has this case open.")
    if decision.text_version not in (None, text_version(overlaid(row, made))):
        raise MeanwhileError(
            "The text of this case has changed since you opened it: load it again."
        )
