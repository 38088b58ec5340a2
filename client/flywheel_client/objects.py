"""Releases in an object store: S3, Google Cloud Storage, Azure, a web server."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from flywheel_client.errors import ExtraMissing, ReleaseMissing, StoreUnreachable
from flywheel_client.release import POINTER, parse_pointer

ANSWER_S: Final = 30
"""What one request may take: the last good release goes on meanwhile."""


def connect(address: str) -> Any:
    """The store at an address (`s3://bucket/folder`); keys come from its usual environment.

    Raises `ExtraMissing`, or `ValueError` for an address that no store understands.
    """
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError:
        raise ExtraMissing(
            f"{address}: pip install 'flywheel-client[remote]' to read releases there"
        ) from None
    answer = timedelta(seconds=ANSWER_S)
    # Plain http is for a store on this machine; the address says which it is.
    client: Any = {"timeout": answer, "connect_timeout": timedelta(seconds=5), "allow_http": True}
    retries: Any = {"max_retries": 2, "retry_timeout": answer}
    try:
        return from_url(address, client_options=client, retry_config=retries)
    except TypeError:  # a local folder or memory takes no options of a connection
        return from_url(address)
    except (BaseError, ValueError) as error:
        raise ValueError(f"{address}: no such store ({type(error).__name__})") from None


class ObjectSource:
    """What a cache is filled from: an object store, asked for its pointer by ETag."""

    def __init__(self, store: Any, address: str) -> None:
        self._store = store
        self._name = address
        self._known: tuple[str | None, str] | None = None
        """The pointer's ETag and what it held."""

    @property
    def name(self) -> str:
        """Its address."""
        return self._name

    def pointer(self) -> str:
        """What `current` names; when nothing has changed the store only says so."""
        from obstore.exceptions import NotModifiedError

        options = {"if_none_match": self._known[0]} if self._known and self._known[0] else {}
        try:
            result = self._store.get(POINTER, options=options)
            release_id = parse_pointer(bytes(result.bytes()), f"{self._name}/{POINTER}")
        except NotModifiedError:
            assert self._known is not None  # noqa: S101  only an ETag that was sent can be the same
            return self._known[1]
        except FileNotFoundError:
            raise ReleaseMissing(f"{self._name}: no release is published here yet") from None
        except _errors() as error:
            raise self._unreachable(error) from None
        self._known = (result.meta["e_tag"], release_id)
        return release_id

    def download(self, release_id: str, name: str, into: Path) -> bool:
        """Write one file of a release there, piece by piece; false when there is none."""
        try:
            with into.open("wb") as file:
                for piece in self._store.get(f"{release_id}/{name}"):
                    file.write(piece)
        except FileNotFoundError:
            into.unlink(missing_ok=True)
            return False
        except _errors() as error:
            raise self._unreachable(error) from None
        return True

    def _unreachable(self, error: Exception) -> StoreUnreachable:
        # Not its text: some stores put signed addresses into it.
        return StoreUnreachable(f"{self._name}: does not answer ({type(error).__name__})")


def _errors() -> tuple[type[Exception], ...]:
    from obstore.exceptions import BaseError

    return (BaseError, OSError)
