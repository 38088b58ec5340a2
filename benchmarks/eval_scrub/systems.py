"""The two that are compared: Presidio as it comes, and this project's stage."""

from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.eval_scrub.cases import Case, Label
from flywheel.scrub import Scrubber
from flywheel.settings import ScrubSettings

System = Callable[[Sequence[Case]], list[list[Label]]]

_OURS: Final = {
    "LOCATION": "STREET_ADDRESS",
    "DATE_TIME": "DATE_OF_BIRTH",
    "US_ITIN": "US_SSN",
    "US_BANK_NUMBER": "BANK_ACCOUNT",
    "US_DRIVER_LICENSE": "DRIVER_LICENSE",
    "US_PASSPORT": "PASSPORT",
    "UK_NHS": "NATIONAL_ID",
}
"""What Presidio calls the types of the evaluation set."""


def stage(settings: ScrubSettings) -> System:
    """The scrubber, each text by itself."""
    scrubber = Scrubber(settings, b"evaluation-key-01")

    def find(cases: Sequence[Case]) -> list[list[Label]]:
        groups = scrubber.scrub_groups([[("comment", case.text)] for case in cases])
        return [[Label(f.start, f.end, f.type) for f in group[0].entities] for group in groups]

    return find


def plain_presidio(settings: ScrubSettings) -> System:
    """`AnalyzerEngine` with its defaults and the same spaCy model; overlaps to the better score."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerResult
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # Presidio's e-mail check would fetch a list from the network at its first use.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    model = settings.spacy_model
    provider = NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": "en", "model_name": model}],
        }
    )
    analyzer = AnalyzerEngine(nlp_engine=provider.create_engine())

    def labels(results: list[RecognizerResult]) -> list[Label]:
        kept: list[Label] = []
        for one in sorted(results, key=lambda r: (-r.score, r.start - r.end)):
            if all(one.end <= label.start or label.end <= one.start for label in kept):
                kept.append(Label(one.start, one.end, _OURS.get(one.entity_type, one.entity_type)))
        return kept

    return lambda cases: [labels(analyzer.analyze(case.text, language="en")) for case in cases]
