"""What production asks of the bank: the nearest examples, narrowed, within a budget, repeatable."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flywheel_client import Bank, EmbedderMismatch, estimate_tokens
from flywheel_client.embed import Vectors
from schemas.candidate import Target
from schemas.event import Message, TextPart
from schemas.example import Example
from tests.client.releases import example, open_bank, publish
from tests.client.trigrams import Trigrams

QUESTIONS = {
    "a": "What was revenue in 2019?",
    "b": "What was revenue in 2018?",
    "c": "How many employees are there?",
    "d": "Who audits the accounts?",
}


def _vectors(bank: Bank) -> Vectors:
    assert bank._snapshot is not None
    return bank._snapshot.vectors


def _open(tmp_path: Path, examples: Sequence[Example]) -> Bank:
    publish(tmp_path, examples)
    return open_bank(tmp_path, Trigrams())


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """Four examples of two features, two tenants and two languages."""
    return _open(
        tmp_path,
        [
            example("a", QUESTIONS["a"], feature="qa", tenant="acme", tags={"lang": "en"}),
            example("b", QUESTIONS["b"], feature="qa", tenant="bolt", tags={"lang": "de"}),
            example("c", QUESTIONS["c"], feature="hr", tenant="acme", tags={"lang": "en"}),
            example("d", QUESTIONS["d"], feature=None, tenant=None, tags={"feature": "audit"}),
        ],
    )


def test_the_nearest_come_first(bank: Bank) -> None:
    """An example's own question finds it with similarity 1, its sibling next."""
    selection = bank.select(QUESTIONS["a"], k=2)
    assert selection.ids == ["a", "b"]
    assert selection.examples[0].score == 1
    assert selection.examples[0].score > selection.examples[1].score > 0


def test_an_example_carries_what_a_prompt_needs(bank: Bank) -> None:
    """Messages, ideal output, feature, tags, score and cost, as they were approved."""
    found = bank.select(QUESTIONS["a"], k=1).examples[0]
    assert found.messages == ({"role": "user", "content": QUESTIONS["a"]},)
    assert (found.output, found.feature, found.tags) == ("The answer of a.", "qa", {"lang": "en"})
    assert found.question == QUESTIONS["a"]
    assert found.tokens == estimate_tokens(found.chat())


def test_messages_are_openai_chat_messages(bank: Bank) -> None:
    """Question and answer in turns, nearest first, ready to stand before the new question."""
    assert bank.select(QUESTIONS["a"], k=2).messages() == [
        {"role": "user", "content": QUESTIONS["a"]},
        {"role": "assistant", "content": "The answer of a."},
        {"role": "user", "content": QUESTIONS["b"]},
        {"role": "assistant", "content": "The answer of b."},
    ]


def test_system_and_tool_messages_are_left_out(tmp_path: Path) -> None:
    """A prompt has its own system message, and the API refuses a tool's answer without its call."""
    messages = (
        Message(role="system", content="Be brief."),
        Message(role="user", content="First question"),
        Message(role="assistant", content="First answer"),
        Message(role="tool", content="{}"),
        Message(role="user", content=[TextPart(type="text", text="Second question")]),
    )
    bank = _open(tmp_path, [example("a", messages=messages)])
    selection = bank.select("Second question", k=1)
    assert [message["role"] for message in selection.messages()] == [
        "user",
        "assistant",
        "user",
        "assistant",
    ]
    assert selection.examples[0].score == 1, "the last user message alone is embedded"
    assert len(selection.examples[0].messages) == 5


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"feature": "qa"}, {"a", "b"}),
        ({"feature": "qa", "tenant": "acme"}, {"a"}),
        ({"tenant": ["acme", "bolt"]}, {"a", "b", "c"}),
        ({"lang": "en"}, {"a", "c"}),
        ({"tags.feature": "audit"}, {"d"}),
        ({"feature": "audit"}, set()),
        ({"nobody-has-this": "x"}, set()),
        ({"feature": []}, set()),
        ({}, {"a", "b", "c", "d"}),
    ],
)
def test_where_narrows_the_search(
    bank: Bank, where: dict[str, str | list[str]], ids: set[str]
) -> None:
    """Column or tag, one value or several; all conditions hold for each example."""
    assert set(bank.select("What?", k=4, where=where).ids) == ids


def test_the_filter_is_pushed_into_the_search(tmp_path: Path) -> None:
    """The nearest of the filtered, not the filtered of the nearest."""
    near = [example(f"n{i:03}", "What was revenue in 2019?", feature="qa") for i in range(50)]
    far = example("far", "Who audits?", feature="rare")
    bank = _open(tmp_path, [*near, far])
    assert bank.select("What was revenue in 2019?", k=1, where={"feature": "rare"}).ids == ["far"]


def test_equally_near_examples_come_by_id(tmp_path: Path) -> None:
    """The same question many times: which k of them is no accident of order or place."""
    names = [f"e{i:03}" for i in range(97)]
    bank = _open(tmp_path, [example(name, "The same question") for name in reversed(names)])
    for k in (1, 3, 50, 97, 200):
        assert bank.select("The same question", k=k).ids == names[:k]
        assert bank.select("another thing", k=k).ids == names[:k]


def test_a_query_that_resembles_nothing_still_gets_examples(bank: Bank) -> None:
    """They show a prompt the form of an answer; score 0 says that they show no more."""
    selection = bank.select("", k=2)
    assert selection.ids == ["a", "b"]
    assert [found.score for found in selection] == [0, 0]


def test_k_of_zero_is_nothing_and_below_is_a_mistake(bank: Bank) -> None:
    """A service may switch few-shot off by k=0; a negative k is a bug that should show."""
    assert bank.select("What?", k=0).examples == ()
    with pytest.raises(ValueError, match="k: -1"):
        bank.select("What?", k=-1)


def test_the_budget_passes_over_what_does_not_fit(tmp_path: Path) -> None:
    """A long example does not shut out the short ones behind it."""
    question = "What was revenue in 2019?"
    bank = _open(
        tmp_path,
        [
            example("long", question, output="x" * 4000),
            example("a", question + "?", output="y" * 100),
            example("b", question + "??", output="z" * 100),
        ],
    )
    assert bank.select(question, k=2).ids == ["long", "a"]
    selection = bank.select(question, k=2, max_tokens=100)
    assert selection.ids == ["a", "b"]
    assert selection.tokens <= 100
    assert bank.select(question, k=2, max_tokens=40).ids == ["a"]
    assert bank.select(question, k=2, max_tokens=0).ids == []


def test_the_budget_reaches_far_down_the_ranking(tmp_path: Path) -> None:
    """With hundreds of too long ones in front, the one that fits is still found."""
    question = "What was revenue in 2019?"
    fits = example("fits", "Who audits?", output="short")
    longs = [example(f"l{i:03}", question, output="x" * 300) for i in range(300)]
    bank = _open(tmp_path, [*longs, fits])
    assert bank.select(question, k=4, max_tokens=100).ids == ["l000", "fits"]


def test_cases_can_be_excluded(bank: Bank) -> None:
    """An evaluation never shows a model the answer that it is asked for."""
    assert "a" not in bank.select(QUESTIONS["a"], k=4, exclude_cases={"case-a", "unknown"}).ids
    everything = {f"case-{id}" for id in QUESTIONS}
    assert bank.select(QUESTIONS["a"], k=4, exclude_cases=everything).ids == []


def test_golden_cases_are_never_selected(tmp_path: Path) -> None:
    """The golden set travels in the same folder and stays out of prompts."""
    bank = _open(tmp_path, [example("a"), example("g", target=Target.GOLDEN)])
    assert bank.select("What was revenue?", k=9).ids == ["a"]


def test_an_empty_bank_selects_nothing(tmp_path: Path) -> None:
    """A young team's prompt works with no example, and no weights are loaded for it."""
    embedder = Trigrams()
    publish(tmp_path, [example("g", target=Target.GOLDEN)])
    bank = open_bank(tmp_path, embedder)
    assert len(bank) == 0
    selection = bank.select("What?", k=4, where={"feature": "qa"}, max_tokens=9, exclude_cases="x")
    assert (selection.ids, selection.messages(), selection.tokens, len(selection)) == ([], [], 0, 0)
    assert embedder.embedded == []


def test_a_selection_names_its_release(tmp_path: Path) -> None:
    """`release` and `ids` are what an application logs as the event's few_shot."""
    release_id = publish(tmp_path, [example("a")])
    bank = open_bank(tmp_path, Trigrams())
    assert bank.release == bank.select("What?").release == release_id


def test_an_open_bank_stays_on_its_release(tmp_path: Path) -> None:
    """A switch under a running service changes no answer until it opens the bank again."""
    first = publish(tmp_path, [example("a")])
    bank = open_bank(tmp_path, Trigrams())
    second = publish(tmp_path, [example("b")])
    assert (bank.release, bank.select("What?").ids) == (first, ["a"])
    assert open_bank(tmp_path, Trigrams()).release == second
    assert open_bank(tmp_path / first, Trigrams()).select("What?").ids == ["a"]


@pytest.mark.parametrize("other", [Trigrams("2"), Trigrams(dimensions=32)])
def test_another_embedder_is_refused(tmp_path: Path, other: Trigrams) -> None:
    """Similarities between two embedders' vectors would be noise that looks like numbers."""
    publish(tmp_path, [example("a")])
    with pytest.raises(EmbedderMismatch, match="trigrams"):
        open_bank(tmp_path, other)


def test_an_unknown_embedder_has_to_be_passed(tmp_path: Path) -> None:
    """The manifest names it; the client brings only its own."""
    publish(tmp_path, [example("a")])
    with pytest.raises(EmbedderMismatch, match="embedder="):
        open_bank(tmp_path)


class _Changed(Trigrams):
    """Other weights under the old name and version."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        return super().embed([text[::-1] for text in texts])


def test_changed_weights_under_an_old_name_are_noticed(tmp_path: Path) -> None:
    """Opening tries the embedder on an example whose vector is known."""
    publish(tmp_path, [example("a")])
    with pytest.raises(EmbedderMismatch, match="other vectors"):
        open_bank(tmp_path, _Changed())


@settings(deadline=None)
@given(
    scale=st.integers(1, 40),
    k=st.integers(1, 12),
    budget=st.none() | st.integers(0, 60),
    seed=st.integers(0, 2**16),
)
def test_selection_equals_a_plain_sort(
    tmp_path_factory: pytest.TempPathFactory, scale: int, k: int, budget: int | None, seed: int
) -> None:
    """Partitioning, gathering and growing are speed: sorting everything gives the same."""
    random = np.random.default_rng(seed)
    words = np.array(["revenue", "margin", "audit", "staff", "2018", "2019"])
    examples = [
        example(
            f"e{i:02}",
            " ".join(random.choice(words, 3)),
            feature=str(random.choice(["qa", "hr"])),
            output="x" * int(random.integers(1, 120)),
        )
        for i in range(scale)
    ]
    bank = _open(tmp_path_factory.mktemp("releases"), examples)
    found = bank.select("revenue 2019", k, {"feature": "qa"}, budget)
    query = Trigrams().embed(["revenue 2019"])[0]
    expected = []
    left = 10**9 if budget is None else budget
    ranked = sorted(
        (-round(float(np.round(row @ query, 6)), 6), entry.id, entry)
        for row, entry in zip(_vectors(bank), examples, strict=True)
        if entry.feature == "qa"
    )
    for _, id, entry in ranked:
        question = str(entry.messages[0].content)
        tokens = -(-(len(question) + len(entry.output)) // 4)
        if len(expected) < k and tokens <= left:
            expected.append(id)
            left -= tokens
    assert found.ids == expected
