"""One person is one name in decisions, and an address is none."""

import json
import unicodedata
from pathlib import Path

import pytest

from flywheel.people import PSEUDONYM, People, fold
from flywheel.settings import Settings
from flywheel.steps.decide import import_decisions, known_people
from flywheel.store import open_store
from tests.facts import add_candidate

ADDRESS = "Jane.Miller@miller.example"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kim", "kim"),
        ("JÜRGEN", "jürgen"),
        ("Jürgen", unicodedata.normalize("NFD", "jürgen")),
        ("Groß", "GROSS"),
        (" kim ", "Kim"),
    ],
)
def test_spellings_of_one_name(settings: Settings, one: str, other: str) -> None:
    """Whichever stands in decisions already is the one that goes on."""
    assert fold(one) == fold(other)
    assert People(settings, [one]).recorded(other) == one
    assert People(settings, [one, other]).recorded(other) == one
    assert People(settings).recorded(one) == unicodedata.normalize("NFC", one.strip())


@pytest.mark.parametrize("name", ["rosa", "Jane Miller", "label-studio:3", "r.huber-2", "1234567"])
def test_names_are_kept(settings: Settings, name: str) -> None:
    """They say who is responsible."""
    assert People(settings).recorded(name) == name


def test_an_address_is_a_pseudonym(settings: Settings) -> None:
    """The same in any case and whenever it is asked; none without the home's key."""
    made = People(settings).recorded(ADDRESS)
    assert PSEUDONYM.fullmatch(made)
    assert People(settings).recorded(ADDRESS.upper()) == made
    assert People(settings).recorded(made) == made
    assert People(settings).recorded("jim@miller.example") != made


@pytest.mark.parametrize("number", ["536-22-1109", "198.18.4.105", "label-studio:+1 415 867 1234"])
def test_a_number_of_somebodys_is_a_pseudonym(settings: Settings, number: str) -> None:
    """A name that a file of records brings stands in releases: of these none does."""
    assert PSEUDONYM.fullmatch(People(settings).recorded(number))


def test_who_wants_addresses_as_names_says_so(settings: Settings) -> None:
    """By the list of what is never personal data; or by decisions that were made before."""
    scrub = settings.scrub.model_copy(update={"allow": ("*@miller.example",)})
    allowing = settings.model_copy(update={"scrub": scrub})
    assert People(allowing).recorded(ADDRESS) == ADDRESS
    assert People(allowing).recorded("jane@other.example") != "jane@other.example"
    assert People(settings, [ADDRESS]).recorded(ADDRESS.lower()) == ADDRESS


def test_a_file_of_decisions_follows_the_rule(settings: Settings, tmp_path: Path) -> None:
    """Who decided and who is sent a case: an address reaches no byte of the home."""
    store = open_store(settings)
    case = add_candidate(store)
    lines = [
        {"candidate_id": case, "verdict": "approve", "reviewer": "Rosa"},
        {"candidate_id": case, "verdict": "send", "sent_to": ADDRESS, "reviewer": "rosa"},
        {"candidate_id": case, "verdict": "skip", "reviewer": ADDRESS},
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    assert import_decisions(settings, path).accepted == 3
    with store.transaction() as connection:
        rows = connection.execute("SELECT reviewer, sent_to FROM decisions ORDER BY seq").fetchall()
    assert [row[0] for row in rows[:2]] == ["Rosa", "Rosa"]
    assert rows[1][1] == rows[2][0] == known_people(settings, store).recorded(ADDRESS)
    for path in settings.home.rglob("*"):
        if path.is_file():
            assert ADDRESS.encode() not in path.read_bytes(), path
