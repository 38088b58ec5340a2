"""What can go wrong when a release is read, each with a class of its own.

BankError
├── StoreUnreachable    the folder or object store does not answer
├── ReleaseMissing      no release is published there, or not the one asked for
├── ReleaseDamaged      a file is gone, or is not what the manifest says
├── ReleaseUnsigned     a key is configured, and the manifest is not signed with it
├── ReleaseTooNew       a newer version of the format than this client knows
├── EmbedderMismatch    the vectors were made by another embedder than the query's
└── ExtraMissing        an optional package is needed and not installed
"""


class BankError(Exception):
    """The root: catch it to go on without examples."""


class StoreUnreachable(BankError):
    """The folder or object store does not answer: what is there is not known."""


class ReleaseMissing(BankError):
    """No release is published there, or not the one asked for."""


class ReleaseDamaged(BankError):
    """A file of the release is gone, or is not what its manifest says."""


class ReleaseUnsigned(BankError):
    """A key is configured, and the manifest is not signed with it."""


class ReleaseTooNew(BankError):
    """The release has a newer format than this client knows: upgrade flywheel-client."""


class EmbedderMismatch(BankError):
    """The vectors were made by another embedder: similarities would mean nothing."""


class ExtraMissing(BankError):
    """An optional package is needed and not installed; the message names the extra."""
