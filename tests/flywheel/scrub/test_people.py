"""How the model reads: sentences, each once, and nothing lost where a long one is cut."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flywheel.scrub import Scrubber
from flywheel.scrub.people import NameEngine, _pieces
from flywheel.settings import ScrubSettings

FILLER = "net sales and other income rose in the quarter while costs fell again and "
NAMES = NameEngine(ScrubSettings().spacy_model, "en")
NAMES.load()


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in _pieces(text)]


def test_a_text_is_read_sentence_by_sentence() -> None:
    """Lines end one, too; titles and initials do not."""
    text = "Revenue rose in 2019. Dr. Nora J. Keller signed it.\nMr. Adams agrees! See Note 3."
    assert pieces(text) == [
        "Revenue rose in 2019. ",
        "Dr. Nora J. Keller signed it.",
        "Mr. Adams agrees! ",
        "See Note 3.",
    ]


@given(st.text(st.sampled_from("Ab .?!\n1)"), max_size=300))
@settings(max_examples=200, deadline=None)
def test_pieces_leave_nothing_out(text: str) -> None:
    """But line ends."""
    assert "".join(pieces(text)) == text.replace("\n", "")


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=12), st.sampled_from([" ", ""]))
@settings(max_examples=100, deadline=None)
def test_long_sentences_are_cut_into_bounded_overlapping_pieces(
    sizes: list[int], space: str
) -> None:
    """Every stretch as long as a name stands whole in one of them."""
    text = space.join("x" * size for size in sizes)
    spans = list(_pieces(text))
    assert spans[0][0] == 0 and spans[-1][1] == len(text)
    assert all(0 < end - start <= 4000 for start, end in spans)
    for (_, end), (start, _) in pairwise(spans):
        assert end - 200 <= start < end


@pytest.mark.parametrize("shift", range(0, 45, 2))
def test_a_name_at_the_cut_is_found(shift: int, scrubber: Scrubber) -> None:
    """A sentence of 9,000 characters with a name at every offset around its first cut."""
    at = 4000 - 30 + shift
    text = f"{(FILLER * 60)[:at]} said Donna Petersen of {FILLER * 60}"
    assert "Petersen" not in scrubber.scrub_text(text)


@pytest.mark.parametrize("shift", range(0, 60, 7))
def test_a_multi_line_address_is_found_wherever_it_stands(shift: int, scrubber: Scrubber) -> None:
    """Patterns read a text whole: there are no seams for them."""
    for size in (4000, 32_768):
        text = (
            f"{(FILLER * 600)[: size - 40 + shift]}\n12 Elm Street\nSpringfield, IL 62704\n{FILLER}"
        )
        scrubbed = scrubber.scrub_text(text)
        assert "Elm" not in scrubbed and "62704" not in scrubbed


def test_a_piece_is_read_once_and_says_the_same() -> None:
    """A second text with the same sentence has its mentions at its own offsets."""
    sentence = "My client Donna Petersen asked about it."
    texts = [sentence, f"Revenue rose in 2019. {sentence}"]
    found = [artifacts.entities for _, artifacts in NAMES.process_batch(texts, "en")]
    starts = [text.index("Donna") for text in texts]
    assert [mentions[0].start for mentions in found] == starts


def test_the_small_models_ner_needs_no_other_part() -> None:
    """Its tok2vec is a part of it; the shared one only feeds parts that are not loaded."""
    assert [model.pipe_names for model in NAMES._loaded] == [["ner"]]
