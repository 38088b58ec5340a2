"""Where an example goes."""

from enum import StrEnum


class Target(StrEnum):
    """Where an example goes: never to both."""

    GOLDEN = "golden"
    BANK = "bank"
