"""Addresses on a network: IP, MAC, and URLs that carry a user or a token."""

import ipaddress
import re
from collections.abc import Iterator

from flywheel.scrub.found import Span

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = re.compile(
    rf"(?<![^\W_])(?<![.$€£¥-])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w%]|\.\d|-\d)", re.ASCII
)
_SECTION_CUE = re.compile(
    r"(?:\b(?:sections?|sec|notes?|versions?|ver|v|releases?|build|chapter|clauses?|articles?|items?"
    r"|paragraphs?|rev|exhibits?|schedule|annex|appendix|firmware|driver|figures?|tables?|rules?)"
    r"\.?|§+)[\s_]*$",
    re.I,
)
_HEADING_AFTER = re.compile(r"\.?\s+[A-Z]")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:]|\.\d)",
    re.I | re.ASCII,
)
_MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}"
    r"|(?=[\d.]*[a-f])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4})(?![\w:-])",
    re.I | re.ASCII,
)
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://[^\s<>\"'|]{4,2000}", re.I)
_USERINFO = re.compile(r"[a-z0-9+.-]+://[^/?#\s]+@", re.I)
_PRIVATE_QUERY = re.compile(
    r"[?&#;](?:[\w-]*(?:token|secret|password|passwd|pwd|api[_-]?key|signature|credential|session)"
    r"[\w-]*|auth|key|sig|code|e?mail|user(?:name|_?id)?|sid|jwt)=[^&#\s]",
    re.I,
)


def find_ips(text: str) -> Iterator[Span]:
    """IPv4 and IPv6 addresses, but not the numbers of versions and sections."""
    for match in _IPV4.finditer(text):
        if not _is_section(text, match.start(), match.end(), match[0]):
            yield Span(match.start(), match.end(), "IP_ADDRESS", 0.9)
    for match in _IPV6.finditer(text):
        if _is_ipv6(match[0]):
            yield Span(match.start(), match.end(), "IP_ADDRESS", 0.9)


def _is_section(text: str, start: int, end: int, raw: str) -> bool:
    if _SECTION_CUE.search(text[max(0, start - 16) : start]):
        return True
    small = all(int(octet) < 30 for octet in raw.split("."))
    opens_line = start == 0 or text[start - 1] == "\n"
    return small and opens_line and _HEADING_AFTER.match(text, end) is not None


def _is_ipv6(raw: str) -> bool:
    if sum(map(bool, raw.split(":"))) < 2 or not any(c.isdigit() for c in raw):
        return False  # "a::b" is a name in code, "::" is nobody's
    try:
        ipaddress.IPv6Address(raw)
    except ValueError:
        return False
    return True


def find_macs(text: str) -> Iterator[Span]:
    """MAC addresses in the three usual spellings."""
    for match in _MAC.finditer(text):
        yield Span(match.start(), match.end(), "MAC_ADDRESS", 0.9)


def find_urls(text: str) -> Iterator[Span]:
    """URLs that carry a user, a password, a token or a signature; plain ones stay."""
    for match in _URL.finditer(text):
        url = match[0].rstrip(".,;:!?)]}")
        if _USERINFO.match(url) or _PRIVATE_QUERY.search(url):
            yield Span(match.start(), match.start() + len(url), "URL", 0.9)
