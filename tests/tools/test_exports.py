"""Each export is read by the tool that it is for, and comes out as it went in."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flywheel.exports import Form
from flywheel.exports.chat import prompt, question
from tests.flywheel.exports.cases import TEMPLATE, examples
from tests.tools.conftest import Node

Export = Callable[[Form, str], Path]
GRADER = """
import { appendFileSync } from "node:fs";
export default class Grader {
  id() { return "grader"; }
  async callApi(prompt) {
    appendFileSync("graded.jsonl", JSON.stringify(prompt) + "\\n");
    return { output: "(C) the same" };
  }
}
"""


def test_inspect_reads_its_samples(export: Export) -> None:
    """Ids, chat messages by role, target and metadata, by its own loader without a mapping."""
    from inspect_ai.dataset import json_dataset

    samples = list(json_dataset(str(export(Form.INSPECT, "samples.jsonl"))))
    for sample, example in zip(samples, examples(), strict=True):
        assert (sample.id, sample.target) == (example.id, example.output)
        shown = [{"role": message.role, "content": message.text} for message in sample.input]
        assert shown == prompt(example)
        assert sample.metadata["tags"] == example.tags


def test_dspy_loads_examples_with_their_inputs(export: Export) -> None:
    """By its own DataLoader: inputs apart from labels, ready for an optimiser."""
    from dspy.datasets import DataLoader

    inputs = ("question", "context", "history")
    loaded = DataLoader().from_json(
        str(export(Form.DSPY, "examples.jsonl")),
        fields=["id", "answer", *inputs],
        input_keys=inputs,
    )
    for one, example in zip(loaded, examples(), strict=True):
        assert (one.id, one.question, one.answer) == (example.id, question(example), example.output)
        assert set(one.inputs().keys()) == set(inputs)
        assert list(one.context) == [document.text for document in example.context]


def test_dspy_shows_them_as_demonstrations(export: Export) -> None:
    """`dspy.Example(**record)` is a demonstration of a signature, the answer in it."""
    import dspy

    records = map(json.loads, export(Form.DSPY, "examples.jsonl").read_text("utf-8").splitlines())
    demos = [dspy.Example(**record).with_inputs("question") for record in records]
    messages = dspy.ChatAdapter().format(
        dspy.Signature("question -> answer"), demos, {"question": "?"}
    )
    assert [m["role"] for m in messages] == ["system", *["user", "assistant"] * 4, "user"]
    assert "€5 million\nin München" in messages[4]["content"]


@pytest.mark.parametrize("kind", ["parquet", "json"])
def test_datasets_loads_the_file(export: Export, kind: str) -> None:
    """`load_dataset` on the Parquet export, and on the OpenAI lines, which it reads as well."""
    from datasets import load_dataset

    form, name = (
        (Form.HUGGINGFACE, "train.parquet") if kind == "parquet" else (Form.OPENAI, "train.jsonl")
    )
    loaded = load_dataset(kind, data_files=str(export(form, name)), split="train")
    assert len(loaded) == 4
    for row, example in zip(loaded, examples(), strict=True):
        if kind == "parquet":
            assert row["prompt"] == prompt(example)
            assert row["completion"] == [{"role": "assistant", "content": example.output}]
            assert json.loads(row["tags"]) == example.tags
        else:
            assert row["messages"][-1]["content"] == example.output


def test_promptfoo_runs_the_cases_as_they_were_written(
    export: Export, node: Node, tmp_path: Path
) -> None:
    """Its own `validate` and `eval`: each variable and the ideal answer arrive letter by letter.

    `TEMPLATE` would render to other text, with a variable of the environment in it.
    """
    export(Form.PROMPTFOO, "cases.jsonl")
    (tmp_path / "grader.mjs").write_text(GRADER)
    config = {
        "prompts": ["{{question}}", "{{messages}}"],
        "providers": ["echo"],
        "defaultTest": {"options": {"provider": "file://grader.mjs"}},
        "tests": "file://cases.jsonl",
    }
    (tmp_path / "promptfooconfig.json").write_text(json.dumps(config))
    program = "promptfoo/dist/src/entrypoint.js"
    valid = node(program, "validate", "-c", "promptfooconfig.json")
    assert (valid.returncode, "valid" in valid.stdout) == (0, True), valid.stdout + valid.stderr
    done = node(
        program, "eval", "-c", "promptfooconfig.json", "--no-cache", "--no-table", "-o", "out.json"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((tmp_path / "out.json").read_text("utf-8"))["results"]["results"]
    shown = {(r["testCase"]["description"], r["promptIdx"]): r for r in results}
    for example in examples():
        asked, chat = shown[example.id, 0], shown[example.id, 1]
        assert asked["response"]["output"] == question(example)
        assert json.loads(chat["response"]["output"]) == prompt(example)
        graded = asked["gradingResult"]["componentResults"][0]
        assert graded["pass"], graded
    rubrics = (tmp_path / "graded.jsonl").read_text("utf-8").splitlines()
    seen = [json.loads(json.loads(line))[-1]["content"] for line in rubrics]
    assert len([text for text in seen if f"<expert_answer>\nA {TEMPLATE}\n<" in text]) == 2
