"""The evaluation set: its halves share nothing, its labels are right, its targets are met."""

import tomllib
from hashlib import sha256
from itertools import combinations

import pytest

from benchmarks.eval_scrub.cases import DATA, HALVES, LOCALES, Case, Label, load_cases
from benchmarks.eval_scrub.score import ALL, ANY, Score, score_characters, score_entities
from benchmarks.eval_scrub.systems import stage
from benchmarks.eval_scrub.values import half_of
from flywheel.settings import ScrubSettings

CASE = Case(
    "Ask Maria Keller on 555-0142", (Label(4, 16, "PERSON"), Label(20, 28, "PHONE")), "", ""
)


def _templates(half: str) -> set[str]:
    data = tomllib.loads((DATA / f"{half}.toml").read_text("utf-8"))
    return {template["text"] for template in data["template"]}


def test_the_halves_share_no_template_and_no_value() -> None:
    """What recognisers were tuned on proves nothing about the other half."""
    assert not _templates("tuning") & _templates("held_out")
    values = [
        {case.text[label.start : label.end] for case in load_cases(half) for label in case.labels}
        for half in HALVES
    ]
    assert min(map(len, values)) > 700
    assert [value for value in values[0] & values[1] if half_of(value) == "held_out"] == []
    assert len(values[0] & values[1]) < len(values[0]) / 50  # an initial and a title may coincide


def test_the_same_seed_fills_the_same_texts() -> None:
    """A figure that was printed can be printed again, on another day too."""
    assert list(load_cases("tuning")) == list(load_cases("tuning"))
    digests = [
        sha256("\n".join(case.text for case in load_cases(half)).encode()) for half in HALVES
    ]
    assert [digest.hexdigest()[:12] for digest in digests] == ["44bcfaea8826", "5f0b36958fbc"]


@pytest.mark.parametrize("half", HALVES)
def test_labels_stand_where_they_say(half: str) -> None:
    """In order, apart from each other, without spaces at their ends; every locale has some."""
    cases = list(load_cases(half))  # type: ignore[arg-type]
    assert {case.locale for case in cases if case.labels} == set(LOCALES)
    for case in cases:
        assert "«" not in case.text
        for label in case.labels:
            value = case.text[label.start : label.end]
            assert value == value.strip() != ""
        assert all(one.end <= other.start for one, other in combinations(case.labels, 2))


def test_scores_of_entities_ask_for_type_and_half_the_extent() -> None:
    """A finding of another type, or of a small part, is none."""
    found = [Label(8, 16, "PERSON"), Label(20, 28, "CARD")]
    scores = score_entities([CASE], [found])
    assert scores["PERSON"] == Score(1, 1, 1)
    assert scores["PHONE"] == Score(0, 0, 1)
    assert scores[ALL] == Score(1, 2, 2)
    assert score_entities([CASE], [[Label(4, 8, "PERSON")]])["PERSON"] == Score(0, 1, 1)


def test_scores_of_characters_leave_spaces_out() -> None:
    """ "any type" asks only whether a character is gone."""
    found = [Label(0, 9, "PERSON"), Label(20, 28, "CARD")]
    scores = score_characters([CASE], [found])
    assert scores["PERSON"] == Score(5, 8, 11)
    assert scores[ANY] == Score(13, 16, 19)
    assert scores["PERSON"].precision == 5 / 8
    assert Score(1, 1, 2).f2 == pytest.approx(5 / 9)
    assert Score(0, 0, 0).f2 == 1.0


def test_the_held_out_half_reaches_the_targets() -> None:
    """F2 of 0.92 over characters and entities; of numbers with check digits 99 in 100."""
    cases = list(load_cases("held_out"))
    found = stage(ScrubSettings())(cases)
    characters, entities = score_characters(cases, found), score_entities(cases, found)
    assert characters[ALL].f2 >= 0.92
    assert entities[ALL].f2 >= 0.92
    for kind in ("CREDIT_CARD", "IBAN_CODE", "NATIONAL_ID", "CRYPTO"):
        assert entities[kind].recall >= 0.99
