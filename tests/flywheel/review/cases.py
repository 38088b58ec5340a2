"""Invented cases for tests and pictures of the review page; no company here exists."""

import json
from typing import Any, Final

from flywheel.store import Store
from tests.facts import add_candidate, together

REPORT: Final = """\
| Consolidated, EUR million | Q4 2024 | Q4 2023 | Change |
|---|---:|---:|---:|
| Revenue | 1,284.6 | 1,190.2 | 7.9% |
| Cost of sales | (743.1) | (702.8) | 5.7% |
| Gross profit | 541.5 | 487.4 | 11.1% |
| Research and development | (118.2) | (109.4) | 8.0% |
| Selling and administration | (209.9) | (201.7) | 4.1% |
| **Operating income** | **213.4** | 176.3 | 21.0% |
| Net income | 158.7 | 129.9 | 22.2% |

Nordlicht Anlagenbau SE closed the year with a strong fourth quarter. Revenue grew 7.9% to \
€1,284.6 million, carried by the service business, which reached €402.3 million. The operating \
margin rose to 16.6% from 14.8%.

Order intake was €1.41 billion; the order book stood at €3.9 billion at the end of December. For \
2025 the board expects revenue between €5.0 and 5.2 billion.
"""
OUTLOOK: Final = """\
The board proposes a dividend of €2.10 a share, 20 cents more than a year before. Net debt fell to \
€611 million. Questions were answered by <PERSON_k3f9>, chief financial officer.
"""
EVIDENCE: Final = (
    ("correction", "explicit", 2, -2.9, "2 users corrected it"),
    ("thumbs", "explicit", 1, -1.6, "1 user gave a thumb down"),
    ("rewrite", "implicit", 3, -1.1, "3 users rewrote their prompt"),
    ("copy", "implicit", 1, 0.4, "1 user copied a part of it"),
)


def evidence(*rows: tuple[str, str, int, float, str]) -> str:
    """The JSON of an evidence list."""
    names = ("signal", "kind", "votes", "log_odds", "note")
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows])


def documents(**texts: str) -> str:
    """The JSON of a context; names become ids."""
    return json.dumps([{"id": id, "text": text} for id, text in texts.items()])


def add_swapped(store: Store, **columns: Any) -> str:
    """The telling case: revenue and operating income swapped, with the correction proposed."""
    values: dict[str, Any] = {
        "question": "Summarise the fourth quarter: revenue, operating income and margin, please.",
        "output": "Nordlicht's revenue was €213.4 million in the fourth quarter, up 7.9%. "
        "Operating income came to €1,284.6 million, a margin of 19.4%.",
        "proposed_output": "Nordlicht's revenue was €1,284.6 million in the fourth quarter, up "
        "7.9%. Operating income came to €213.4 million, a margin of 16.6%.",
        "feature": "report_summary",
        "p_good": 0.02,
        "context": documents(nordlicht_2024_q4=REPORT, nordlicht_2024_outlook=OUTLOOK),
        "evidence": evidence(*EVIDENCE),
        "reason": "Judged bad, P(good) 2%: 2 users corrected it; 1 user gave a thumb down; 3 users "
        "rewrote their prompt. The correction of 2 users is proposed as the ideal output.",
        "tags": json.dumps({"region": "europe"}),
    }
    return add_candidate(store, **values | columns)


def draw(store: Store, candidate_id: str, reviewers: int = 2, **columns: Any) -> None:
    """Have a round of sampling pick a case."""
    values = {
        "round_id": "r-1",
        "stratum": "random",
        "probability": 0.05,
        "population": 812,
        "why": "Drawn at random.",
    } | columns
    with store.transaction() as connection:
        connection.execute(
            "INSERT INTO draws (candidate_id, reviewers, round_id, stratum, probability, "
            "population, why, seq) VALUES (?, ?, ?, ?, ?, ?, ?, nextval('draw_seq'))",
            [candidate_id, reviewers, *values.values()],
        )


def add_cases(store: Store) -> list[str]:
    """Five cases in the order of the queue, in one transaction."""
    with together(store) as at_once:
        return _add_cases(at_once)


def _add_cases(store: Store) -> list[str]:
    good = "Order intake was €1.41 billion in the fourth quarter of 2024."
    return [
        add_swapped(store),
        add_candidate(
            store,
            "bank",
            question="How large was the order intake?",
            output=good,
            proposed_output=good,
            feature="report_qa",
            p_good=0.94,
            context=documents(nordlicht_2024_q4=REPORT),
            reason="Judged good, P(good) 94%: 2 users copied it; 1 user shared it.",
            reason_code="confirmed_good",
        ),
        add_candidate(
            store,
            question="By how much did the dividend rise?",
            output="The dividend rose by 10%.",
            proposed_output="By €0.20, from €1.90 to €2.10 a share.",
            feature="report_qa",
            p_good=0.11,
            context=documents(nordlicht_2024_outlook=OUTLOOK),
        ),
        add_candidate(
            store,
            question="What does the board expect for 2025?",
            output="The board expects revenue between 5.0 and 5.2 million euros.",
            proposed_output="Revenue between €5.0 and 5.2 billion.",
            feature="report_summary",
            p_good=0.14,
            context=documents(nordlicht_2024_q4=REPORT),
        ),
        add_candidate(
            store,
            question="Which debt does the company have?",
            output="I cannot find that in the report.",
            proposed_output=None,
            feature="report_qa",
            p_good=0.2,
            context=documents(nordlicht_2024_outlook=OUTLOOK),
            reason="Judged bad, P(good) 20%: 1 user asked for the answer anew. Nobody gave a "
            "better answer: the ideal output is yours to write.",
            reason_code="judged_bad",
        ),
    ]
