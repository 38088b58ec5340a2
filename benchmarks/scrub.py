"""The scrub stage against plain Presidio, one `analyze` and `anonymize` a text."""

from collections.abc import Iterator

from faker import Faker

from benchmarks.timing import Comparison, compare_pairs
from flywheel.scrub import Scrubber
from flywheel.settings import ScrubSettings

TEXTS = 600


def _texts(repeats: int) -> list[str]:
    """Questions and comments with personal data in them; each text stands `repeats` times."""
    fake = Faker("en_US")
    fake.seed_instance(7)
    texts = [
        f"What was revenue in {fake.year()}? This is {fake.name()}, mail me at {fake.email()} "
        f"or call {fake.phone_number()}. The table says {fake.random_int(10, 99_999):,} million."
        for _ in range(TEXTS // repeats)
    ]
    return texts * repeats


def compare() -> Iterator[Comparison]:
    """All-different texts, and texts that stand ten times each as reports do."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_anonymizer import AnonymizerEngine

    # Presidio's e-mail check would fetch a list from the network at its first use.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    settings = ScrubSettings()
    configuration = {
        "nlp_engine_name": "spacy",
        "models": [{"lang_code": "en", "model_name": settings.spacy_model}],
    }
    engine = NlpEngineProvider(nlp_configuration=configuration).create_engine()
    analyzer, anonymizer = AnalyzerEngine(nlp_engine=engine), AnonymizerEngine()
    Scrubber(settings, b"benchmark-key-0123").scrub_text("warm up, Nora Keller")  # loads the model

    for repeats, what in ((1, "different texts"), (10, "each text ten times")):
        texts = _texts(repeats)

        def ours(texts: list[str] = texts) -> None:
            fresh = Scrubber(settings, b"benchmark-key-0123")  # remembers nothing yet
            fresh.scrub_groups([[("comment", text)] for text in texts])

        def peer(texts: list[str] = texts) -> None:
            for text in texts:
                anonymizer.anonymize(text, analyzer.analyze(text, language="en"))

        yield compare_pairs(
            f"scrub, {len(texts)} texts, {what}", "Presidio text by text", ours, peer
        )
