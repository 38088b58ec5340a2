"""A copy is made of long runs of its original; boilerplate with another figure is none."""

import numpy as np
import pytest

from flywheel.copies import BANDS, MIN_SHARE, RUN, bands, is_part

WORDS = [f"w{n}" for n in range(60)]


def test_a_text_is_a_copy_of_itself_cut_short_and_rearranged() -> None:
    """Whole, without its end, without its beginning, with its halves exchanged."""
    for copy in (WORDS, WORDS[:40], WORDS[20:], WORDS[30:] + WORDS[:30]):
        assert is_part(copy, WORDS)


def test_a_figure_or_word_in_another_s_place_makes_no_copy() -> None:
    """One that is new, one that stands elsewhere, two that changed places."""
    new = [*WORDS[:20], "9.9", *WORDS[21:]]
    elsewhere = [*WORDS[:20], "w40", *WORDS[21:]]
    exchanged = [*WORDS[:20], "w40", *WORDS[21:40], "w20", *WORDS[41:]]
    for other in (new, elsewhere, exchanged):
        assert not is_part(other, WORDS) and not is_part(WORDS, other)


def test_rows_whose_figures_were_exchanged_are_no_copy() -> None:
    """Revenue and operating income swapped: the story that this product exists for."""
    table = "revenue $ 10 $ 20 $ 30 operating income $ 1 $ 2 $ 3".split()
    swapped = "revenue $ 1 $ 2 $ 3 operating income $ 10 $ 20 $ 30".split()
    assert is_part(table, table) and not is_part(swapped, table)


@pytest.mark.parametrize("length", [0, RUN - 1, round(60 * MIN_SHARE) - 1])
def test_too_little_of_a_text_is_no_copy(length: int) -> None:
    """It would be a copy of many."""
    assert not is_part(WORDS[:length], WORDS)


def test_each_word_of_the_original_is_used_once() -> None:
    """A text that says one half twice does not say the other."""
    assert not is_part(WORDS[:30] + WORDS[:30], WORDS)


def test_copies_share_a_band_and_strangers_share_none() -> None:
    """Two thirds of a text are found; order of the batch does not matter."""
    stranger = [f"x{n}" for n in range(60)]
    texts = [WORDS, WORDS[:42], stranger]
    found = bands(texts, [7, 7, 7])
    assert found.shape == (3, BANDS)
    shared = [set(found[0].tolist()) & set(row.tolist()) for row in found[1:]]
    assert shared[0] and not shared[1]
    assert np.array_equal(found[::-1], bands(texts[::-1], [7, 7, 7]))
    assert not set(found[0].tolist()) & set(bands(texts, [8, 8, 8])[0].tolist())


def test_how_many_texts_are_hashed_at_once_changes_no_band(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does the script that they are written in, nor half a character."""
    texts = [WORDS, ["größe", "収益", "\ud800", "и", "5"], WORDS[5:], ["a", "b", "c", "d"]]
    at_once = bands(texts, [7, 8, 9, 7])
    monkeypatch.setattr("flywheel.copies._BLOCK", 1)
    assert np.array_equal(bands(texts, [7, 8, 9, 7]), at_once)
    assert np.array_equal(bands(texts[1:2], [8]), at_once[1:2])
