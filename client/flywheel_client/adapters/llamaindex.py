"""LlamaIndex: the bank as a retriever, for a query engine or a dynamic few-shot prompt."""

from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from flywheel_client.bank import Bank


class FlywheelRetriever(BaseRetriever):
    """Each node is an example as text; its metadata has question, answer, id and release."""

    def __init__(
        self,
        bank: Bank,
        *,
        template: str = "Question: {question}\nAnswer: {answer}",
        **options: Any,
    ) -> None:
        """`template` makes the node's text; `options` are those of `Bank.select`."""
        super().__init__()
        self._bank = bank
        self._template = template
        self._options = options

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        selection = self._bank.select(query_bundle.query_str, **self._options)
        return [
            NodeWithScore(
                node=TextNode(
                    id_=example.id,
                    text=self._template.format(question=example.question, answer=example.output),
                    metadata={
                        "question": example.question,
                        "answer": example.output,
                        "release": selection.release,
                    },
                    # The text holds them already.
                    excluded_llm_metadata_keys=["question", "answer", "release"],
                ),
                score=example.score,
            )
            for example in selection
        ]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._retrieve(query_bundle)
