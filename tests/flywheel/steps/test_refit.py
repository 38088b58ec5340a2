"""Refitting on a real store: used where better, declined else, scored anew, taken back."""

import pytest

from flywheel.settings import RefitSettings, SamplingSettings, Settings
from flywheel.steps.curate import run_curate
from flywheel.steps.draw import run_draw
from flywheel.steps.refit import reset_weights, run_refit, run_reliability
from flywheel.steps.scores import update_scores
from flywheel.steps.weights import fitted_in_force
from flywheel.store import Store, open_store
from flywheel.weights import weights_version
from schemas.signal import Signal
from tests.drawing import add_judged, add_waiting, decide_truly, judge, read_draws
from tests.facts import count_rows, together

ALL = SamplingSettings(round_size=1000, double_share=0, random_share=0.5)


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Whose rounds draw all that waits, for one reviewer each."""
    return settings.model_copy(
        update={"sampling": ALL, "refit": RefitSettings(min_decisions=50, prior_sd=1.0)}
    )


def decided(settings: Settings, store: Store, cases: int, **truth: float) -> dict[str, bool]:
    """Cases with a thumb, drawn and decided; thumbs mean little here."""
    with together(store) as open:
        good = add_judged(open, cases, **truth)
    update_scores(store)
    run_draw(settings)
    with together(store) as open:
        for candidate, answer_good in good.items():
            decide_truly(open, candidate, answer_good)
    return good


def scored_by(store: Store) -> dict[str, tuple[int, float]]:
    """By version of the weights: how many answers have it now, and their largest P(good)."""
    with store.transaction() as connection:
        rows = connection.execute(
            "SELECT weights_version, count(*), max(p_good) FROM current_scores GROUP BY ALL"
        ).fetchall()
    return {version: (count, p_good) for version, count, p_good in rows}


def test_better_weights_score_every_answer_again_and_can_be_taken_back(
    settings: Settings, store: Store
) -> None:
    """Thumbs are right 60 times in 100, not 92: used, all scored by them, and back again."""
    decided(settings, store, 240, up=0.6, down=0.6)
    prior = weights_version()
    assert scored_by(store)[prior][0] == 240
    report = run_refit(settings)
    assert report.outcome == "used", report.reason
    thumbs = next(row for row in report.weights if row.signal == "thumbs")
    assert thumbs.high < thumbs.prior == 2.5
    assert report.weights_version != prior
    assert run_curate(settings).weights_version == report.weights_version
    ((version, (count, p_good)),) = scored_by(store).items()
    assert (version, count) == (report.weights_version, 240)
    assert 0.55 < p_good < 0.75
    assert run_refit(settings).outcome == "in_force"
    assert count_rows(store, "weight_fits") == 1

    assert reset_weights(settings).outcome == "reset"
    assert run_curate(settings).weights_version == prior
    assert scored_by(store)[prior][0] == 240
    assert reset_weights(settings).outcome == "in_force"
    assert count_rows(store, "weight_fits") == 2


def test_few_decisions_decline_and_change_nothing(settings: Settings, store: Store) -> None:
    """No row, no other version, nothing to score again; the reason says how many there are."""
    decided(settings, store, 30, up=0.5, down=0.5)
    report = run_refit(settings)
    assert (report.outcome, report.decisions) == ("declined", 30)
    assert "30 usable decisions, fewer than the 50 needed" in report.reason
    assert report.weights_version == weights_version()
    assert count_rows(store, "weight_fits") == 0
    assert update_scores(store) == 0


def test_where_the_table_is_right_it_stays_in_force(settings: Settings, store: Store) -> None:
    """Thumbs that are right twelve times in thirteen are what the table says."""
    decided(settings, store, 240, up=0.924, down=0.924)
    report = run_refit(settings)
    assert report.outcome == "declined"
    assert report.prior is not None and report.fitted is not None
    assert fitted_in_force(store) is None


def test_a_dry_run_tells_and_changes_nothing(settings: Settings, store: Store) -> None:
    """The same figures, without the deed."""
    decided(settings, store, 240, up=0.6, down=0.6)
    report = run_refit(settings, dry_run=True)
    assert report.outcome == "would_be_used"
    assert count_rows(store, "weight_fits") == 0
    assert update_scores(store) == 0


def test_decisions_that_say_nothing_are_left_out_by_reason(
    settings: Settings, store: Store
) -> None:
    """Not drawn; about the case and not about the answer; feedback that is gone."""
    good = decided(settings, store, 40)
    late = add_waiting(store, 4)
    with together(store) as open:
        for id in late:
            judge(open, id, "rosa")
    report = run_refit(settings)
    assert report.left_out == {"not drawn: it stands for no known number of cases": 4}
    with together(store) as open:
        for id in list(good)[:3]:
            judge(open, id, "rosa", "reject", reason="Not typical: a test or a joke")
    with store.transaction() as connection:
        connection.execute("DELETE FROM feedback WHERE id = (SELECT max(id) FROM feedback)")
    report = run_refit(settings)
    assert (report.decisions, sum(report.left_out.values())) == (36, 8)


def test_decisions_count_by_how_many_cases_they_stand_for(settings: Settings, store: Store) -> None:
    """Ten telling answers were bad; of the rest ten in ninety were drawn, and were good."""
    with together(store) as open:
        truth = add_judged(open, 100, up=1.0, down=1.0)
    some = settings.model_copy(
        update={"sampling": SamplingSettings(random_share=0.5, double_share=0)}
    )
    run_draw(some, size=20)
    draws = read_draws(store)
    with together(store) as open:
        for id in draws:
            decide_truly(open, id, truth[id])
    report = run_reliability(settings, resamples=0)
    assert report.decisions == 20 and report.calibration is not None
    drawn = sorted(draws, key=lambda id: draws[id]["stratum"])
    by_hand = [(9.0 if draws[id]["stratum"] == "random" else 1.0, truth[id]) for id in drawn]
    expected = sum(w * ((0.92 if t else 0.08) - t) ** 2 for w, t in by_hand)
    brier = expected / sum(w for w, _ in by_hand)
    assert report.calibration.brier.value == pytest.approx(brier)


def test_reliability_is_about_what_was_predicted_before_anybody_decided(
    settings: Settings, store: Store
) -> None:
    """P(good) as proposed: weights that were fitted since do not look better than they were."""
    decided(settings, store, 200, up=0.6, down=0.6)
    before = run_reliability(settings, resamples=0)
    assert run_refit(settings).outcome == "used"
    run_curate(settings)
    assert run_reliability(settings, resamples=0) == before
    assert before.calibration is not None
    assert [round(one.predicted, 2) for one in before.calibration.bins] == [0.08, 0.92]
    assert before.calibration.ece.value > 0.2


def test_an_empty_store_declines(settings: Settings) -> None:
    """Nothing to fit, nothing to plot, nothing fails."""
    report = run_refit(settings)
    assert (report.outcome, report.decisions, report.weights) == ("declined", 0, ())
    assert run_reliability(settings).calibration is None


def test_silence_has_the_fitted_prior(settings: Settings, store: Store) -> None:
    """Answers that nobody said anything about follow the fit, too, in exports."""
    decided(settings, store, 240, up=0.9, down=0.3)
    assert run_refit(settings).outcome == "used"
    fitted = fitted_in_force(store)
    assert fitted is not None
    assert fitted.prior > 0.1
    assert set(fitted.factors) == set(Signal)
