"""Curate proposes the telling cases: by the policy, with consent, within the caps, never twice."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from flywheel.errors import ConfigError
from flywheel.settings import Settings, load_settings
from flywheel.steps import curate
from flywheel.steps.candidates import read_candidates
from flywheel.steps.curate import run_curate
from flywheel.store import Store, open_store
from schemas.candidate import CandidateView, Target
from tests.facts import MONDAY, add_candidate, add_feedback, add_interaction, count_rows, together

RIGHT = "$85.1 million"


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


Policy = Callable[..., Settings]


@pytest.fixture
def policy(settings: Settings, tmp_path: Path) -> Policy:
    """Settings with a policy that differs from the shipped one in some values."""

    def with_values(**values: object) -> Settings:
        lines = settings.curation_policy.read_text("utf-8").splitlines()
        section = ""
        for place, line in enumerate(lines):
            section = line.strip("[]") if line.startswith("[") else section
            key = line.split(" = ")[0]
            for name in (key, f"{section}_{key}"):
                if name in values and not line.startswith("#"):
                    lines[place] = f"{key} = {values[name]}"
        path = tmp_path / "policy.toml"
        path.write_text("\n".join(lines), "utf-8")
        changed = load_settings(settings.home)
        return changed.model_copy(update={"curation_policy": path})

    return with_values


def bad(store: Store, question: str, output: str = "wrong", **columns: object) -> str:
    """An answer that a user refused by a thumb; gives its id."""
    answer = add_interaction(store, question, output, **columns)  # type: ignore[arg-type]
    add_feedback(store, answer, "thumbs", -1)
    return answer


def good(store: Store, question: str, output: str = RIGHT, **columns: object) -> str:
    """An answer that a user copied and praised; gives its id."""
    answer = add_interaction(store, question, output, **columns)  # type: ignore[arg-type]
    add_feedback(store, answer, "thumbs", 1)
    add_feedback(store, answer, "copy", 1)
    return answer


def candidates(store: Store, target: str | None = None) -> list[CandidateView]:
    return read_candidates(store, state=None, target=target)


def test_bad_answers_go_to_the_golden_set_and_good_ones_to_the_bank(
    store: Store, settings: Settings
) -> None:
    """Each with its evidence, its reason in words and the policy's version."""
    wrong, right = bad(store, "What was lost?"), good(store, "What was won?")
    report = run_curate(settings)
    assert (report.scored, report.proposed) == (2, {"golden": 1, "bank": 1})
    golden, bank = candidates(store, "golden")[0], candidates(store, "bank")[0]
    assert (golden.interaction_id, bank.interaction_id) == (wrong, right)
    assert (golden.proposed_output, bank.proposed_output) == (None, RIGHT)
    assert (golden.reason_code, bank.reason_code) == ("judged_bad", "confirmed_good")
    assert "1 user gave a thumbs down" in golden.reason
    assert golden.policy_version == report.policy_version
    assert golden.evidence[0].note == "1 user gave a thumbs down"
    assert (golden.feature, golden.tenant, golden.day) == ("report_qa", "acme", "2025-01-06")
    assert golden.messages[0].text == "What was lost?"
    assert golden.context[0].text.startswith("Revenue")


def test_a_second_run_adds_nothing(store: Store, settings: Settings) -> None:
    """Never twice, even when the answer is scored anew."""
    answer = bad(store, "What was lost?")
    run_curate(settings)
    assert run_curate(settings).proposed == {"golden": 0, "bank": 0}
    add_feedback(store, answer, "flag", comment="still wrong")
    again = run_curate(settings)
    assert (again.scored, again.proposed) == (1, {"golden": 0, "bank": 0})
    assert count_rows(store, "candidates") == 1


def test_feedback_that_comes_later_makes_a_candidate_later(
    store: Store, settings: Settings
) -> None:
    """What one signal could not say, two do."""
    answer = add_interaction(store)
    add_feedback(store, answer, "share")
    first = run_curate(settings)
    assert (first.proposed["bank"], first.held_back) == (0, {"one_signal": 1})
    add_feedback(store, answer, "share", user="u-2")
    assert run_curate(settings).proposed["bank"] == 1


@pytest.mark.parametrize(
    ("signals", "proposed"),
    [
        ([("thumbs", 1, "a")], 0),
        ([("thumbs", 1, "a"), ("thumbs", 1, "a")], 0),
        ([("thumbs", 1, "a"), ("thumbs", 1, "b")], 1),
        ([("thumbs", 1, "a"), ("copy", 1, "a")], 1),
        ([("thumbs", 1, "a"), ("dwell", 60, "b"), ("dwell", 60, "c")], 0),
        ([("thumbs", 1, "a"), ("rating", 0.2, "b"), ("thumbs", 1, "b")], 1),
    ],
)
def test_the_bank_asks_for_two_independent_signals(
    store: Store, settings: Settings, signals: list[tuple[str, float, str]], proposed: int
) -> None:
    """Other users, or other signals of one user; a weak hint counts as none."""
    answer = add_interaction(store)
    for signal, value, user in signals:
        add_feedback(store, answer, signal, value, user=user)
    assert run_curate(settings).proposed["bank"] == proposed


def test_a_correction_is_the_proposed_ideal_output(store: Store, policy: Policy) -> None:
    """Of all answers of the case: the correction that most users gave."""
    answer, twin = bad(store, "What was lost?"), add_interaction(store, "What was lost?", "also")
    add_feedback(store, answer, "correction", correction="$1", user="a")
    add_feedback(store, twin, "correction", correction=RIGHT, user="b")
    add_feedback(store, twin, "correction", correction=RIGHT, user="c")
    assert run_curate(policy(corrected_share=0.0)).proposed == {"golden": 1, "bank": 0}
    assert candidates(store)[0].proposed_output == RIGHT


def test_a_share_of_the_corrected_cases_goes_to_the_bank(store: Store, policy: Policy) -> None:
    """Settled by the case, so that the same cases go there at each run."""
    with together(store) as at_once:
        for number in range(30):
            answer = bad(at_once, f"Question {number}?")
            add_feedback(at_once, answer, "correction", correction=RIGHT)
    report = run_curate(policy(corrected_share=0.5))
    assert sum(report.proposed.values()) == 30
    assert 5 < report.proposed["bank"] < 25
    for candidate in candidates(store, "bank"):
        assert (candidate.reason_code, candidate.proposed_output) == ("corrected", RIGHT)
    assert run_curate(policy(corrected_share=0.5)).proposed == {"golden": 0, "bank": 0}


def test_a_larger_share_later_moves_no_case_over(store: Store, policy: Policy) -> None:
    """A case proposed for one target stays there under another policy."""
    answer = bad(store, "What was lost?")
    add_feedback(store, answer, "correction", correction=RIGHT)
    assert run_curate(policy(corrected_share=0.0)).proposed == {"golden": 1, "bank": 0}
    assert run_curate(policy(corrected_share=1.0)).proposed == {"golden": 0, "bank": 0}


def test_an_empty_answer_never_goes_to_the_bank(store: Store, policy: Policy) -> None:
    """Not as good, and not as corrected: then the golden set takes it."""
    good(store, "Praised for nothing?", output=" ")
    corrected = bad(store, "Nothing said?", output="")
    add_feedback(store, corrected, "correction", correction=RIGHT)
    report = run_curate(policy(corrected_share=1.0))
    assert report.proposed == {"golden": 1, "bank": 0}
    assert report.held_back == {"empty_output": 1}


def test_nothing_is_used_without_consent(store: Store, settings: Settings) -> None:
    """Neither the answer nor a correction that was given to it."""
    bad(store, "Not mine to use?", consent=False)
    withheld = bad(store, "What was lost?", consent=False)
    add_feedback(store, withheld, "correction", correction="a secret")
    free = bad(store, "What was lost?", output="also wrong")
    report = run_curate(settings)
    assert report.proposed == {"golden": 1, "bank": 0}
    assert report.held_back == {"no_consent": 1}
    assert candidates(store)[0].interaction_id == free
    assert candidates(store)[0].proposed_output is None


def test_a_case_is_one_candidate_however_often_it_was_asked(
    store: Store, settings: Settings
) -> None:
    """Retries and other users' askings count once; the most telling answer stands for it."""
    bad(store, "What was lost?")
    worst = bad(store, "what was  LOST?")
    add_feedback(store, worst, "flag", comment="wrong")
    assert run_curate(settings).proposed == {"golden": 1, "bank": 0}
    [candidate] = candidates(store)
    assert (candidate.interaction_id, candidate.variants) == (worst, 2)


def test_a_case_with_a_bad_and_a_good_answer_goes_to_the_golden_set(
    store: Store, settings: Settings
) -> None:
    """What models disagree about is what a gate has to test."""
    good(store, "What was lost?")
    wrong = bad(store, "What was lost?")
    assert run_curate(settings).proposed == {"golden": 1, "bank": 0}
    assert candidates(store)[0].interaction_id == wrong


def test_a_policy_may_allow_both_sides(store: Store, policy: Policy) -> None:
    """`exclusive = false` proposes both; promotion then takes one."""
    good(store, "What was lost?")
    bad(store, "What was lost?")
    changed = policy(exclusive="false")
    assert run_curate(changed).proposed == {"golden": 1, "bank": 1}
    assert run_curate(changed).proposed == {"golden": 0, "bank": 0}


def test_a_case_that_was_imported_is_not_proposed(store: Store, settings: Settings) -> None:
    """An example reviewed elsewhere holds its case on its side."""
    answer = bad(store, "What was lost?")
    with store.transaction() as connection:
        query = "SELECT case_id FROM interactions WHERE id = $id"
        [case] = connection.execute(query, {"id": answer}).fetchall()
    add_candidate(store, "bank", case_id=case[0], interaction_id=None, day=None)
    assert run_curate(settings).proposed == {"golden": 0, "bank": 0}


def test_a_cap_holds_by_feature_and_day_over_all_runs(store: Store, policy: Policy) -> None:
    """The surest come first; what an earlier run proposed for that day counts."""
    settings = policy(golden_cap_per_feature_and_day=2)
    for number in range(3):
        bad(store, f"Question {number}?")
    surest = bad(store, "Question 4?")
    add_feedback(store, surest, "flag", comment="wrong")
    bad(store, "Another feature?", feature="chat")
    bad(store, "No feature?", feature=None)
    bad(store, "Another day?", time=MONDAY + timedelta(days=1))
    report = run_curate(settings)
    assert report.proposed["golden"] == 5
    assert report.held_back == {"cap": 2}
    assert surest in {one.interaction_id for one in candidates(store)}
    corrected = bad(store, "Question 5?")
    add_feedback(store, corrected, "flag", comment="wrong")
    later = run_curate(settings)
    assert (later.proposed["golden"], later.held_back) == (0, {"cap": 3})


def test_the_day_of_a_cap_is_that_of_utc(store: Store, settings: Settings) -> None:
    """The same instants give the same days wherever the machine stands."""
    bad(store, "Late?", time=MONDAY.replace(hour=23, minute=59))
    bad(store, "Early?", time=MONDAY.replace(hour=0) + timedelta(days=1))
    run_curate(settings)
    assert {one.day for one in candidates(store)} == {"2025-01-06", "2025-01-07"}


def test_chunks_propose_what_one_sweep_would(
    store: Store, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Caps hold over chunk boundaries, and a killed run goes on where it stopped."""
    monkeypatch.setattr(curate, "_CHUNK", 2)
    with together(store) as at_once:
        for number in range(7):
            bad(at_once, f"Question {number}?")
    report = run_curate(policy(golden_cap_per_feature_and_day=5))
    assert (report.proposed["golden"], report.held_back) == (5, {"cap": 2})


def test_what_is_proposed_does_not_depend_on_the_order_of_arrival(
    tmp_path: Path, policy: Policy
) -> None:
    """The same facts in another order are the same candidates, caps included."""
    found = []
    for step in (1, -1):
        home = tmp_path / f"home{step}"
        settings = policy(golden_cap_per_feature_and_day=3).model_copy(update={"home": home})
        store = open_store(settings)
        with together(store) as at_once:
            for n in list(range(6))[::step]:
                add_interaction(at_once, f"Question {n}?", id=f"i-{n}")
                add_feedback(at_once, f"i-{n}", "thumbs", -1, id=f"f-{n}", time=MONDAY)
        run_curate(settings)
        found.append({(one.candidate_id, one.reason) for one in candidates(store)})
    assert found[0] == found[1]
    assert len(found[0]) == 3


def test_what_is_neither_good_nor_bad_is_left_alone(store: Store, settings: Settings) -> None:
    """Contradicting or weak signals are counted, not proposed."""
    answer = add_interaction(store)
    add_feedback(store, answer, "thumbs", 1, user="a")
    add_feedback(store, answer, "thumbs", -1, user="b")
    report = run_curate(settings)
    assert (report.proposed, report.held_back) == ({"golden": 0, "bank": 0}, {"unsure": 1})


def test_a_wrong_policy_stops_before_anything_is_written(store: Store, policy: Policy) -> None:
    """A policy that cannot be read proposes nothing by default values."""
    bad(store, "What was lost?")
    with pytest.raises(ConfigError, match="max_p_good"):
        run_curate(policy(max_p_good=2))
    assert count_rows(store, "scores") == count_rows(store, "candidates") == 0


def test_every_target_is_in_the_report(settings: Settings) -> None:
    """An empty store gives zeros, not missing keys."""
    report = run_curate(settings)
    assert report.proposed == {target.value: 0 for target in Target}
    assert (report.scored, report.held_back) == (0, {})


def test_no_tenant_is_proposed_what_anothers_users_wrote(settings: Settings, store: Store) -> None:
    """Most corrections are bolt's, and the case is acme's all the same."""
    with together(store) as at_once:
        for tenant in ("acme", "bolt", "bolt", "bolt"):
            answer = add_interaction(at_once, "Same?", "wrong", context=None, tenant=tenant)
            add_feedback(at_once, answer, "correction", correction=f"{tenant} says so")
    run_curate(settings)
    proposed = read_candidates(store)
    assert proposed
    for view in proposed:
        assert view.proposed_output == f"{view.tenant} says so"
    assert {view.tenant for view in proposed} == {"acme"}, "else this tries nothing"
