"""Where a case stands by the desk is where it stands by the database, whatever was decided."""

from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from flywheel.desk import Desk, Viewer
from flywheel.desk.tables import FILE, Tables
from flywheel.errors import InputError
from flywheel.settings import Settings, load_settings
from flywheel.store import Store, open_store
from schemas.decision import Decision
from tests.facts import add_candidate, add_draw, together

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIELDS = ("state", "decision_id", "verdict", "reviewer", "goes_to", "sent_to", "given")

NEEDED: dict[str, dict[str, Any]] = {
    "reject": {"reason": "outdated"},
    "send": {"sent_to": "bob"},
}
ACTS = st.one_of(
    st.tuples(
        st.sampled_from(["approve", "approve", "reject", "skip", "send"]),
        st.sampled_from([{}, {}, {"target": "bank"}, {"critical": True}]),
    ),
    st.tuples(
        st.just("edit"), st.sampled_from([{"output": "$85.1  MILLION"}, {"output": "$2 million"}])
    ),
    st.tuples(st.sampled_from(["undo", "adjudicate", "reopen"]), st.just({})),
)
PEOPLE = st.sampled_from(["ann", "bob", "lea"])
STEPS = st.lists(st.tuples(PEOPLE, ACTS), max_size=6)
CASES = st.lists(st.tuples(st.booleans(), STEPS, STEPS), min_size=6, max_size=10)
"""Whether two have to judge it; what happens before and after the facts are read anew."""


class _Side:
    """A desk and its store, and a clock that goes on with each act."""

    def __init__(self, settings: Settings) -> None:
        self.store: Store = open_store(settings)
        self.desk = Desk(settings)
        self.tables = Tables(settings.home / FILE)
        self.now = BEGIN

    def add(self, twice: bool) -> str:
        """A candidate of a case of its own."""
        self.now += timedelta(seconds=1)
        with together(self.store) as at_once:
            id = add_candidate(at_once, question=f"What was it at {self.now.isoformat()}?")
            if twice:
                add_draw(at_once, id, reviewers=2)
        return id

    def act(self, candidate_id: str, who: str, act: tuple[str, dict[str, Any]]) -> None:
        """Do it, where the desk lets one."""
        verdict, fields = act
        viewer = Viewer(who, adjudicates=who == "lea")
        if verdict == "reopen":
            return
        if verdict == "undo":
            file = self.desk.case(candidate_id, viewer)
            standing = [] if file is None else [one for one in file.mine if not one.undone]
            if not standing:
                return
            fields = {"undoes": standing[0].decision_id}
        if verdict == "adjudicate":
            verdict, fields = "approve", {"adjudicates": True}
        self.now += timedelta(seconds=1)
        said = {"candidate_id": candidate_id, "verdict": verdict, "reviewer": who}
        values = said | {"time": self.now.isoformat()} | NEEDED.get(verdict, {}) | fields
        if verdict not in ("approve", "edit"):
            values.pop("target", None)
        if verdict not in ("approve", "edit", "reject"):
            values.pop("critical", None)
        try:
            self.desk.decide(Decision.model_validate(values, strict=False), viewer)
        except InputError:
            return  # refused: nothing changes, on either side

    def reopen(self, candidate_ids: list[str]) -> None:
        """New evidence against what these cases stand by."""
        rows = [row for id, row in self.view().items() if id in candidate_ids]
        with self.store.transaction() as connection:
            for row in rows:
                if row["decision_id"] is not None:
                    connection.execute(
                        "INSERT INTO reopenings (candidate_id, decision_id, reason, seq) "
                        "VALUES (?, ?, 'new evidence', nextval('reopening_seq'))",
                        [row["candidate_id"], row["decision_id"]],
                    )

    def view(self) -> dict[str, dict[str, Any]]:
        """By the database's view, of what was settled."""
        self.desk.settle()
        with self.store.transaction() as connection:
            rows = _rows(connection)
        return {row["candidate_id"]: row for row in rows}

    def own(self) -> dict[str, dict[str, Any]]:
        """By the desk's own rules."""
        with self.tables.reading() as connection:
            rows = [dict(row) for row in connection.execute("SELECT * FROM cases")]
        return {row["candidate_id"]: row for row in rows}

    def agree(self, candidate_ids: list[str]) -> None:
        """Fail on the first case where the two differ."""
        own, view = self.own(), self.view()
        for id in candidate_ids:
            mine = {name: own[id][name] for name in FIELDS}
            theirs = {name: view[id][name] for name in FIELDS}
            assert mine == theirs, id


def _rows(connection: Any) -> list[dict[str, Any]]:
    cursor = connection.execute("SELECT * FROM candidate_states")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def side(tmp_path_factory: pytest.TempPathFactory) -> _Side:
    """One home for all examples: each adds cases of its own."""
    return _Side(load_settings(tmp_path_factory.mktemp("same") / "home"))


@hypothesis.settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.given(cases=CASES)
def test_the_desk_and_the_view_agree(side: _Side, cases: list[Any]) -> None:
    """After each half of the acts, before and after the desk has read the facts anew."""
    ids = [side.add(twice) for twice, _, _ in cases]
    side.desk.refresh()
    for half in (1, 2):
        for id, case in zip(ids, cases, strict=True):
            for who, act in case[half]:
                side.act(id, who, act)
        side.agree(ids)
        side.desk.refresh()
        side.agree(ids)
        side.reopen(
            [
                id
                for id, case in zip(ids, cases, strict=True)
                if any(act[0] == "reopen" for _, act in case[half])
            ]
        )
        side.desk.refresh()
        side.agree(ids)
