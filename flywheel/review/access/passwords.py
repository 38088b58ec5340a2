"""Hashes passwords with Argon2id; checking takes as long for a name that nobody has."""

from functools import cache
from secrets import token_urlsafe
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from flywheel.errors import InputError

SHORTEST: Final = 12
LONGEST: Final = 1024
_AT_ONCE: Final = 2
"""Each check takes 64 MiB: a flood of logins must not take all memory."""

_RECOMMENDED: Final = PasswordHasher()


class Passwords:
    """The library's own parameters are those that RFC 9106 recommends."""

    def __init__(self, hasher: PasswordHasher = _RECOMMENDED) -> None:
        self._hasher = hasher
        self._turns = BoundedSemaphore(_AT_ONCE)
        self._nobodys = _nobodys_hash(hasher)  # now: the first stranger's name must not take longer

    def hash(self, password: str) -> str:
        """What is stored."""
        return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the one; with nothing stored, a hash that nothing fits is checked."""
        with self._turns:
            try:
                fits = self._hasher.verify(stored or self._nobodys, password[:LONGEST])
            except (VerificationError, InvalidHashError):
                return False
        return fits and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether it was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


@cache
def _nobodys_hash(hasher: PasswordHasher) -> str:
    """What is checked for a name that nobody has; nothing fits it."""
    return hasher.hash(token_urlsafe(32))


def check_password(name: str, password: str) -> None:
    """Raise `InputError` for one that is too easily guessed; the message never quotes it."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"the password: {SHORTEST} to {LONGEST} characters are needed")
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise InputError("the password: the name, or few different characters, is guessed at once")
