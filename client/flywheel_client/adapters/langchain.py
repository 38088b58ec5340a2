"""LangChain: the bank as an example selector, for FewShotPromptTemplate and its chat sibling."""

from typing import Any

from langchain_core.example_selectors import BaseExampleSelector

from flywheel_client.bank import Bank


class FlywheelExampleSelector(BaseExampleSelector):
    """Selects from the bank; each example has `id` and `release`, for the interaction event."""

    def __init__(
        self,
        bank: Bank,
        *,
        query_key: str = "input",
        input_key: str = "input",
        output_key: str = "output",
        **options: Any,
    ) -> None:
        """`query_key` names the variable that is asked; `options` are those of `Bank.select`.

        An example has its question under `input_key` and its answer under `output_key`.
        """
        self._bank = bank
        self._query_key = query_key
        self._keys = (input_key, output_key)
        self._options = options

    def select_examples(self, input_variables: dict[str, str]) -> list[dict[str, Any]]:
        """The examples nearest to the asked variable; none when the bank has none."""
        selection = self._bank.select(input_variables[self._query_key], **self._options)
        asked, answered = self._keys
        return [
            {
                asked: example.question,
                answered: example.output,
                "id": example.id,
                "release": selection.release,
            }
            for example in selection
        ]

    async def aselect_examples(self, input_variables: dict[str, str]) -> list[dict[str, Any]]:
        """As `select_examples`: it takes less time than a hop to a thread."""
        return self.select_examples(input_variables)

    def add_example(self, example: dict[str, str]) -> Any:
        """Not here: what goes into the bank was reviewed."""
        raise NotImplementedError(
            "examples join the bank by review, or by `flywheel import bank FILE`"
        )
