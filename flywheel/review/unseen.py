"""Makes characters visible that show nothing, or show a text other than it is: by their numbers.

A right-to-left override makes 321 read as 123, and what is approved is the 321 (Boucher & Anderson
2021, "Trojan Source"; Unicode TR 36). What stands in place of such a character has no effect.
"""

import re
import unicodedata
from typing import Final

from markupsafe import Markup, escape

_ALWAYS: Final = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # of the direction
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\u2028\u2029\U000e0000-\U000e007f"
)
_JOINERS: Final = "\u200c\u200d"
"""Persian, Indian scripts and emoji need them: unseen only beside a letter of ASCII."""
_UNSEEN: Final = re.compile(rf"([{_ALWAYS}]|(?<=[!-~])[{_JOINERS}]|[{_JOINERS}](?=[!-~]))\1*")


def hides(text: str) -> bool:
    """Whether there is such a character in it."""
    return _UNSEEN.search(text) is not None


def show_unseen(text: object) -> Markup:
    """The text, escaped, each such character as its number; a run of one is told once."""
    return show_unseen_in(escape(text))


def show_unseen_in(html: Markup) -> Markup:
    """The same of safe HTML whose elements have no attributes."""
    return Markup(_UNSEEN.sub(_told, str(html)))  # noqa: S704 - it was safe, and stays so


def _told(found: re.Match[str]) -> str:
    character, many = found[1], len(found[0])
    name = unicodedata.name(character, "control character").lower()
    times = f" ×{many}" if many > 1 else ""
    return f'<span class="unseen" title="{name}">U+{ord(character):04X}{times}</span>'
