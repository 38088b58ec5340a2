"""The flow `evaluate`: the golden set against a model, with a gate's verdict."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import Field

from schemas.evaluation import GateReport, GateVerdict
from tasks.gate import evaluate_candidate, show_gate
from tasks.guard import ends_in_a_state
from tasks.run import HOME, parameter, run_here, settings_of_run


def _name() -> str:
    candidate = parameter("candidate") or "the production model"
    baseline = parameter("baseline")
    return f"evaluate {candidate}" + (f" against {baseline}" if baseline else "")


@flow(name="evaluate", flow_run_name=_name, persist_result=False)
@ends_in_a_state
def evaluate(
    candidate: str = Field(
        default="",
        description=(
            "A model's name at the endpoint, or replay:FILE; empty: the production model of the "
            "settings (FLYWHEEL_GATE__PRODUCTION_MODEL)"
        ),
    ),
    baseline: str = Field(
        default="",
        description=(
            "What it may not be worse than: a model's name, replay:FILE, last-good, or golden; "
            "empty: the golden answers themselves"
        ),
    ),
    prompt: str = Field(
        default="", description="The prompt's name; empty: FLYWHEEL_GATE__PRODUCTION_PROMPT"
    ),
    repeats: int = Field(default=1, ge=1, le=20, description="Answers a case, for the spread"),
    limit: int = Field(
        default=0, ge=0, description="Only so many cases, a quick look; 0: all of them"
    ),
    home: str = Field(default="", description=HOME),
) -> State[None]:
    """Stop a model that breaks what worked, by the name of the slice that it breaks.

    1. **Ask** every golden case of candidate and baseline; an answer that is stored is not asked
       for again.
    2. **Score** each answer and **compare** in pairs, with an interval for the whole and for each
       slice.
    3. **Show** the report in the artifact `gate-report`.

    The run ends *Failed* on a regression and *Inconclusive* when the evidence does not reach:
    an automation on failed runs can page somebody.
    """
    from flywheel.steps.evaluate import EvaluateOptions

    settings = settings_of_run(home)
    model = candidate or settings.gate.production_model
    if not model:
        return Completed(
            name="NotRun",
            message="not run: no candidate named, and FLYWHEEL_GATE__PRODUCTION_MODEL is not set",
        )
    options = EvaluateOptions(
        prompt=prompt or settings.gate.production_prompt,
        candidate=model,
        baseline=baseline or None,
        repeats=repeats,
        limit=limit or None,
    )
    report = evaluate_candidate(settings, options)
    show_gate(report)
    return verdict_state(report)


def verdict_state(report: GateReport) -> State[None]:
    """The state that a verdict ends the run in; its message names the slices that broke."""
    if report.verdict is GateVerdict.PASS:
        return Completed(message=f"pass: {report.reason}")
    broken = ", ".join(report.broken_slices)
    reason = report.reason if not broken or broken in report.reason else f"{report.reason} {broken}"
    name = "Inconclusive" if report.verdict is GateVerdict.INCONCLUSIVE else "Failed"
    return Failed(name=name, message=f"{report.verdict}: {reason}")


if __name__ == "__main__":
    import sys

    run_here(evaluate, **dict(zip(("candidate", "baseline"), sys.argv[1:], strict=False)))
