"""The gate's verdicts as they are told, the ones that a good run does not show included."""

from typing import Any

from rich.console import Console

from flywheel.demo.scenes import Judged
from flywheel.demo.telling import WIDTH, tell
from schemas.evaluation import Estimate, GateReport, GateVerdict, WorstCase


def _estimate(name: str, difference: float, cases: int = 40, **more: Any) -> Estimate:
    values = {
        "name": name,
        "cases": cases,
        "baseline": 1.0,
        "candidate": 1.0 + difference,
        "difference": difference,
        "low": difference - 0.01,
        "high": difference + 0.01,
    }
    return Estimate(**values | more)


def _worst(case_id: str, question: str) -> WorstCase:
    return WorstCase(
        case_id=case_id,
        slices=("region=Europe",),
        question=question,
        ideal="EUR 10 million",
        baseline_output="EUR 10 million",
        candidate_output="USD 3 million",
        baseline=1.0,
        candidate=0.0,
        reason="numeric: wrong",
    )


def _report(verdict: GateVerdict, **more: Any) -> GateReport:
    values: dict[str, Any] = {
        "evaluation_id": "e",
        "prompt": "earnings_qa",
        "prompt_version": "1",
        "candidate": "v2",
        "baseline": "golden",
        "release_id": "r",
        "verdict": verdict,
        "reason": "3.0% of the answers are errors, more than 2%",
        "notes": ("the judge was not run",),
        "margin": 0.05,
        "confidence": 0.95,
        "repeats": 1,
        "cases": 80,
        "paired": 80,
        "error_share": 0.0,
        "whole": _estimate("whole", 0.0, 80),
        "slices": (_estimate("region=America", 0.0), _estimate("region=Europe", 0.0)),
        "broken_slices": (),
        "scorers": (),
        "judge": None,
        "variance": {},
        "answers": {},
        "worst": (),
        "evaluated_at": "2025-03-10T09:55:00Z",
    }
    return GateReport(**values | more)


def _broken(**more: Any) -> GateReport:
    slices = (
        _estimate("region=Europe", -1.0, broken=True),
        _estimate("tenant=harrow-capital", -0.9, broken=True),
        _estimate("region=America", 0.0),
        _estimate("tenant=tiny", -1.0, 4, tested=False),
    )
    values = {
        "slices": slices,
        "broken_slices": ("region=Europe",),
        "whole": _estimate("whole", -0.5, 80),
        "worst": (_worst("a", "A long question on revenue?"), _worst("b", "Revenue?")),
    }
    return _report(GateVerdict.REGRESSION, **values | more)


def _told(scene: Judged) -> str:
    console = Console(width=WIDTH)
    with console.capture() as capture:
        tell(console, scene)
    return capture.get()


def test_a_pass_names_the_slices_that_were_looked_at() -> None:
    """And what was not run."""
    told = _told(Judged("Monday", "v1", _report(GateVerdict.PASS)))
    assert "v1: PASS  100% of 80 cases right" in told
    assert "No slice is worse, of: region=America, region=Europe." in told
    assert "The judge was not run." in told


def test_a_regression_names_what_broke_and_what_did_not() -> None:
    """The slice that explains it, and those that fell with it, apart."""
    told = _told(Judged("Monday", "v2", _broken()))
    assert "v2: REGRESSION  50% of 80 cases right" in told
    flat = " ".join(told.split())
    assert "What broke: region=Europe (-100% over 40 cases)." in flat
    assert "The other red slices fell with it. Unharmed: region=America." in flat
    assert "tenant=harrow-capital" in told


def test_a_slice_too_small_to_test_is_not_listed() -> None:
    """Nothing can be said of four cases."""
    assert "tenant=tiny" not in _told(Judged("Monday", "v2", _broken()))


def test_the_loss_that_is_shown_is_the_plainest() -> None:
    """The shortest question, with both answers and the scorer's reason."""
    told = _told(Judged("Monday", "v2", _broken()))
    assert "Revenue?" in told
    assert "A long question" not in told
    for text in ("EUR 10 million", "USD 3 million", "numeric: wrong"):
        assert text in told


def test_an_answer_that_never_came_is_called_nothing() -> None:
    """Not an empty line."""
    lost = _worst("a", "Revenue?").model_copy(update={"candidate_output": None})
    assert "nothing" in _told(Judged("Monday", "v2", _broken(worst=(lost,))))


def test_an_inconclusive_verdict_says_why_and_claims_nothing_about_slices() -> None:
    """It is no pass."""
    told = _told(Judged("Monday", "v1", _report(GateVerdict.INCONCLUSIVE)))
    assert "v1: INCONCLUSIVE" in told
    assert "3.0% of the answers are errors, more than 2%." in told
    assert "No slice is worse" not in told


def test_a_gate_without_a_single_answer_can_be_told() -> None:
    """No share of nothing."""
    report = _report(GateVerdict.INCONCLUSIVE, whole=None, slices=(), paired=0)
    told = _told(Judged("Monday", "v2", report))
    assert "v2: INCONCLUSIVE\n" in told


def test_a_regression_of_the_whole_without_a_slice_is_still_one() -> None:
    """The verdict is the report's, not the table's."""
    told = _told(Judged("Monday", "v2", _broken(broken_slices=(), slices=())))
    assert "v2: REGRESSION" in told
    assert "No slice is worse" not in told


def test_saturday_s_gate_is_told_in_two_lines() -> None:
    """Whatever it says."""
    for verdict in GateVerdict:
        told = _told(Judged("Saturday", "v2", _report(verdict)))
        assert "the 80 cases of Wednesday" in told
        assert f"v2: {verdict.value.upper()}" in told


def test_every_line_fits_the_width() -> None:
    """With the widest names that the story has."""
    told = _told(Judged("Monday", "v2", _broken()))
    assert max(map(len, told.splitlines())) <= WIDTH
