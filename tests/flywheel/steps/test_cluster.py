"""Cases are found to be one against all history, in any order, and what was decided follows."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from flywheel.settings import Settings, load_settings
from flywheel.steps import cluster
from flywheel.steps.candidates import read_candidates
from flywheel.steps.cluster import update_clusters
from flywheel.steps.curate import run_curate
from flywheel.steps.erase import erase_user
from flywheel.steps.promote import run_promote
from flywheel.store import Store, open_store
from schemas.candidate import Target
from schemas.event import ContextDocument, Message
from tests.approve import decide
from tests.facts import MONDAY, add_feedback, add_interaction, count_rows
from tests.golden import make_example

GOLDEN, BANK = Target.GOLDEN, Target.BANK
QUESTION = "What was the revenue of Norvane in 2019?"
POLITE = "Hi, could you tell me what the revenue of Norvane was in 2019? Thanks!"
PARAGRAPHS = [
    "Revenue of Norvane came to $85.1 million in 2019, which the board considers satisfactory.",
    "Costs for energy rose by 7 percent because a long contract with a supplier had ended.",
    "Long-term debt stood at $12 million at the end of the year, well within the plan.",
]
REPORT = "\n\n".join(PARAGRAPHS)
SHORT = "\n\n".join(PARAGRAPHS[:2])
INPUTS = {
    "plain": (QUESTION, REPORT),
    "polite": (POLITE, REPORT),
    "moved": (QUESTION, "\n\n".join(PARAGRAPHS[::-1])),
    "short": (QUESTION, SHORT),
    "other year": (QUESTION.replace("2019", "2018"), REPORT),
    "other figure": (QUESTION, REPORT.replace("$85.1", "$58.1")),
    "other question": ("What was the debt?", REPORT),
}


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def add(store: Store, name: str, **columns: object) -> str:
    question, context = INPUTS[name]
    id = name if "id" not in columns else str(columns.pop("id"))
    return add_interaction(store, question, id=id, context=context, **columns)  # type: ignore[arg-type]


def clusters(store: Store) -> dict[str, str]:
    """The case of each interaction."""
    with store.transaction() as connection:
        return dict(connection.execute("SELECT id, case_id FROM interaction_cases").fetchall())


def partition(store: Store) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for id, case in clusters(store).items():
        found.setdefault(case, set()).add(id)
    return {frozenset(ids) for ids in found.values()}


ONE = frozenset(["plain", "polite", "moved", "short"])
EXPECTED = {ONE} | {frozenset([name]) for name in INPUTS.keys() - ONE}


@pytest.mark.parametrize("seed", range(4))
def test_any_order_gives_the_same_clusters(settings: Settings, store: Store, seed: int) -> None:
    """One by one, in any order, in batches of any size."""
    names = list(INPUTS)
    random = Random(seed)
    random.shuffle(names)
    for name in names:
        add(store, name)
        if random.random() < 0.6:
            update_clusters(store, settings)
    update_clusters(store, settings)
    assert partition(store) == EXPECTED
    assert update_clusters(store, settings).compared == 0


def test_a_cluster_keeps_its_id_and_a_merge_is_a_fact(settings: Settings, store: Store) -> None:
    """The oldest core's id stands; what joins it later is recorded with where it was before."""
    add(store, "short")
    update_clusters(store, settings)
    first = clusters(store)["short"]
    add(store, "plain")
    add(store, "polite")
    report = update_clusters(store, settings)
    assert (report.compared, report.joined, report.moved) == (2, 2, 1)
    assert set(clusters(store).values()) == {first}
    with store.transaction() as connection:
        moves = connection.execute("SELECT from_cluster, cluster_id FROM core_moves").fetchall()
    assert len(moves) == 1 and moves[0][1] == first != moves[0][0]


def test_a_part_of_two_wholes_leaves_when_the_second_comes(
    settings: Settings, store: Store
) -> None:
    """Whatever stood before: the clusters are those that any other order gives."""
    add(store, "plain")
    add(store, "short")
    update_clusters(store, settings)
    assert partition(store) == {frozenset(["plain", "short"])}
    add_interaction(store, QUESTION, id="twin", context=REPORT.replace("$12", "$21"))
    update_clusters(store, settings)
    assert partition(store) == {frozenset([name]) for name in ("plain", "short", "twin")}


def test_different_right_answers_part_near_copies(settings: Settings, store: Store) -> None:
    """Corrections that users gave tell that two near copies are not one case."""
    add(store, "plain")
    add(store, "short")
    update_clusters(store, settings)
    add_feedback(store, "plain", "correction", correction="$85.1 million")
    add_feedback(store, "short", "correction", correction="85.1 million")
    update_clusters(store, settings)
    assert partition(store) == {frozenset(["plain", "short"])}
    for n in range(2):
        add_feedback(store, "short", "correction", user=f"u-{n}", correction="$58.1 million")
    assert update_clusters(store, settings).moved == 1
    assert partition(store) == {frozenset(["plain"]), frozenset(["short"])}


def test_another_process_that_adds_cores_meanwhile_is_noticed(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and writing: the chunk is compared again, and nothing is missed."""
    add(store, "plain")
    find, calls = cluster.find_part, []

    def interrupted(one: object, other: object) -> object:
        if not calls:
            calls.append(1)
            add(store, "moved")
            update_clusters(store, settings)
        return find(one, other)  # type: ignore[arg-type]

    update_clusters(store, settings)
    add(store, "short")
    monkeypatch.setattr(cluster, "find_part", interrupted)
    update_clusters(store, settings)
    assert partition(store) == {frozenset(["plain", "moved", "short"])}


def test_wordings_make_one_candidate(settings: Settings, store: Store) -> None:
    """A reviewer sees one case with all its wordings, answers, users and suggestions."""
    for n, name in enumerate(("plain", "polite", "short")):
        id = add(store, name, user=f"u-{n}", output=f"${n} million")
        add_feedback(store, id, "thumbs", -1, user=f"u-{n}")
    add_feedback(store, "short", "correction", correction="$85.1 million", user="u-2")
    report = run_curate(settings)
    assert sum(report.proposed.values()) == 1
    [view] = read_candidates(store)
    assert (view.variants, view.wordings, view.users) == (3, 3, 3)
    assert view.proposed_output == "$85.1 million"
    assert view.first_seen == view.last_seen == MONDAY


def test_decisions_follow_a_merge(settings: Settings, store: Store) -> None:
    """Two candidates whose cases become one: the decided one stands for both."""
    for name in ("plain", "short"):
        add_feedback(store, add(store, name), "thumbs", -1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cluster, "find_part", lambda one, other: [])  # not known to be copies yet
            run_curate(settings)
    first, second = sorted(read_candidates(store), key=lambda view: view.interaction_id or "")
    decide(store, second.candidate_id, "edit", output="$85.1 million")
    with store.transaction() as connection:
        connection.execute("DELETE FROM case_cores")
        connection.execute("DELETE FROM core_bands")
        connection.execute("DELETE FROM cores")
    assert sum(run_curate(settings).proposed.values()) == 0
    states = {view.candidate_id: view.state for view in read_candidates(store, state=None)}
    assert states == {first.candidate_id: "merged", second.candidate_id: "approved"}
    assert run_promote(settings).added["golden"] == 1


def test_a_wording_never_crosses_to_the_other_side(settings: Settings, store: Store) -> None:
    """Approved for both sides, under two wordings of a case: the golden set keeps it."""
    for name, target in (("plain", "golden"), ("polite", "bank"), ("short", "bank")):
        id = add(store, name)
        with store.transaction() as connection:
            connection.execute(
                "INSERT INTO candidates (candidate_id, case_id, target, interaction_id, messages, "
                "context, proposed_output, reason_code, reason, evidence, policy_version, tags) "
                "SELECT 'c-' || id, case_id, $target, id, messages, context, '$85.1 million', "
                "'x', 'x', '[]', 'p', '{}' FROM interactions WHERE id = $id",
                {"target": target, "id": id},
            )
        decide(store, f"c-{id}")
    report = run_promote(settings)
    assert report.added == {"golden": 1, "bank": 0}
    assert {refused.candidate_id for refused in report.refused} == {"c-polite", "c-short"}


def test_a_late_correction_sends_a_decided_case_back(settings: Settings, store: Store) -> None:
    """With the reason; the decision and its example stand until somebody decides again."""
    wrong = add(store, "plain", output="$1 million")
    add_feedback(store, wrong, "correction", correction="$85.1 million")
    run_curate(settings)
    [view] = read_candidates(store)
    decide(store, view.candidate_id)
    run_promote(settings)
    later = MONDAY + timedelta(days=20_000)
    add(store, "polite", user="u-late")
    add_feedback(store, "polite", "correction", correction="It is 85.1 million.", time=later)
    assert run_curate(settings).reopened == 0
    add_feedback(store, "polite", "correction", correction="$58.1 million", user="u-b", time=later)
    assert run_curate(settings).reopened == 1
    assert run_curate(settings).reopened == 0
    [again] = read_candidates(store)
    assert again.candidate_id == view.candidate_id and again.reopened and again.verdict == "approve"
    assert again.reason.startswith("Re-opened: a user has given another answer since it was ")
    assert again.suggested_output == "$58.1 million"
    assert run_promote(settings).withdrawn == {"golden": 0, "bank": 0}
    decide(store, view.candidate_id, "edit", output="$58.1 million")
    assert read_candidates(store) == []
    assert run_promote(settings).added == {"golden": 1, "bank": 0}


def test_what_is_rising_is_proposed_on_a_weaker_hint(settings: Settings, store: Store) -> None:
    """Asked by many this week and by few before; the reason counts."""
    add_interaction(store, "an old question", id="old", time=MONDAY - timedelta(days=30))
    add(store, "plain", id="before", time=MONDAY - timedelta(days=10))
    for n in range(6):
        id = add(store, "polite", id=f"now-{n}", user=f"u-{n}")
    add_feedback(store, id, "abandon", user="u-5")
    for n in range(6):
        steady = add(store, "other year", id=f"steady-{n}", time=MONDAY - timedelta(days=5 * n))
    add_feedback(store, steady, "abandon")
    assert run_curate(settings).proposed == {"golden": 1, "bank": 0}
    [view] = read_candidates(store)
    assert view.reason_code == "rising"
    assert "Rising: asked 6 times this week, 1 times in the four weeks before." in view.reason
    with store.transaction() as connection:
        weeks = connection.execute(
            "SELECT asked, users FROM case_weeks WHERE case_id = $case ORDER BY week",
            {"case": view.cluster_id},
        ).fetchall()
    assert weeks == [(1, 1), (6, 6)]


def test_erasing_the_only_user_of_a_text_erases_its_hashes(
    settings: Settings, store: Store
) -> None:
    """Signatures, parts and moves of texts that nobody else has; shared ones stay."""
    add(store, "plain", user="otto")
    add(store, "short", user="jane")
    add(store, "polite", user="jane")
    add(store, "polite", id="polite-otto", user="otto")
    update_clusters(store, settings)
    tables = ("case_cores", "cores", "core_parts", "core_moves", "core_bands")
    before = [count_rows(store, table) for table in tables]
    assert before == [3, 2, 1, 1, 40]
    erase_user(settings, "jane")
    assert [count_rows(store, table) for table in tables] == [2, 1, 0, 0, 20]
    assert partition(store) == {frozenset(["plain", "polite-otto"])}


@pytest.fixture(scope="module")
def finchat(finchat_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Real questions on real reports, clustered."""
    home = tmp_path_factory.mktemp("clustered") / "home"
    shutil.copytree(finchat_home, home)
    settings = load_settings(home)
    update_clusters(open_store(settings), settings)
    return open_store(settings)


def test_no_two_right_answers_of_a_real_stream_become_one_case(
    finchat: Store, shared_data: Path
) -> None:
    """1,668 questions, dozens on each report, alike but for a year or a row."""
    lines = (shared_data / "finchat" / "labels.jsonl").read_text("utf-8").splitlines()
    right = {row["id"]: row["gold"] for row in map(json.loads, lines)}
    found = clusters(finchat)
    answers: dict[str, set[str]] = {}
    for id, case in found.items():
        answers.setdefault(case, set()).add(right[id])
    assert len(found) == 1668
    assert [gold for gold in answers.values() if len(gold) > 1] == []


def test_noise_around_real_questions_makes_no_new_case(finchat: Store) -> None:
    """Each of 300 questions again, politely: the number of cases stays."""
    cases = count_rows(finchat, "cases")
    with finchat.transaction() as connection:
        connection.execute(
            "INSERT INTO interactions BY NAME SELECT * REPLACE ('polite-' || id AS id, "
            "'polite-' || case_id AS case_id, replace(replace(messages::VARCHAR, "
            "'\"content\":\"', '\"content\":\"Hi team! '), '\"}]', ' Thanks a lot.\"}]') "
            "AS messages) FROM interactions ORDER BY id LIMIT 300"
        )
    settings = load_settings(finchat.path.parent)
    report = update_clusters(finchat, settings)
    assert report.compared == report.joined == 300
    assert count_rows(finchat, "cases") == cases


def test_an_example_is_under_the_case_that_it_belongs_to_today(
    settings: Settings, store: Store
) -> None:
    """A release keeps the cases of its day; what became one case since is one for an evaluation."""
    names = ("plain", "short", "other figure")
    for name in names:
        add(store, name)
    update_clusters(store, settings)
    examples = [
        make_example(n, target, messages=_asked(name), context=_about(name), output=f"{n} million")
        for n, (name, target) in enumerate(zip(names, (BANK, GOLDEN, BANK), strict=True))
    ]
    found = cluster.with_current_cases(store, settings.key, examples)
    cases = {one.candidate_id: one.case_id for one in found}
    by_name = clusters(store)
    assert cases == {
        "c-bank-0000": by_name["plain"],
        "c-golden-0001": by_name["plain"],
        "c-bank-0002": by_name["other figure"],
    }


def _asked(name: str) -> tuple[Message, ...]:
    return (Message(role="user", content=INPUTS[name][0]),)


def _about(name: str) -> tuple[ContextDocument, ...]:
    return (ContextDocument(id="report", text=INPUTS[name][1]),)
