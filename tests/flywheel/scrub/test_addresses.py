"""Postal addresses; and the numbered things of a report that look like them."""

import pytest

from flywheel.scrub.addresses import find_addresses
from flywheel.scrub.placeholders import settle


def addresses(text: str) -> list[str]:
    return [text[span.start : span.end] for span in settle(find_addresses(text))]


@pytest.mark.parametrize(
    "address",
    [
        "6468 Jacobs Crest Suite 753, Port Andrew, NY 97701",
        "503 Susan Ridges, West Matthew, DC 68758",
        "14433 Janet Square Apt. 535, Jacobmouth, GA 58342-1234",
        "1 Infinite Loop\nCupertino, CA 95014",
        "221 N Elm St, Springfield, IL 62701",
        "PSC 3930, Box 0823, APO AA 79083",
        "Unit 2856 Box 1105, DPO AE 47526",
        "USNS Rasmussen, FPO AA 65184",
        "P.O. Box 1234",
        "10 Downing Street, London SW1A 2AA",
        "Flat 3, 27 Colmore Row, Birmingham B3 2EW",
        "Hauptstraße 12, 10115 Berlin",
        "Karl-Marx-Allee 34a",
        "12 rue de la Paix, 75002 Paris",
        "Via Roma 15, 00184 Roma",
        "Calle de Alcalá 45, 28014 Madrid",
        "Kalverstraat 92, 1012 PH Amsterdam",
        "Vasagatan 12",
        "742 Evergreen Terrace",
        "350 Fifth Avenue",
    ],
)
def test_whole_addresses_are_found(address: str) -> None:
    """American, military, British and continental ones, on one line or several."""
    assert addresses(f"Ship the printout to {address}.") == [address]


def test_words_announce_an_address_of_unknown_form() -> None:
    """After "I live at" any numbered run of capitalised words is one."""
    text = "I live at Conjunto João Guerra, 80, Moura da Praia and like it."
    assert addresses(text) == ["Conjunto João Guerra, 80, Moura da Praia"]


@pytest.mark.parametrize(
    "text",
    [
        "During 2019 Street sales rose",
        "2018 Annual Report of the Company",
        "2019 Tax Court",
        "Item 7 of Form 10-K, Note 12",
        "Net sales 2019 2018 2017",
        "3 Months Ended March 31, 2019",
        "$500 Million Credit Facility in 2018",
        "sold via Form 10 and Note 5",
        "located at 2019",
        "Level 3 Inputs 12,345",
        "September 30, 2019 Compared to September 30, 2018",
        "The Brigade 4 and Katie 5",
    ],
)
def test_a_reports_numbered_things_are_no_addresses(text: str) -> None:
    """Years, notes, forms and periods survive."""
    assert addresses(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "4411 Marlow Crossing",
        "18 Otis Meadows Apt. 12",
        "702 Harriet Cove Suite 9, Lowfield",
        "27 Petra Ridges\nLowfield\n, NH\n 04412",
        "27 Petra Ridges\n Apt. 4\n Lowfield\n Denmark 2100",
        "Flat 6, Amos Rise, Lowfield",
        "Studio 8\nIda Croft\nLowfield\nB3 2EW",
        "9 Olaf Vista Unit 5 Lowfield Oregon",
    ],
)
def test_streets_of_every_suffix_and_their_lines_are_found(address: str) -> None:
    """The postal services' other suffixes, units before and behind, a state alone in its line."""
    assert addresses(f"The parcel went to {address}.\nWe called.") == [address]


def test_a_quoted_mails_marks_part_no_address() -> None:
    """Its lines are one address, with one placeholder."""
    text = "> Ida Moss\n> 12 Oak Lane\n> Apt. 3\n> Lowfield\n> Denmark 2100\n> Thanks"
    assert addresses(text) == ["12 Oak Lane\n> Apt. 3\n> Lowfield\n> Denmark 2100"]


@pytest.mark.parametrize(
    "text",
    [
        "We own 12 Retail Centers and 3 Oil Wells were drilled",
        "the 40 Common Shares of 2019",
        "In 2018 Marlow Creek was sold",
        "about 5 Million Union members and 7 Fund Managers",
        "there are 12 Data Centers, 4 Service Stations",
        "2 Point conversions, 3 Key takeaways",
    ],
)
def test_what_a_report_counts_is_no_street(text: str) -> None:
    """Suffixes are words, too: without a person's name or a place to stand they prove nothing."""
    assert addresses(text) == []
