"""Invented few-shot examples for the bank's benchmarks: any number, always the same ones."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from schemas.candidate import Target
from schemas.event import Message
from schemas.example import Example

FEATURES: Final = ("report_qa", "summary", "chat", "search")
_TENANTS: Final = (None, None, "acme", "globex")
_SYLLABLES: Final = (
    "al", "bor", "cen", "dra", "el", "fin", "gra", "hol", "in", "jor", "kel", "lum", "mar", "nor",
    "ost", "pal", "quin", "ros", "sol", "tor", "ul", "vex", "win", "yor", "zan",
)  # fmt: skip
_METRICS: Final = (
    "revenue", "operating income", "net income", "gross margin", "free cash flow", "capex",
    "headcount", "inventory", "goodwill", "long-term debt", "tax expense", "dividend per share",
    "research spending", "backlog", "deferred revenue", "interest expense", "depreciation",
    "receivables", "working capital", "equity", "impairment", "restructuring cost", "lease cost",
    "customer churn", "order intake", "unit sales", "average selling price", "store count",
)  # fmt: skip
_REGIONS: Final = (
    "in Europe", "in Asia", "in North America", "in Latin America", "worldwide", "in Africa",
    "in the retail segment", "in the cloud segment", "in the services segment", "excluding fuel",
)  # fmt: skip
_FORMS: Final = (
    "What was the {m} of {c} {r} in {y}?",
    "How did {m} {r} develop at {c} between {p} and {y}?",
    "By how much did {c}'s {m} change {r} in Q{q} {y}?",
    "Give me {c}'s {y} {m} {r} in one sentence.",
    "Why was {m} {r} lower in {y} than in {p} for {c}?",
    "Compare {c}'s {m} {r}, {p} against {y}.",
    "Is the {y} {m} of {c} {r} above the guidance?",
    "Where in the report of {c} is {m} {r} for Q{q} {y} explained?",
)


def questions(count: int, seed: int = 1) -> Iterator[str]:
    """So many questions on the reports of invented companies."""
    random = np.random.default_rng(seed)
    size = (count, 9)
    for draw in random.integers(0, 2**31, size).tolist():
        year = 2000 + draw[4] % 26
        yield _FORMS[draw[0] % len(_FORMS)].format(
            c="".join(_SYLLABLES[n % len(_SYLLABLES)] for n in draw[6:9]).capitalize(),
            m=_METRICS[draw[2] % len(_METRICS)],
            r=_REGIONS[draw[3] % len(_REGIONS)],
            y=year,
            p=year - 1 - draw[1] % 3,
            q=1 + draw[5] % 4,
        )


def examples(count: int) -> Iterator[Example]:
    """So many bank examples, of four features and, by halves, of no tenant or of two."""
    for number, question in enumerate(questions(count)):
        yield Example.model_construct(
            id=f"e{number:08d}",
            case_id=f"case-{number:08d}",
            target=Target.BANK,
            messages=(Message.model_construct(role="user", content=question),),
            context=(),
            output=f"It was {number % 997} million, as page {number % 89} of the report says."
            * (1 + number % 3),
            feature=FEATURES[number % len(FEATURES)],
            tenant=_TENANTS[number // 4 % len(_TENANTS)],
            tags={"lang": "en"},
            reviewer="benchmark",
            decided_at="2025-01-06T09:00:00+00:00",
            candidate_id=f"c-{number}",
        )
