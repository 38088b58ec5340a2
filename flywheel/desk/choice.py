"""Which cases a viewer sees, as SQL over the desk's tables: the one place that knows tenants."""

import re
from typing import Any, Final

from flywheel.desk.blind import COLLEAGUE, UNSETTLED
from flywheel.desk.records import Filters, Viewer

FACETS: Final = {
    "target": "target",
    "feature": "feature",
    "tenant": "tenant",
    "model": "model",
    "reason": "reason_code",
}
"""Filter and column of those whose counts are shown beside them."""

ORDER: Final = "place, unwritten, doubt, candidate_id"
"""The most telling first: what was drawn, then what has an ideal output, then the surest."""

_WORD: Final = re.compile(r"\w+")

_IS_MINE: Final = (
    "EXISTS (SELECT 1 FROM decisions AS d WHERE d.candidate_id = cases.candidate_id "
    "AND d.reviewer = :viewer AND NOT d.undone AND d.verdict IN ('approve', 'edit', 'reject'))"
)
SKIPPED: Final = (
    "EXISTS (SELECT 1 FROM decisions AS d WHERE d.candidate_id = cases.candidate_id "
    "AND d.reviewer = :viewer AND NOT d.undone AND d.verdict = 'skip')"
)
OPEN_BY: Final = (
    f"(SELECT CASE WHEN {UNSETTLED} THEN '{COLLEAGUE}' ELSE max(leases.reviewer) END "  # noqa: S608
    "FROM leases WHERE leases.candidate_id = cases.candidate_id "
    "AND leases.reviewer <> :viewer AND leases.until > :now "
    "HAVING count(*) >= max(1, cases.reviewers - cases.given))"
)
"""Two that judge a case blind may have it open side by side."""

_OWN_STATE: Final = "own_state = :state AND state IN (:state, 'pending', 'disputed')"
"""The latter for the index: what other tenants reopened is one of the two."""


class Choice:
    """The conditions of a set of filters, and the values that they bind."""

    def __init__(self, filters: Filters, viewer: Viewer, now: float) -> None:
        self.viewer = viewer
        self.values: dict[str, Any] = {"viewer": viewer.name, "now": now, "state": filters.state}
        self._conditions = {"state": "state = :state"}
        if viewer.tenant is not None:
            self._conditions["state"] = _OWN_STATE
            self._add("bound", "tenant = :bound", bound=viewer.tenant)
        for name, column in FACETS.items():
            value = getattr(filters, name)
            if value is not None:
                self._add(name, f"{column} = :{name}", **{name: value})
        self._add_others(filters)
        self._add_state(filters)

    def where(self, *without: str) -> str:
        """The conditions, but for those of these filters."""
        kept = [text for name, text in self._conditions.items() if name not in without]
        return " AND ".join(kept) or "TRUE"

    def _add(self, name: str, condition: str, **values: Any) -> None:
        self._conditions[name] = condition
        self.values |= values

    def _add_others(self, filters: Filters) -> None:
        if filters.signal is not None:
            self._add("signal", "instr(signals, :signal)", signal=f" {filters.signal} ")
        if filters.drawn is not None:
            self._add("drawn", "stratum = :drawn", drawn=filters.drawn)
        if filters.since is not None:
            self._add("since", "day >= :since", since=filters.since)
        if filters.until is not None:
            self._add("until", "day <= :until", until=filters.until)
        if filters.text is not None and (words := _WORD.findall(filters.text)):
            found = " ".join(f'"{word}"*' for word in words)
            matching = "SELECT rowid FROM texts WHERE texts MATCH :text"
            self._add("text", f"id IN ({matching})", text=found)

    def _add_state(self, filters: Filters) -> None:
        """What of a state is this viewer's business."""
        if filters.state not in ("pending", "disputed"):
            if filters.mine:
                self._add("mine", _IS_MINE)
        elif filters.mine:
            self._add("mine", "sent_to = :viewer")
        if filters.state == "pending":
            others = "sent_to <> :viewer"  # unknown, so untrue, where it was sent to nobody
            self._add("sent", others if filters.passed else f"({others}) IS NOT TRUE")
            # One of two that judge a case blind has done so, and waits for the other.
            self._add(
                "given", f"(reviewers = 1 OR given = 0 OR sent_to = :viewer OR NOT {_IS_MINE})"
            )


def tenant_of(viewer: Viewer) -> tuple[str, dict[str, Any]]:
    """The condition on a single case: another tenant's does not exist for a bound viewer."""
    if viewer.tenant is None:
        return "TRUE", {}
    return "tenant = :bound", {"bound": viewer.tenant}
