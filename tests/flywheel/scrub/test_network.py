"""IP and MAC addresses, URLs with a user or token; and versions, sections, times, code."""

import pytest

from flywheel.scrub.network import find_ips, find_macs, find_urls


def ips(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_ips(text)]


@pytest.mark.parametrize(
    "ip",
    [
        "60.138.175.204",
        "1.200.172.218",
        "2001:db8::8a2e:370:7334",
        "fe80::1ff:fe23:4567:890a",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "::ffff:192.0.2.128",
    ],
)
def test_addresses_of_both_versions_are_found(ip: str) -> None:
    """Long, short and mixed forms."""
    assert ip in ips(f"Log in from {ip}, user x")


@pytest.mark.parametrize(
    "text",
    [
        "Section 4.2.1.3 says",
        "version 10.0.19.1",
        "v1.2.3.4",
        "1.2.3.4 Revenue Recognition",
        "§ 1.2.3.4",
        "1.2.3.4.5",
        "300.1.2.3",
        "12:30:45",
        "std::vector",
        "a::b",
        "::1",
        "$1.2.3.4",
        "10:15",
    ],
)
def test_versions_sections_times_and_code_are_no_addresses(text: str) -> None:
    """The numbering of a report survives."""
    assert ips(text) == []


@pytest.mark.parametrize("mac", ["00:1A:2b:3C:4d:5E", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e"])
def test_macs_are_found(mac: str) -> None:
    """In the three usual spellings."""
    text = f"device {mac} is offline"
    assert [text[span.start : span.end] for span in find_macs(text)] == [mac]


def test_figures_are_no_macs() -> None:
    """Dotted groups need a letter."""
    assert list(find_macs("1234.5678.9012 and 12:30:45")) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://jane:secret@example.com/x",
        "https://example.com/?access_token=abc123",
        "https://example.com/a?b=1&sig=9f8e",
        "postgres://admin:pw@db.internal/prod",
        "https://example.com/u?email=x",
    ],
)
def test_urls_that_carry_a_person_or_a_key_are_found(url: str) -> None:
    """Whole, without the full stop behind."""
    text = f"See {url}."
    assert [text[span.start : span.end] for span in find_urls(text)] == [url]


@pytest.mark.parametrize("url", ["https://example.com/report?year=2019", "http://sec.gov/a/b#c"])
def test_plain_urls_stay(url: str) -> None:
    """A source is worth keeping."""
    assert list(find_urls(url)) == []
