"""Small event streams for tests: resent and reordered lines, personal data, broken lines."""

import gzip
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

BROKEN: Final = (
    b'{"type": "feedback", "id":',
    b"[1, 2, 3]",
    b'{"type": "interaction", "id": "\xff"}',
    b'{"type": "purchase", "id": "p-1"}',
)
"""Lines that are malformed, whatever stands around them."""

EMAIL: Final = "anneke.vandenberg@example.org"
CARD: Final = "4539 1488 0343 6467"
IBAN: Final = "DE89 3704 0044 0532 0130 00"
PLANTED: Final = (EMAIL, CARD, IBAN, "Anneke van den Berg")
"""Personal data that `stream` puts into its texts; all invented."""


def interaction(id: str = "i-1", **keys: Any) -> dict[str, Any]:
    """A valid interaction; `keys` replace or add, a None takes the key out."""
    event = {
        "type": "interaction",
        "id": id,
        "time": "2025-01-06T09:00:00Z",
        "app": "finchat",
        "feature": "report_qa",
        "tenant": "acme",
        "user": "u-1",
        "messages": [{"role": "user", "content": f"What was the revenue of segment {id}?"}],
        "output": "It was $85.1 million.",
    }
    return _without_none(event | keys)


def feedback(id: str = "f-1", **keys: Any) -> dict[str, Any]:
    """A valid thumb; `keys` replace or add, a None takes the key out."""
    event = {
        "type": "feedback",
        "id": id,
        "time": "2025-01-06T09:01:00+01:00",
        "interaction_id": "i-1",
        "signal": "thumbs",
        "value": 1,
        "user": "u-1",
    }
    return _without_none(event | keys)


def stream(interactions: int = 40, seed: int = 7, *, faults: bool = True) -> list[bytes]:
    """Lines of a stream: each interaction with feedback, a tenth resent, in a shuffled order."""
    rng = random.Random(seed)
    events = []
    for n in range(interactions):
        user = f"u-{n % 7}"
        text = f"What was the revenue of segment {n} in {2000 + n % 20}?"
        if n % 5 == 0:
            text += f" Mail it to {EMAIL}, card {CARD}."
        messages = [{"role": "user", "content": text}]
        events.append(interaction(f"i-{n:04}", user=user, messages=messages))
        events.append(feedback(f"f-{n:04}", interaction_id=f"i-{n:04}", user=user))
        if n % 3 == 0:
            comment = f"My IBAN is {IBAN}. Regards, Anneke van den Berg"
            more = {"signal": "comment", "comment": comment, "value": None}
            events.append(feedback(f"c-{n:04}", interaction_id=f"i-{n:04}", user=user, **more))
    lines = [as_line(event) for event in events]
    lines += rng.sample(lines, max(1, interactions // 10))
    lines += BROKEN if faults else ()
    rng.shuffle(lines)
    return lines


def as_line(event: dict[str, Any]) -> bytes:
    """One line without its end."""
    return json.dumps(event, ensure_ascii=False).encode()


def write(path: Path, lines: Iterable[bytes], *, end: bytes = b"\n") -> Path:
    """Write lines as `.jsonl`, or as `.jsonl.gz` by the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(line + end for line in lines)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def write_parquet(path: Path, events: list[dict[str, Any]]) -> Path:
    """Write events as rows; absent keys are nulls."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(_same_keys(events)), path, row_group_size=100)
    return path


def bytes_below(folder: Path) -> bytes:
    """Every byte of every file below a folder."""
    return b"\n".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def _same_keys(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = dict.fromkeys(name for event in events for name in event)
    return [{name: event.get(name) for name in names} for event in events]


def _without_none(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if value is not None}
