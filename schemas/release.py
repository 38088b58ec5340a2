"""An immutable release: what production reads."""

from pydantic import Field

from schemas.base import Record

SCHEMA_VERSION = 2


class EmbedderName(Record):
    """Which embedder made the vectors: another one cannot query them."""

    name: str
    version: str
    dimensions: int


class Manifest(Record):
    """`manifest.json` of a release folder."""

    id: str
    """Derived from the content: the same content is the same release."""
    schema_version: int = SCHEMA_VERSION
    parent: str | None
    created_at: str
    golden: int
    bank: int
    embedder: EmbedderName
    files: dict[str, str] = Field(default_factory=dict)
    """File name to SHA-256."""
