"""The seeds: data with sane shares, and chance that repeats in independent streams."""

import pytest

from flywheel.demo.seeds import FOLDER, chance, seeds


@pytest.mark.parametrize("name", ["companies", "people", "questions", "behaviour"])
def test_every_file_is_described(name: str) -> None:
    """In the folder's README, where the licence stands."""
    assert seeds(name)
    assert f"`{name}.toml`" in (FOLDER / "README.md").read_text("utf-8")


def test_every_share_is_a_probability() -> None:
    """Of questions, reactions and texts."""
    behaviour = seeds("behaviour")
    for part in ("questions", "right", "wrong", "texts"):
        assert all(0 < share < 1 for share in behaviour[part].values()), part


def test_a_stream_repeats_and_leaves_the_others_alone() -> None:
    """Drawing more people does not change the companies."""
    first = [chance(1, "companies").random() for _ in range(3)]
    chance(1, "people").random()
    assert [chance(1, "companies").random() for _ in range(3)] == first
    assert chance(1, "people").random() != chance(1, "companies").random()
    assert chance(2, "companies").random() != chance(1, "companies").random()


def test_nothing_in_the_seeds_is_an_address_that_somebody_could_own() -> None:
    """Domains are example.com's, which nobody can register."""
    for firm in seeds("people")["firms"]:
        assert firm["domain"].endswith(".example.com")
