"""Each adapter in the real library: the bank's examples reach the prompt that a model would get."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from flywheel_client import Bank
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams
from tests.loopback import Loopback

EXAMPLES = [
    example("r-1", "What was revenue in 2018?", output="$4 million {x}", feature="qa"),
    example("r-2", "What was revenue in 2017?", output="$3 million", feature="qa"),
    example("m-1", "How many employees are there?", output="1,200", feature="other"),
]
QUESTION = "What was revenue in 2019?"


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    """Two examples near the question and one far from it."""
    publish(tmp_path / "releases", EXAMPLES)
    events = tmp_path / "events.jsonl"
    with Bank.open(
        tmp_path / "releases", Trigrams(), refresh_s=None, strict=True, events=events
    ) as opened:
        yield opened


def test_langchain_fills_a_few_shot_chat_prompt(bank: Bank) -> None:
    """FewShotChatMessagePromptTemplate asks the selector and formats what it gets; braces stay."""
    from langchain_core.prompts import ChatPromptTemplate, FewShotChatMessagePromptTemplate

    from flywheel_client.adapters.langchain import FlywheelExampleSelector

    selector = FlywheelExampleSelector(bank, k=2, where={"feature": "qa"})
    shots = FewShotChatMessagePromptTemplate(
        example_selector=selector,
        input_variables=["input"],
        example_prompt=ChatPromptTemplate.from_messages([("human", "{input}"), ("ai", "{output}")]),
    )
    prompt = ChatPromptTemplate.from_messages(
        [("system", "Be brief."), shots, ("human", "{input}")]
    )
    expected = [(m["role"], m["content"]) for m in bank.select(QUESTION, 2).messages()]
    roles = {"human": "user", "ai": "assistant", "system": "system"}
    shown = [(roles[m.type], m.content) for m in prompt.invoke({"input": QUESTION}).messages]
    assert shown == [("system", "Be brief."), *expected, ("user", QUESTION)]
    again = asyncio.run(prompt.ainvoke({"input": QUESTION})).messages
    assert [m.content for m in again] == [content for _, content in shown]
    (first, _) = selector.select_examples({"input": QUESTION})
    assert (first["id"], first["release"]) == (bank.select(QUESTION).ids[0], bank.release)
    with pytest.raises(NotImplementedError, match="review"):
        selector.add_example({"input": "a", "output": "b"})


def test_dspy_shows_the_examples_to_a_program(bank: Bank) -> None:
    """The compiled program's request holds them as demonstrations; the student keeps none."""
    import dspy
    from dspy.utils import DummyLM

    from flywheel_client.adapters.dspy import FlywheelFewShot

    few_shot = FlywheelFewShot(bank, k=2)
    demos = few_shot(question=QUESTION)
    assert [demo.id for demo in demos] == bank.select(QUESTION, 2).ids
    student = dspy.Predict("question -> answer")
    program = few_shot.compile(student)
    model = DummyLM([{"answer": "$5 million"}] * 2)
    with dspy.context(lm=model):
        assert program(question=QUESTION).answer == "$5 million"
        assert asyncio.run(program.acall(question=QUESTION)).answer == "$5 million"
    for call in model.history:
        roles = [message["role"] for message in call["messages"]]
        assert roles == ["system", *["user", "assistant"] * 2, "user"]
        assert "$4 million {x}" in json.dumps(call["messages"])
    assert student.demos == []


def test_llamaindex_retrieves_scored_nodes(bank: Bank) -> None:
    """Nearest first, the text as the model would read it, the parts in the metadata."""
    from llama_index.core.schema import MetadataMode

    from flywheel_client.adapters.llamaindex import FlywheelRetriever

    retriever = FlywheelRetriever(bank, k=2)
    nodes = retriever.retrieve(QUESTION)
    selection = bank.select(QUESTION, 2)
    assert [node.node_id for node in nodes] == selection.ids
    assert [node.score for node in nodes] == [example.score for example in selection]
    first = selection.examples[0]
    text = nodes[0].node.get_content(MetadataMode.LLM)
    assert text == f"Question: {first.question}\nAnswer: {first.output}"
    assert nodes[0].metadata["release"] == bank.release
    again = asyncio.run(retriever.aretrieve(QUESTION))
    assert [node.node_id for node in again] == selection.ids


def test_openai_gets_the_examples_and_the_event_is_sent(bank: Bank, tmp_path: Path) -> None:
    """The real client asks a server on loopback: after the system message, before the question."""
    from openai import OpenAI

    from flywheel_client.adapters.openai import complete
    from schemas.event import EVENT

    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": QUESTION},
    ]
    with Loopback() as server, OpenAI(base_url=server.url, api_key="none") as client:
        completion, interaction = complete(
            client,
            bank,
            messages,
            model="m",
            select={"k": 1, "where": {"feature": "qa"}},
            event={"feature": "qa", "user": "u"},
            temperature=0,
        )
        asked = server.bodies[0]
    assert completion.choices[0].message.content == "42"
    selection = bank.select(QUESTION, 1)
    assert asked["messages"] == [messages[0], *selection.messages(), messages[1]]
    assert asked["temperature"] == 0
    bank.feedback(interaction, "thumbs", value=1)
    assert bank.flush()
    lines = (tmp_path / "events.jsonl").read_text("utf-8").splitlines()
    answered, liked = [EVENT.validate_json(line) for line in lines]
    assert answered.id == interaction == liked.interaction_id
    assert (answered.few_shot.release, answered.few_shot.ids) == (bank.release, selection.ids)
    assert [message.model_dump() for message in answered.messages] == messages
    assert (answered.output, answered.usage.input_tokens) == ("42", 10)


def test_a_bank_with_nothing_to_serve_changes_no_prompt(tmp_path: Path) -> None:
    """The application goes on without examples, and its event says of none."""
    from openai import OpenAI

    from flywheel_client.adapters.openai import complete

    events = tmp_path / "events.jsonl"
    with (
        Bank.open(tmp_path / "none", Trigrams(), refresh_s=None, events=events) as empty,
        Loopback() as server,
        OpenAI(base_url=server.url, api_key="none") as client,
    ):
        complete(client, empty, [{"role": "user", "content": QUESTION}], model="m")
        assert server.bodies[0]["messages"] == [{"role": "user", "content": QUESTION}]
        assert empty.flush()
    assert "few_shot" not in json.loads(events.read_text("utf-8"))
