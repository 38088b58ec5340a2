"""The scrubber as the steps use it: groups, fields, errors, and that nothing is asked outside."""

import logging
import socket
import threading
from pathlib import Path

import pytest

from flywheel.errors import ScrubError
from flywheel.scrub import Scrubbed, Scrubber, count_entities, find_residual, get_scrubber
from flywheel.scrub.found import Span
from flywheel.scrub.placeholders import settle
from flywheel.settings import ScrubSettings, load_settings
from tests.flywheel.scrub.conftest import KEY
from tests.flywheel.scrub.policies import scrubber_with


def found_in(text: str, scrubbed: Scrubbed) -> list[tuple[str, str]]:
    return [(found.type, text[found.start : found.end]) for found in scrubbed.entities]


def test_offsets_are_those_of_the_input(scrubber: Scrubber) -> None:
    """Each finding says where in the given text it stood."""
    text = "My client Donna Petersen asked this, card 4677664555482204, a@b.com."
    [[scrubbed]] = scrubber.scrub_groups([[("comment", text)]])
    assert found_in(text, scrubbed) == [
        ("PERSON", "Donna Petersen"),
        ("CREDIT_CARD", "4677664555482204"),
        ("EMAIL_ADDRESS", "a@b.com"),
    ]
    assert scrubbed.text.startswith("My client <PERSON_")


def test_a_name_found_in_one_text_goes_from_all_of_its_group(scrubber: Scrubber) -> None:
    """And is one placeholder in all of them; another group keeps the same words."""
    report = "Ann Byron Lee | 1,234\nSmith Micro | 5,678"
    group = [("messages", "My name is Ann Byron Lee."), ("context", report)]
    alone = [("context", report)]
    [[message, document], [kept]] = scrubber.scrub_groups([group, alone])  # type: ignore[list-item]
    placeholder = message.text.removeprefix("My name is ").removesuffix(".")
    assert document.text == f"{placeholder} | 1,234\nSmith Micro | 5,678"
    assert kept.text == report
    assert kept.entities == ()


def test_a_single_word_does_not_take_a_reports_words(scrubber: Scrubber) -> None:
    """Mr. Price does not cost the report its prices."""
    group = [("messages", "Ask Mr. Price."), ("context", "Price per share: 12.5")]
    [[message, document]] = scrubber.scrub_groups([group])  # type: ignore[list-item]
    assert "Price" not in message.text
    assert document.text == "Price per share: 12.5"


def test_a_report_keeps_its_names_unless_asked(scrubber: Scrubber) -> None:
    """`names_in_context` looks for new names in documents too."""
    text = "The audit was signed by Philip Barnes in 2019."
    assert scrubber.scrub_text(text, "context") == text
    strict = Scrubber(ScrubSettings(names_in_context=True), KEY)
    assert "Barnes" not in strict.scrub_text(text, "context")


def test_a_report_loses_its_contacts(scrubber: Scrubber) -> None:
    """E-mail, telephone and secrets go from documents as well."""
    text = "Investor relations: (406) 555-0183, ir@example.com, sales 1,496.5"
    scrubbed = scrubber.scrub_text(text, "context")
    assert "555" not in scrubbed
    assert "ir@" not in scrubbed
    assert scrubbed.endswith("sales 1,496.5")


def test_a_field_keeps_what_the_policy_leaves_it(scrubber: Scrubber) -> None:
    """A type that stays in one field goes from the others, and the rest goes from it."""
    text = "From 60.138.175.204 by jane@example.com"
    lenient = scrubber_with(leave={"tags": ("IP_ADDRESS",)})
    assert lenient.scrub_text(text, "tags").startswith("From 60.138.175.204 by <EMAIL_ADDRESS_")
    assert lenient.scrub_text(text, "comment") == scrubber.scrub_text(text, "comment")
    assert lenient.version != scrubber.version


def test_two_people_are_two_placeholders_and_one_is_one(scrubber: Scrubber) -> None:
    """Also over groups, and whatever the title."""
    texts = ["I'm Ann Lee.", "I'm Mr. Bob Ray.", "My name is Ms. Ann Lee."]
    scrubbed = [scrubber.scrub_text(text) for text in texts]
    placeholders = [text[text.index("<") : text.index(">")] for text in scrubbed]
    assert placeholders[0] == placeholders[2] != placeholders[1]


def test_a_name_that_two_finders_end_differently_is_one(scrubber: Scrubber) -> None:
    """With and without the dot of "Jr.": no dot is left over, which would be nobody's name."""
    text = "What was revenue in 1986? This is Mr. Joseph Wilson Jr., mail me at s@example.org."
    [[scrubbed]] = scrubber.scrub_groups([[("comment", text)]])
    assert [found.type for found in scrubbed.entities] == ["PERSON", "EMAIL_ADDRESS"]
    assert "Wilson" not in scrubbed.text


REPORT = (
    "| | 2019 | 2018 |\n| Revenue from Europe | $1,452.4 | (1,146.2) |\n"
    "Operating income rose 4.0% to € 12,345,678 in the quarter ended September 30, 2019, "
    "in Germany and Asia Pacific. Apple Inc. and Bell Wireless, see Note 12 and https://sec.gov/x."
)


@pytest.mark.parametrize("field", ["messages", "output", "context", "correction"])
def test_what_a_report_is_made_of_survives(scrubber: Scrubber, field: str) -> None:
    """Numbers, dates, organisations, countries, regions and plain URLs."""
    assert scrubber.scrub_text(REPORT, field) == REPORT  # type: ignore[arg-type]


def test_questions_that_differ_stay_different(scrubber: Scrubber) -> None:
    """Years, regions and companies tell questions apart."""
    questions = [
        f"What was the {what} of {who} in {where} in {year}?"
        for what in ("revenue", "Net Income")
        for who in ("Apple", "Cisco Systems", "Autodesk")
        for where in ("Europe", "Asia Pacific", "Germany")
        for year in (2018, 2019)
    ]
    scrubbed = {scrubber.scrub_text(question, "messages") for question in questions}
    assert scrubbed == set(questions)


def test_a_text_that_is_too_long_is_refused_without_being_quoted() -> None:
    """The message names the setting, no text."""
    scrubber = Scrubber(ScrubSettings(max_chars=10), KEY)
    with pytest.raises(ScrubError, match="longer than FLYWHEEL_SCRUB__MAX_CHARS") as caught:
        scrubber.scrub_text("x@example.com, again")
    assert "example" not in str(caught.value)


def test_any_error_becomes_one_without_text(scrubber: Scrubber) -> None:
    """Half a surrogate pair breaks the libraries beneath; nothing of them shows."""
    with pytest.raises(ScrubError) as caught:
        scrubber.scrub_text("I'm Jane Secret \ud83d")
    assert "Jane" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_an_unknown_model_is_an_error_and_passes_nothing() -> None:
    """Without its model the scrubber gives no text back."""
    with pytest.raises(ScrubError, match="OSError"):
        Scrubber(ScrubSettings(spacy_model="no_such_model"), KEY).scrub_text("x")


def test_allowed_words_stay_and_are_no_residue() -> None:
    """A support address may stand, and the checks know it."""
    allow = ("Support@example.com",)
    scrubber = Scrubber(ScrubSettings(allow=allow), KEY)
    text = scrubber.scrub_text("Write to support@example.com or to jane@example.com")
    assert "support@example.com" in text
    assert "jane" not in text
    assert find_residual(text, allow) == frozenset()
    assert find_residual(text) == {"EMAIL_ADDRESS"}


def test_a_high_threshold_leaves_no_residue() -> None:
    """What the checks look for is taken out at any score."""
    strict = Scrubber(ScrubSettings(score_threshold=1.0), KEY)
    text = strict.scrub_text("I'm Ann Lee, call 020 7946 0958 or 406-555-0183")
    assert "Ann Lee" in text
    assert find_residual(text) == frozenset()


def test_counts_are_by_type(scrubber: Scrubber) -> None:
    """The most frequent first."""
    groups = scrubber.scrub_groups([[("comment", "a@b.com and c@d.com from 60.138.175.204")]])
    counts = count_entities(one for group in groups for one in group)
    assert list(counts.items()) == [("EMAIL_ADDRESS", 2), ("IP_ADDRESS", 1)]


def test_one_scrubber_serves_equal_settings(tmp_path: Path) -> None:
    """The model loads once a process."""
    assert get_scrubber(load_settings(tmp_path)) is get_scrubber(load_settings(tmp_path))


def test_threads_share_a_scrubber(scrubber: Scrubber) -> None:
    """Each gets the results of its own texts."""
    results: dict[int, str] = {}

    def work(number: int) -> None:
        results[number] = scrubber.scrub_text(
            f"I'm Ann Lee, number {number}, x{number}@example.com"
        )

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"number {number}," in text for number, text in results.items())
    assert len(results) == 4


def test_nothing_is_asked_outside_and_nothing_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No connection is opened, no word of the text reaches a log."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    caplog.set_level(logging.DEBUG)
    text = Scrubber(ScrubSettings(), b"another key, fresh memory").scrub_text(
        "I'm Ann Xylophone, ann.xylophone@example.co.uk, IBAN DE00370400440532013000"
    )
    assert "ylophone" not in text
    assert "ylophone" not in caplog.text
    assert "DE0037" not in caplog.text


@pytest.mark.parametrize("mail", ["Anna.Kellermann@example-mail.org", "Nora.Keller@example.com"])
def test_a_verb_before_an_address_is_no_part_of_a_name(scrubber: Scrubber, mail: str) -> None:
    """Ask is somebody's name in Denmark, and Anna anywhere: the address goes, the word stays."""
    text = scrubber.scrub_text(f"Ask {mail}. Revenue rose.")
    assert text.startswith("Ask <EMAIL_ADDRESS_") and text.endswith(">. Revenue rose.")


@pytest.mark.parametrize(
    "text",
    [
        "what was the revenue of calvin klein?",
        "DID RAYMOND JAMES PAY A DIVIDEND?",
        "What was the revenue of Arthur J. Gallagher and Captain Morgan?",
        "Compare Uncle Ben and Aunt Jemima.",
        "hey its calvin klein again",
    ],
)
def test_a_company_stays_in_every_text_of_an_event(scrubber: Scrubber, text: str) -> None:
    """A company that is called like somebody is taken out neither here nor there."""
    other = "Calvin Klein, Raymond James and Arthur Gallagher were compared."
    [pair] = scrubber.scrub_groups([[("messages", text), ("output", other)]])
    assert [one.text for one in pair] == [text, other]


def test_the_finder_of_a_name_is_told(scrubber: Scrubber) -> None:
    """That the name is one of the event's is told only where nobody else found it."""
    texts = ["Yesterday Nora Keller reviewed it.", "so nora keller did, NORA KELLER"]
    [[first, second]] = scrubber.scrub_groups([[("comment", text) for text in texts]])
    assert [found.recogniser for found in first.entities] != ["event"]
    assert len(second.entities) == 2


def test_of_two_finders_the_one_that_read_the_name_is_kept() -> None:
    """An event's name goes behind it, whatever the scores."""
    read, said = Span(0, 4, "PERSON", 0.7, "model"), Span(0, 4, "PERSON", 0.8, "event")
    assert settle([said, read]) == [read]
    assert settle([said._replace(end=9), read]) == [said._replace(end=9)]
