"""Small frames with the columns of the tables."""

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl

from flywheel.frame import FEEDBACK_COLUMNS, INTERACTION_COLUMNS

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def interactions(*changes: dict[str, Any]) -> pl.DataFrame:
    """One good row for each of `changes`, changed by it."""
    rows = [
        dict.fromkeys(INTERACTION_COLUMNS)
        | {
            "id": f"i-{number}",
            "time": datetime(2025, 1, 6, tzinfo=UTC),
            "messages": json.dumps([{"role": "user", "content": "What was revenue?"}]),
            "context": json.dumps([{"id": "d", "text": "| Revenue | 1,452.4 |"}]),
            "output": "1,452.4",
            "consent": True,
            "tags": "{}",
            "content_key": "k",
            "case_id": "c",
        }
        | change
        for number, change in enumerate(changes)
    ]
    return pl.DataFrame(rows, schema=INTERACTION_COLUMNS)


def feedback(*changes: dict[str, Any]) -> pl.DataFrame:
    """One good row for each of `changes`, changed by it."""
    rows = [
        dict.fromkeys(FEEDBACK_COLUMNS)
        | {
            "id": f"f-{number}",
            "time": datetime(2025, 1, 6, tzinfo=UTC),
            "interaction_id": "i-0",
            "signal": "thumbs",
            "kind": "explicit",
            "value": 1.0,
            "tags": "{}",
        }
        | change
        for number, change in enumerate(changes)
    ]
    return pl.DataFrame(rows, schema=FEEDBACK_COLUMNS)
