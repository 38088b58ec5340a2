"""A home with something on every page: what pictures are taken of, and what axe looks through."""

from datetime import timedelta
from typing import Final, NamedTuple

from flywheel.desk import Desk, Viewer
from flywheel.review.form import decision_now
from flywheel.settings import Settings
from flywheel.store import Store, open_store
from schemas.decision import Verdict
from tests.facts import MONDAY, add_candidate, add_feedback, add_interaction, together
from tests.flywheel.review.cases import add_cases, draw

ANSWER: Final = "Revenue was **€213 million**.\n\n- margin 19%\n- up 7.9%"
HAPPENINGS: Final = (
    ("rewrite", 2, "Revenue and operating income of the fourth quarter, please"),
    ("copy", 3, None),
    ("rewrite", 4, "I mean the fourth quarter of 2024"),
    ("thumbs", 9, None),
    (
        "correction",
        55,
        "Nordlicht's revenue was €1,284.6 million, operating income €213.4 million.",
    ),
    ("flag", 60 * 26, "revenue and operating income are swapped"),
)


class Scene(NamedTuple):
    """The cases by what they show."""

    telling: str
    plain: str
    disputed: str
    unwritten: str
    rendered: str

    @property
    def paths(self) -> dict[str, str]:
        """Every kind of page by a name for its picture."""
        return {
            "queue": "/",
            "filters": "/?model=v1&signal=rewrite",
            "nothing": "/?text=zzz",
            "decided": "/?state=approved",
            "case": f"/cases/{self.telling}",
            "unwritten": f"/cases/{self.unwritten}",
            "rendered": f"/cases/{self.rendered}",
            "disputed": f"/cases/{self.disputed}?state=disputed",
            "approved": f"/cases/{self.plain}?state=approved",
            "around": f"/cases/{self.telling}/around",
            "missing": "/cases/c-none",
            "bulk": "/bulk?feature=report_qa",
            "progress": "/progress",
            "published": "/published",
        }


def make_scene(settings: Settings) -> Scene:
    """Fill a home; two reviewers have decided a little, and differ on one case."""
    store = open_store(settings)
    with together(store) as at_once:
        scene = _add(at_once)
    desk = Desk(settings)
    desk.refresh()  # a server beside it may have its turn at the database
    _decide(desk, scene)
    desk.stop()
    return scene


def _add(store: Store) -> Scene:
    telling, plain, disputed, _, unwritten = add_cases(store)
    rendered = add_candidate(store, question="And as a list?", output=ANSWER, p_good=0.3)
    draw(
        store, telling, 1, stratum="telling", probability=1.0, why="Among the most telling: rising."
    )
    draw(store, disputed)
    for number in range(24):
        question = f"What was the revenue of segment {number} in 2019?"
        feature = ("report_qa", "report_summary", "small_talk")[number % 3]
        add_candidate(store, question=question, p_good=number / 24, feature=feature)
    with store.transaction() as connection:
        found = "SELECT interaction_id, case_id FROM candidates WHERE candidate_id = ?"
        interaction, case = connection.execute(found, [telling]).fetchone() or ("", "")
        connection.execute(
            "UPDATE interactions SET case_id = ?, cost_usd = 0.0123, latency_ms = 2310, "
            "input_tokens = 2412, output_tokens = 81 WHERE id = ?",
            [case, interaction],
        )
    for signal, minutes, text in HAPPENINGS:
        values = {"correction": text} if signal == "correction" else {"comment": text}
        value = -1 if signal == "thumbs" else None
        time = MONDAY + timedelta(minutes=minutes)
        add_feedback(store, interaction, signal, value, time=time, **values)
    variant = add_interaction(store, "Q4 of Nordlicht?", ANSWER, case_id=case)
    add_feedback(store, variant, "regenerate")
    return Scene(telling, plain, disputed, unwritten, rendered)


def _decide(desk: Desk, scene: Scene) -> None:
    made = [
        (scene.plain, "kim", {"verdict": Verdict.APPROVE}),
        (scene.disputed, "kim", {"verdict": Verdict.APPROVE}),
        (scene.disputed, "sam", {"verdict": Verdict.EDIT, "output": "By €0.20 a share."}),
    ]
    for candidate_id, reviewer, said in made:
        decision = decision_now({"candidate_id": candidate_id, "reviewer": reviewer} | said)
        desk.decide(decision, Viewer(reviewer))
