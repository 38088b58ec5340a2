"""The link that is printed in the terminal, as Jupyter does: used once, then another is printed."""

import secrets
from collections.abc import Callable
from threading import Lock


class Login:
    """The one-time link: whoever holds it is the reviewer that the page was started for."""

    def __init__(self, base_url: str, announce: Callable[[str], None]) -> None:
        self._base_url = base_url
        self._announce = announce
        self._lock = Lock()
        self._token = secrets.token_urlsafe(32)

    @property
    def link(self) -> str:
        """The link that is good now."""
        return f"{self._base_url}/login?token={self._token}"

    def redeem(self, token: str) -> bool:
        """Whether the token is good; if so it is spent, and the next link is announced."""
        with self._lock:
            if not secrets.compare_digest(token.encode(), self._token.encode()):
                return False
            self._token = secrets.token_urlsafe(32)
        self._announce(self.link)
        return True
