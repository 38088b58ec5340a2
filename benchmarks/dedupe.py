"""How well cases are told apart: precision and recall by pairs on a labelled set of own making.

`python -m benchmarks.dedupe` (`make eval-dedupe`) fills the templates of `data/eval/dedupe/`, puts
the inputs into a store in random order, has them clustered as `flywheel curate` does, and compares
every pair. Two inputs are one case when they ask the same of the same report, whatever the wording,
the noise around it and how the report was cut or rearranged; every case has another right answer.
"""

import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from flywheel.frame import feedback_frame, interaction_frame, interaction_row
from flywheel.settings import go_offline, load_settings
from flywheel.steps.batch import Batch, write_facts
from flywheel.steps.cluster import update_clusters
from flywheel.store import Store, open_store
from schemas.event import ContextDocument, Interaction, Message

FOLDER: Final = Path(__file__).resolve().parents[1] / "data" / "eval" / "dedupe"
SEED: Final = 20_260_102
SETS: Final = ("tuned", "held_out")
COMPANIES: Final = ("Norvane", "Apple", "Orange", "Bluefjord Shipping")
YEARS: Final = (2018, 2019)
CURRENCIES: Final = ("$", "€")
REGIONS: Final = ("Europe", "Asia Pacific")
PEOPLE: Final = ("<PERSON_k3f7q2xa>", "<PERSON_m5t2h6ws>")
STRANGERS: Final = ("<PERSON_zzq7a2bc>", "<PERSON_yyr3d5ef>")
MIN_PRECISION: Final = 0.99
MIN_RECALL: Final = 0.90


@dataclass(frozen=True)
class Item:
    """One input, with the case that it is."""

    case: str
    question: str
    report: str
    how: str
    """What sets it off from the plainest form of its case."""


@dataclass(frozen=True)
class Verdict:
    """Pairs of one set: those that are one case, those that were made one, and both."""

    name: str
    items: int
    same: int
    merged: int
    right: int
    recall_by_kind: dict[str, tuple[int, int]]
    """Of the pairs of each kind with the plainest form: found, and in all."""

    @property
    def precision(self) -> float:
        """The share of merged pairs that are one case."""
        return self.right / self.merged if self.merged else 1.0

    @property
    def recall(self) -> float:
        """The share of pairs of one case that were merged."""
        return self.right / self.same if self.same else 1.0

    @property
    def wrong(self) -> int:
        """Merged pairs of two cases: two right answers in one."""
        return self.merged - self.right


def generate(name: str, random: Random) -> list[Item]:
    """The labelled inputs of one set of templates."""
    questions = _read("questions")[name]
    noise = _read("noise")[name]
    items: list[Item] = []
    for company, year, currency, region in product(COMPANIES, YEARS, CURRENCIES, REGIONS):
        for second_print in (False, True):  # the same boilerplate, with other figures
            values = _values(company, year, currency, region, second_print)
            for question in questions:
                items += _variants(question, values, noise, random)
    return items


def _values(company: str, year: int, currency: str, region: str, other: bool) -> dict[str, Any]:
    """What a report says. Companies, years and currencies have the same figures: the name alone
    tells them apart; another region has others, since a report may be cut before it is named."""
    figures = Random(f"{region}{other}")
    rows = [row for paragraph in _read("reports")["paragraphs"] for row in paragraph["rows"]]
    values: dict[str, Any] = {row: f"{figures.randint(100, 99_999) / 10:,}" for row in rows}
    names = ("region_revenue", "owned_other", "employees", "owned")
    values |= {name: f"{figures.randint(1_000, 90_000):,}" for name in names}
    person, second = PEOPLE if not other else PEOPLE[::-1]
    return values | {
        "company": company, "year": year, "other": year - 1, "cur": currency, "region": region,
        "person": person, "second": second,
    }  # fmt: skip


def _variants(
    question: dict[str, Any], values: dict[str, Any], noise: dict[str, Any], random: Random
) -> Iterator[Item]:
    paragraphs = _read("reports")["paragraphs"]
    texts = [paragraph["text"].format(**values) for paragraph in paragraphs]
    answers = [n for n, one in enumerate(paragraphs) if question["about"] in one["rows"]]
    asked = [template.format(**values) for template in question["ask"]]
    case = "\0".join((question["about"], *texts))
    plain, whole = asked[0], "\n\n".join(texts)
    yield Item(case, plain, whole, "plain")
    for other in asked[1:]:
        yield Item(case, other, whole, "paraphrase")
    stranger = random.choice(STRANGERS)
    yield Item(case, random.choice(noise["polite"]).format(q=plain), whole, "politeness")
    said = random.choice(noise["person"]).format(q=plain, stranger=stranger)
    yield Item(case, said, whole, "a name")
    yield Item(case, f"  {plain.upper()} ", whole.replace(" ", "  "), "case and spaces")
    moved = texts[:]
    random.shuffle(moved)
    yield Item(case, plain, "\n\n".join(moved), "paragraphs moved")
    kept = _cut(texts, answers[0])
    yield Item(case, random.choice(asked), "\n\n".join(kept), "cut short")


def _cut(texts: Sequence[str], needed: int) -> Sequence[str]:
    """The report without its end or its beginning: whichever does not hold the answer."""
    return texts[:-2] if needed < len(texts) - 2 else texts[2:]


def cluster(items: Sequence[Item], home: Path, random: Random) -> list[str]:
    """The cluster of each item, as a store finds it that gets them in random order."""
    settings = load_settings(home)
    store = open_store(settings)
    order = list(range(len(items)))
    random.shuffle(order)
    for start in range(0, len(order), 1000):
        store_items(store, [(n, items[n]) for n in order[start : start + 1000]], settings.key)
        update_clusters(store, settings)
    with store.transaction() as connection:
        found = connection.execute("SELECT id, case_id FROM interaction_cases").fetchall()
    by_id = dict(found)
    return [by_id[f"i{n}"] for n in range(len(items))]


def store_items(store: Store, items: Sequence[tuple[int, Item]], key: bytes) -> None:
    """Write inputs as interactions, each under its number."""
    rows = [
        interaction_row(
            Interaction(
                type="interaction",
                id=f"i{n}",
                time="2025-01-06T09:00:00Z",  # type: ignore[arg-type] # parsed
                messages=[Message(role="user", content=item.question)],
                context=[ContextDocument(id="report", text=item.report)],
                output="?",
            ),
            key,
        )
        for n, item in items
    ]
    batch = Batch("eval")
    with store.transaction() as connection:
        connection.register("incoming_feedback", feedback_frame([]))
        connection.register("incoming_interactions", interaction_frame(rows))
        batch.interactions = [(None, row) for row in rows]  # type: ignore[misc]
        write_facts(connection, batch)


def judge(name: str, items: Sequence[Item], clusters: Sequence[str]) -> Verdict:
    """Count pairs by how often each case and each cluster stands together."""
    pairs = list(zip((item.case for item in items), clusters, strict=True))
    plain = {item.case: c for item, c in zip(items, clusters, strict=True) if item.how == "plain"}
    kinds: dict[str, list[bool]] = defaultdict(list)
    for item, found in zip(items, clusters, strict=True):
        if item.how != "plain":
            kinds[item.how].append(plain[item.case] == found)
    return Verdict(
        name=name,
        items=len(items),
        same=_pairs(case for case, _ in pairs),
        merged=_pairs(clusters),
        right=_pairs(pairs),
        recall_by_kind={how: (sum(hits), len(hits)) for how, hits in kinds.items()},
    )


def _pairs(labels: Any) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(labels).values())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def evaluate(name: str) -> Verdict:
    """One set of templates, from generation to counts."""
    random = Random(SEED)
    items = generate(name, random)
    with tempfile.TemporaryDirectory() as home:
        return judge(name, items, cluster(items, Path(home), random))


def main() -> int:
    """Print both sets; 1 when one misses its targets."""
    go_offline()
    verdicts = [evaluate(name) for name in SETS]
    table = Table("templates", "inputs", "pairs of one case", "precision", "recall", "wrong merges")
    for one in verdicts:
        table.add_row(
            one.name.replace("_", " "),
            f"{one.items:,}",
            f"{one.same:,}",
            f"{one.precision:.4f}",
            f"{one.recall:.4f}",
            f"{one.wrong:,}",
        )
    kinds = Table(
        "recall against the plain form", *(one.name.replace("_", " ") for one in verdicts)
    )
    for how in verdicts[0].recall_by_kind:
        shares = (one.recall_by_kind[how] for one in verdicts)
        kinds.add_row(how, *(f"{found / total:.3f} of {total:,}" for found, total in shares))
    console = Console()
    console.print(table, kinds)
    met = all(
        one.precision >= MIN_PRECISION and one.recall >= MIN_RECALL and not one.wrong
        for one in verdicts
    )
    print(
        f"targets: precision {MIN_PRECISION}, recall {MIN_RECALL}, no wrong merge: "
        f"{'met' if met else 'MISSED'}"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
