"""A home with many candidates of realistic size, straight into the store; people with tokens."""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from faker import Faker

from flywheel.review.access import Role
from flywheel.review.access.database import Database
from flywheel.review.access.gate import FILE
from flywheel.review.access.tokens import Tokens
from flywheel.review.access.users import Users
from flywheel.settings import Settings
from flywheel.store import Store, open_store

PER_DOCUMENT: Final = 50
"""Candidates whose answer rests on one document."""
REVIEWERS: Final = ("rosa", "ben", "lena", "kim")
_FEATURES: Final = ("report_qa", "report_summary", "table_qa", "outlook")
_TENANTS: Final = ("acme", "globex", "initech")

_INTERACTIONS: Final = """
INSERT INTO interactions (
    id, time, app, feature, tenant, user_key, model, prompt_name, prompt_version, messages, context,
    output, input_tokens, output_tokens, cost_usd, latency_ms, consent, tags, content_key, case_id,
    batch_id
)
SELECT
    'i-' || n, TIMESTAMPTZ '2025-01-06 09:00:00+00' + to_minutes(n), 'finchat',
    $features[1 + n % 4], $tenants[1 + n % 3], 'u-' || (n * 7 % 5000), 'v' || (n % 3),
    'earnings_qa', 'c21bb7c985b0', questions.messages, documents.context,
    'Revenue of segment ' || n || ' was $' || (n * 37 % 9000) || '.1 million, up ' || (n % 30)
    || '%.',
    900, 40, 0.002, 800 + n % 900, TRUE, '{"region": "europe"}', 'k-' || n, 'case-' || n, 'b-bench'
FROM questions
JOIN documents ON documents.number = n // $per_document
"""
_CANDIDATES: Final = """
INSERT INTO candidates (
    candidate_id, case_id, target, interaction_id, messages, context, output, proposed_output,
    reason_code, reason, p_good, evidence, policy_version, feature, tenant, tags, day
)
SELECT
    'c-' || lpad(substr(id, 3), 7, '0'), case_id,
    CASE WHEN substr(id, 3)::INT % 3 = 0 THEN 'bank' ELSE 'golden' END, id, messages, context,
    output, CASE WHEN substr(id, 3)::INT % 5 > 0 THEN replace(output, '.1', '.4') END,
    'judged_bad_corrected', 'Judged bad: 2 users corrected it; 1 user gave a thumb down.',
    (substr(id, 3)::INT * 7919 % 1000) / 1000.0, $evidence, 'p-bench', feature, tenant, tags,
    strftime(time, '%Y-%m-%d')
FROM interactions
WHERE batch_id = 'b-bench'
"""
_EVIDENCE: Final = [
    {"signal": "correction", "kind": "explicit", "votes": 2, "log_odds": -2.9, "note": "2 users"},
    {"signal": "thumbs", "kind": "explicit", "votes": 1, "log_odds": -1.6, "note": "1 user"},
]


@dataclass(frozen=True)
class Home:
    """A home to serve."""

    settings: Settings
    tokens: dict[str, str]
    """By reviewer."""


def make_home(settings: Settings, candidates: int) -> Home:
    """So many candidates, each of an interaction of its own; four leads with a token each."""
    _fill(open_store(settings), candidates)
    database = Database(settings.home / FILE)
    users = Users(database)
    for name in REVIEWERS:
        users.add(name, Role.LEAD)
    tokens = Tokens(database)
    return Home(settings, {name: tokens.make(users, name, "bench", None) for name in REVIEWERS})


def _fill(store: Store, candidates: int) -> None:
    fake = Faker("en_US")
    fake.seed_instance(7)
    rng = random.Random(7)
    pages = [fake.text(rng.randrange(2000, 4000)) for _ in range(200)]
    numbers = list(range(-(-candidates // PER_DOCUMENT)))
    contexts = [
        json.dumps([{"id": f"report-{n}", "text": f"{pages[n % 200]} Report {n}. {_table(n)}"}])
        for n in numbers
    ]
    with store.transaction() as connection:
        connection.execute("CREATE TEMP TABLE documents (number BIGINT, context JSON)")
        connection.execute(
            "INSERT INTO documents SELECT unnest($numbers), unnest($contexts)",
            {"numbers": numbers, "contexts": contexts},
        )
        connection.execute(
            "CREATE TEMP TABLE questions AS SELECT n, to_json([{'role': 'user', 'content': "
            "'What was the revenue of segment ' || n || ' in ' || (2000 + n % 25) || '?'}]) "
            f"AS messages FROM range({candidates}) AS numbers (n)"
        )
        names = {"features": list(_FEATURES), "tenants": list(_TENANTS)}
        connection.execute(_INTERACTIONS, names | {"per_document": PER_DOCUMENT})
        connection.execute(_CANDIDATES, {"evidence": json.dumps(_EVIDENCE)})


def _table(n: int) -> str:
    rows = "".join(f"| Segment {n * 10 + i} | {n * i % 900}.1 | {i}% |\n" for i in range(10))
    return f"\n\n| Segment | Revenue | Change |\n|---|---:|---:|\n{rows}"


def size_mb(folder: Path) -> float:
    """Of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
