"""On real report pages with planted personal data: what goes and what must not."""

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flywheel.scrub import Field, Scrubbed, Scrubber

FIGURE = re.compile(r"\d[\d.,]*")
ScrubbedTexts = dict[str, list[tuple[Field, str, Scrubbed]]]


def _events(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.iterdir()):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in raw.splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and isinstance(event.get("id"), str):
                yield event


def _texts(event: dict[str, Any]) -> Iterator[tuple[Field, str]]:
    for message in event.get("messages") or []:
        if isinstance(message, dict) and isinstance(message.get("content"), str):
            yield "messages", message["content"]
    for document in event.get("context") or []:
        yield "context", document["text"]
    for key in ("output", "comment", "correction"):
        if isinstance(event.get(key), str):
            yield key, event[key]  # type: ignore[misc]


@pytest.fixture(scope="module")
def finchat(shared_data: Path) -> Path:
    """The folder of the stream."""
    return shared_data / "finchat"


@pytest.fixture(scope="module")
def scrubbed(finchat: Path, scrubber: Scrubber) -> ScrubbedTexts:
    """By event: field, text and what became of it."""
    events = {event["id"]: event for event in _events(finchat / "events")}
    groups = [list(_texts(event)) for event in events.values()]
    return {
        identifier: [(field, text, one) for (field, text), one in zip(group, found, strict=True)]
        for identifier, group, found in zip(
            events, groups, scrubber.scrub_groups(groups), strict=True
        )
    }


@pytest.fixture(scope="module")
def planted(finchat: Path) -> dict[str, set[tuple[str, str]]]:
    """By kind: the event's own or its interaction's id, and the planted value."""
    values = defaultdict(set)
    for line in (finchat / "pii.jsonl").read_text("utf-8").splitlines():
        given = json.loads(line)
        for kind, value in given["spans"]:
            values[kind].add((given["id"], value))
    return values


def test_planted_personal_data_is_gone(
    scrubbed: ScrubbedTexts, planted: dict[str, set[tuple[str, str]]]
) -> None:
    """All that has a form, 97% of names and 95% of addresses, from every text there is."""
    whole = "\n".join(one.text for texts in scrubbed.values() for _, _, one in texts)
    for kind, least in {"name": 0.97, "address": 0.95}.items():
        values = {value for _, value in planted[kind]}
        assert sum(value not in whole for value in values) >= least * len(values)
    for kind in planted.keys() - {"name", "address"}:
        assert [value for _, value in planted[kind] if value in whole] == []


def test_figures_survive(scrubbed: ScrubbedTexts, planted: dict[str, set[tuple[str, str]]]) -> None:
    """At most one in a hundred of the numbers in documents and answers changes."""
    before = after = 0
    for texts in scrubbed.values():
        for field, text, one in texts:
            if field in ("context", "output"):
                before += len(FIGURE.findall(text))
                after += sum(len(FIGURE.findall(text[f.start : f.end])) for f in one.entities)
    assert before > 10_000
    assert after <= before / 100


def test_no_two_questions_become_one(scrubbed: ScrubbedTexts) -> None:
    """Texts that differ still differ: placeholders are keyed."""
    became: dict[str, set[str]] = defaultdict(set)
    for texts in scrubbed.values():
        for field, text, one in texts:
            if field == "messages":
                became[one.text].add(text)
    assert [texts for texts in became.values() if len(texts) > 1] == []


QUESTIONS = (
    "What was revenue from {region} in {year}?",
    "How many shares of {company} does {person} own?",
    "Is {figure} million the operating income of {company} in {year}, as {person} says?",
)
FILLINGS: dict[str, tuple[str, ...]] = {
    "year": ("2017", "2018", "2019", "FY2019", "Q3 2019"),
    "figure": ("1,452.4", "1,452.5", "12", "(3)"),
    "company": ("Lamb Weston", "Bell Canada", "Johnson Controls", "Charles Schwab", "Nokia"),
    "region": ("Europe", "Asia Pacific", "North America", "Germany", "San Jose"),
    "person": ("Nicholas Simpson", "Nicola Simpson", "Piotr Zieliński", "Anna Simpson"),
}


def test_questions_that_differ_in_one_thing_stay_different(scrubber: Scrubber) -> None:
    """In a year, a figure, a company, a region or a person: the same question, another answer."""
    first = {key: values[0] for key, values in FILLINGS.items()}
    for question in QUESTIONS:
        for key, values in FILLINGS.items():
            texts = [question.format(**{**first, key: value}) for value in values]
            if len(set(texts)) > 1:
                assert len({scrubber.scrub_text(text, "messages") for text in texts}) == len(texts)
