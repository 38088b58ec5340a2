"""Bulk, progress, the audit's export, and what stands around a case."""

import csv
import io
import json
import re
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from flywheel.desk import Entry, Made
from flywheel.errors import InputError
from flywheel.review import figures
from flywheel.review.audit import audit_csv
from flywheel.review.pace import count_pace, judged
from flywheel.review.pages_bulk import BulkForm, maker
from flywheel.review.plots import Columns, Points
from flywheel.settings import Settings
from schemas.agreement import AgreementReport, Figure, Measure, WeekAgreement
from schemas.calibration import Calibration, ReliabilityBin, ReliabilityReport
from schemas.decision import Verdict
from schemas.draw import Share, ShareReport
from tests.facts import MONDAY
from tests.flywheel.review.conftest import Site, csrf, send
from tests.flywheel.review.scene import make_scene
from tests.flywheel.review.test_case import make_decision


def test_around_a_case_stand_its_timeline_variants_and_like(
    rosa: TestClient, settings: Settings, site: Site
) -> None:
    """Feedback with its delay, the other wording's answer, examples that are there."""
    scene = make_scene(settings)
    assert "Nothing is published yet" in rosa.get(f"/cases/{scene.telling}/around").text
    send(rosa, "/publish")
    text = rosa.get(f"/cases/{scene.telling}/around").text
    assert text.count("<circle") == 7
    assert 'role="img" aria-label="Feedback on a line of time' in text
    assert "55 min later" in text
    assert "revenue and operating income are swapped" in text
    assert "about a variant" in text
    assert "1 other answer to this case" in text
    assert "asked as:" in text
    assert "How large was the order intake?" in text, "the nearest example of the release"


def test_progress_plots_stand_beside_their_tables(
    rosa: TestClient, settings: Settings, site: Site
) -> None:
    """A lead's page with all charts; each plot names itself and says the same as a table."""
    make_scene(settings)
    text = rosa.get("/progress").text
    for title in ("Decisions over time", "Funnel", "Approvals by reason"):
        assert f">{title}</h2>" in text
    assert text.count('class="plot"') == text.count("As a table")
    assert "Too few cases were judged by two" in text
    assert "style=" not in text


def test_bulk_decides_what_the_filters_show_or_nothing(
    rosa: TestClient, settings: Settings, site: Site
) -> None:
    """A preview with the count by feature; another count by now, or typed, decides nothing."""
    make_scene(settings)
    page = rosa.get("/bulk?feature=small_talk").text
    assert "pending</b> cases with feature small_talk" in page
    assert "Approve 8 cases" in page
    assert "Reject 8 cases" in page
    assert " checked" not in page, "nothing is chosen beforehand"
    assert " selected>" not in page
    before = len(site.desk.decisions())
    form = {"csrf": csrf(rosa), "verdict": "reject", "words": "all tests", "expected": "8"}
    unsaid = rosa.post("/bulk?feature=small_talk", data=form | {"typed": "8", "verdict": ""})
    assert unsaid.status_code == 400
    assert "Say what they are" in unsaid.text
    wrong = rosa.post("/bulk?feature=small_talk", data=form | {"typed": "7"})
    assert wrong.status_code == 400
    assert "Type 8 to confirm" in wrong.text
    gone = rosa.post("/bulk?feature=small_talk", data=form | {"expected": "9", "typed": "9"})
    assert gone.status_code == 400
    assert "do not show 9 cases any more" in gone.text
    assert len(site.desk.decisions()) == before
    [key] = re.findall(r'name="key" value="([^"]+)"', gone.text)
    form |= {"typed": "8", "key": key}
    done = rosa.post("/bulk?feature=small_talk", data=form)
    assert "8 cases rejected." in done.text
    again = rosa.post("/bulk?feature=small_talk", data=form)
    assert "0 cases rejected. 8 were before." in again.text, "a page that is loaded again"
    made = site.desk.decisions()[before:]
    assert {m.decision.reason for m in made} == {"all tests"}
    assert {m.decision.note for m in made} == {"in bulk, one of 8"}
    approved = {"verdict": "approve", "expected": "16", "typed": "16", "csrf": csrf(rosa)}
    text = rosa.post("/bulk?model=v1&until=2025-12-31&text=segment", data=approved).text
    assert "16 cases approved." in text


def test_a_confirmation_names_the_count() -> None:
    """With or without a comma; a rejection needs its reason."""
    for form in (BulkForm("approve", expected=1200, typed="120"), BulkForm("reject", expected=1)):
        with pytest.raises(InputError, match="Type"):
            maker(form, "lea")
    with pytest.raises(InputError, match="Say why"):
        maker(BulkForm("reject", expected=1, typed="1"), "lea")
    make = maker(BulkForm("approve", expected=1200, typed="1,200"), "lea")
    blank = dict.fromkeys(Entry._fields)
    entry = Entry(**blank | {"candidate_id": "c-1"})  # type: ignore[arg-type]
    assert make(entry).verdict is Verdict.APPROVE


def test_the_audit_says_who_decided_what_on_which_text(
    rosa: TestClient, settings: Settings, site: Site
) -> None:
    """As lines and as a table; what was taken back stays in it; a dispute's names once settled."""
    scene = make_scene(settings)
    rows = [json.loads(line) for line in rosa.get("/audit").text.splitlines()]
    assert [row["reviewer"] for row in rows] == ["kim", None, None]
    send(rosa, f"/cases/{scene.disputed}", verdict="reject", words="neither", force="1")
    rows = [json.loads(line) for line in rosa.get("/audit").text.splitlines()]
    assert [row["reviewer"] for row in rows] == ["kim", "kim", "sam", "rosa"]
    assert rows[2]["output"] == "By €0.20 a share."
    answer = rosa.get("/audit?form=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="decisions.csv"'
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["decision_id"] for row in table] == [row["decision_id"] for row in rows]
    assert rosa.get("/audit?form=xlsx").status_code == 400


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-2", "@x", "\tx", "\n=1", "＝1+1", "＠x"])
def test_no_cell_becomes_a_formula(typed: str) -> None:
    """A spreadsheet shows what was typed and runs nothing."""
    [_, line] = audit_csv([make_decision("reject", reason=f"{typed}y")])
    assert f"'{typed}" in line


def _made(hours: float, reviewer: str = "rosa", **fields: object) -> Made:
    made = make_decision("approve", reviewer)
    time = MONDAY + timedelta(hours=hours)
    return made._replace(decision=made.decision.model_copy(update={"time": time} | fields))


def test_the_pace_counts_what_stands() -> None:
    """Mine, and those of the last hour; what was taken back or skipped is no judgement."""
    made = [_made(0), _made(1.5), _made(1.6, "sam"), _made(1.7)._replace(undone=True)]
    made.append(make_decision("skip"))
    now = MONDAY + timedelta(hours=2)
    assert len(judged(made)) == 3
    assert count_pace(judged(made), "rosa", now) == (2, 1)


def test_decisions_an_hour_leave_pauses_out() -> None:
    """Four in three minutes, lunch, two more: eighty an hour, as long as one is at it."""
    made = [_made(minutes / 60) for minutes in (0, 1, 2, 3, 63, 64)]
    assert figures.per_hour(made) == pytest.approx(60)
    assert figures.per_hour(made[:2]) is None
    shown = figures.heads(made, "rosa", 30, MONDAY + timedelta(hours=3), team=True)
    assert ("Left", "30", "about 0.5 h at your pace") in shown
    assert figures.heads(made, "rosa", 30, MONDAY, team=False)[-1][0] == "Left"


def test_decisions_by_day_tell_yes_from_no() -> None:
    """The plot's bars and the table's rows are the same numbers."""
    made = [_made(0), _made(1), _made(-24)]
    chart = figures.over_time(made, date(2025, 1, 6))
    assert ("2025-01-06", "2", "0") in chart.rows
    assert ("2025-01-05", "1", "0") in chart.rows
    assert len(chart.rows) == figures.DAYS
    assert isinstance(chart.picture, Columns)
    assert chart.picture.x[-1].label == "6 Jan"
    assert (chart.up, chart.across) == ("decisions", "day (UTC)")
    assert figures.over_time(made, date(2025, 3, 1)).picture is None


def test_reasons_are_weighed_by_what_reviewers_said() -> None:
    """The most frequent first, with the share approved."""
    chart = figures.by_reason({"judged_bad": 3, "rising": 1}, {"judged_bad": 1})
    assert chart.rows[0] == ("judged bad", "3", "1", "75%")
    assert chart.rows[1] == ("rising", "1", "0", "100%")


def test_agreement_calibration_and_shares_carry_their_intervals() -> None:
    """From the reports as they are; nothing known is a sentence and no empty plot."""
    alpha = Measure(value=0.62, low=0.4, high=0.8)
    figure = Figure(
        criterion="verdict",
        level="nominal",
        cases=40,
        same=0.9,
        alpha=alpha,
        kappa=None,
        enough=True,
    )
    report = AgreementReport(
        figures=(figure,),
        pairs=(),
        weeks=(WeekAgreement(week="2025-01-06", figure=figure),),
        twice=44,
        waiting=4,
        disputed=2,
        fewest=10,
        confidence=0.95,
    )
    chart = figures.agreement(report)
    assert chart.rows == (("2025-01-06", "0.62", "0.40 to 0.80", "40"),)
    assert isinstance(chart.picture, Points)
    assert [tick.label for tick in chart.picture.y] == ["0.00", "0.25", "0.50", "0.75", "1.00"]
    assert [text.words for text in chart.picture.texts] == ["0.62"], "alpha is no share"
    assert "0.62 on 40 cases" in chart.says
    assert figures.agreement(report.model_copy(update={"weeks": ()})).picture is None

    bins = (ReliabilityBin(decisions=12, predicted=0.2, observed=0.3, low=0.1, high=0.5),)
    known = Calibration(log_loss=alpha, brier=alpha, ece=alpha, auc=None, bins=bins)
    reliability = ReliabilityReport(decisions=12, left_out={}, calibration=known, confidence=0.95)
    assert figures.calibration(reliability).rows == (("20%", "30%", "10% to 50%", "12"),)
    none = reliability.model_copy(update={"calibration": None})
    assert figures.calibration(none).none_yet == "Too few decisions yet: 12."

    share = Share(
        name="r-0123456789", population=800, drawn=100, decided=60, naive=0.8, value=0.6,
        low=0.5, high=0.7, provisional=True,
    )  # fmt: skip
    shares = ShareReport(rounds=(share,), whole=share, confidence=0.95, undrawn=0)
    chart = figures.shares(shares)
    assert chart.rows[0] == ("r-0123456", "60%", "50% to 70%", "60 of 100", "80%")
    assert isinstance(chart.picture, Points)
    assert [tick.label for tick in chart.picture.x] == ["newest", "all"]
    assert figures.shares(shares.model_copy(update={"rounds": (), "whole": None})).picture is None


def test_a_busy_database_costs_a_chart_and_no_page() -> None:
    """The others are shown; this one says why it is not."""
    assert "busy" in figures.busy("Funnel").none_yet
