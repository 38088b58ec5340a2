"""WordLlama as the client uses it: no download, no side effects, the same vectors everywhere."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import flywheel_client
from flywheel_client import EmbedderMismatch, WordLlamaEmbedder
from flywheel_client.embed import MAX_CHARS, embedder_named


@pytest.fixture(scope="session")
def embedder() -> WordLlamaEmbedder:
    """One for all tests: loading the weights takes longer than they do."""
    return WordLlamaEmbedder()


def test_like_questions_are_near(embedder: WordLlamaEmbedder) -> None:
    """The vectors mean something: a rewording is nearer than another question."""
    query, rewording, other = embedder.embed(
        ["What was revenue in 2019?", "How high were the sales in 2019?", "Who are the auditors?"]
    )
    assert query @ rewording > query @ other + 0.2


def test_vectors_have_length_one(embedder: WordLlamaEmbedder) -> None:
    """So a dot product is the cosine; a text without tokens is the zero vector, not NaN."""
    vectors = embedder.embed(["Revenue", "", "ÄÖÜ 漢字 🙂", "  "])
    assert vectors.shape == (4, 256)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1, 1], abs=1e-6)
    assert embedder.embed([]).shape == (0, 256)


def test_a_text_has_one_vector_whatever_stands_beside_it(embedder: WordLlamaEmbedder) -> None:
    """Publishing in a batch and querying alone have to give the same bits."""
    texts = ["Revenue?", "A much longer question about the operating margin of the year 2019"]
    assert np.array_equal(embedder.embed(texts)[:1], embedder.embed(texts[:1]))


def test_a_long_text_is_cut(embedder: WordLlamaEmbedder) -> None:
    """A pasted report as a query costs no more than its first pages."""
    text = "revenue " * 2000
    cut = embedder.embed([text[:MAX_CHARS]])
    assert np.array_equal(embedder.embed([text + "and then something else"]), cut)


def test_the_vectors_are_those_of_the_library(embedder: WordLlamaEmbedder) -> None:
    """Its own pooling pads a batch to the longest text; ours is the same to the last bit."""
    texts = ["What was revenue in 2019?", "Margin"]
    import wordllama

    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(
        "l2_supercat", cache_dir=folder, dim=256, disable_download=True
    )
    assert np.array_equal(embedder.embed(texts), model.embed(texts, norm=True))


def test_these_weights_are_the_version(embedder: WordLlamaEmbedder) -> None:
    """Another wordllama with other weights has to become another version of the embedder."""
    vector = embedder.embed(["What was revenue in 2019?"])[0]
    assert vector[:4] == pytest.approx([0.08877, 0.02992, 0.00985, -0.09276], abs=1e-4)


def test_loading_leaves_the_applications_logging_alone() -> None:
    """Importing wordllama sets the root logger to INFO: every library would start to chatter."""
    script = (
        "import logging; from flywheel_client import WordLlamaEmbedder;"
        "WordLlamaEmbedder().embed(['x']);"
        "assert logging.root.handlers == [] and logging.root.level == logging.WARNING"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_importing_the_client_loads_no_weights_and_no_arrays() -> None:
    """A service pays for what it uses: the imports that take long wait for the first bank."""
    script = (
        "import sys, flywheel_client;"
        "heavy = {'numpy', 'pyarrow', 'wordllama', 'tokenizers', 'httpx', 'asyncio', 'flywheel'};"
        "sys.exit(str(heavy & sys.modules.keys()) if heavy & sys.modules.keys() else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_only_the_own_embedder_goes_by_name() -> None:
    """One instance a process; any other has to be passed."""
    assert embedder_named("wordllama") is embedder_named("wordllama")
    with pytest.raises(EmbedderMismatch, match="'other'"):
        embedder_named("other")


def test_the_public_names_are_these() -> None:
    """What a service may import; a name that goes is a new major version."""
    assert flywheel_client.__all__ == [
        "Bank",
        "BankError",
        "Embedder",
        "EmbedderMismatch",
        "Example",
        "ExtraMissing",
        "ReleaseDamaged",
        "ReleaseMissing",
        "ReleaseTooNew",
        "ReleaseUnsigned",
        "Selection",
        "StoreUnreachable",
        "Where",
        "WordLlamaEmbedder",
        "estimate_tokens",
    ]
    assert all(hasattr(flywheel_client, name) for name in flywheel_client.__all__)
    assert (Path(flywheel_client.__file__).parent / "py.typed").exists()
