"""What can go wrong when a release is read, each with a class of its own.

BankError
├── ReleaseMissing      no release is published there, or not the one asked for
├── ReleaseDamaged      a file is gone, or is not what the manifest says
├── ReleaseTooNew       a newer version of the format than this client knows
└── EmbedderMismatch    the vectors were made by another embedder than the query's
"""


class BankError(Exception):
    """The root: catch it to go on without examples."""


class ReleaseMissing(BankError):
    """No release is published there, or not the one asked for."""


class ReleaseDamaged(BankError):
    """A file of the release is gone, or is not what its manifest says."""


class ReleaseTooNew(BankError):
    """The release has a newer format than this client knows: upgrade flywheel-client."""


class EmbedderMismatch(BankError):
    """The vectors were made by another embedder: similarities would mean nothing."""
