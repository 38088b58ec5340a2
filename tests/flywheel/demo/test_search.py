"""The search for leftovers finds what was left: in a file's bytes and in a compressed row."""

from pathlib import Path

from flywheel.demo.search import search_home
from flywheel.settings import Settings
from flywheel.store import open_store
from tests.facts import add_interaction

PLANTED = {
    "Nora Keller": "PERSON",
    "nora@keller.example.com": "EMAIL_ADDRESS",
    "4242 4242 4242 4242": "CREDIT_CARD",
}


def test_a_clean_home_has_nothing_left(settings: Settings) -> None:
    """And the search says what it looked for and where."""
    store = open_store(settings)
    add_interaction(store)
    found = search_home(settings.home, store, PLANTED)
    assert found.left == {}
    assert found.planted == {"CREDIT_CARD": 1, "EMAIL_ADDRESS": 1, "PERSON": 1}
    assert found.files > 0
    assert found.bytes > 0


def test_a_value_in_a_row_is_found_however_the_database_stores_it(settings: Settings) -> None:
    """By reading the row."""
    store = open_store(settings)
    add_interaction(store, question="This is Nora Keller. What was revenue?")
    assert search_home(settings.home, store, PLANTED).left == {"PERSON": 1}


def test_a_value_in_any_file_is_found(settings: Settings) -> None:
    """However deep and whatever its name."""
    store = open_store(settings)
    add_interaction(store)
    deep = Path(settings.home) / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "log.bin").write_bytes(b"\x00\xff card 4242 4242 4242 4242 \x00")
    (deep / "more.txt").write_text("nora@keller.example.com, Nora Keller")
    left = search_home(settings.home, store, PLANTED).left
    assert left == {"CREDIT_CARD": 1, "EMAIL_ADDRESS": 1, "PERSON": 1}


def test_a_link_out_of_the_home_is_not_followed(settings: Settings, tmp_path: Path) -> None:
    """What it points to is not the home's."""
    store = open_store(settings)
    add_interaction(store)
    (tmp_path / "outside.txt").write_text("Nora Keller")
    (settings.home / "link").symlink_to(tmp_path / "outside.txt")
    assert search_home(settings.home, store, PLANTED).left == {}
