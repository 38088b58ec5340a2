"""Where a login may lead: to a page of this site and nowhere else."""

from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from flywheel.scrub import find_in_name

HOME: Final = "/"
_LONGEST: Final = 2_000
_TYPED: Final = "text"
"""The filter that is no choice from a list."""


def safe_path(wanted: str) -> str:
    """The path if it stays on this site, else `/`.

    Browsers take a backslash for a slash, drop tabs and line breaks, and read `//host` as another
    site; a proxy may decode once more. So none of these may come up, however often it is decoded.
    """
    if len(wanted) > _LONGEST:
        return HOME
    seen = wanted
    while True:
        if not _stays_here(seen):
            return HOME
        decoded = unquote(seen)
        if decoded == seen:
            return wanted
        seen = decoded


def kept_path(wanted: str) -> str:
    """`safe_path` as it may be stored: without words that somebody searched for, or an address."""
    parts = urlsplit(safe_path(wanted))
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != _TYPED]
    told = [unquote(parts.path), *(part for pair in kept for part in pair)]
    if any(map(find_in_name, told)):
        return HOME
    return urlunsplit(("", "", parts.path, urlencode(kept), ""))


def _stays_here(path: str) -> bool:
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return False
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
