"""DSPy: the bank in the place of `KNN`, and of `KNNFewShot` around a program."""

from typing import Any

import dspy

from flywheel_client.bank import Bank


class FlywheelFewShot:
    """Demonstrations from the bank, chosen for each call.

    `FlywheelFewShot(bank)(question="...")` gives them, as `dspy.KNN` does; `.compile(program)`
    gives a program that shows them to each of its predictors, as `dspy.KNNFewShot` does.
    """

    def __init__(
        self,
        bank: Bank,
        *,
        query_key: str = "question",
        answer_key: str = "answer",
        **options: Any,
    ) -> None:
        """Fields of the signature for question and answer; `options` are those of `select`."""
        self._bank = bank
        self._query_key = query_key
        self._answer_key = answer_key
        self._options = options

    def __call__(self, **inputs: Any) -> list[dspy.Example]:
        """The examples nearest to the question; `id` and `release` tell which."""
        selection = self._bank.select(str(inputs[self._query_key]), **self._options)
        return [
            dspy.Example(
                **{self._query_key: example.question, self._answer_key: example.output},
                id=example.id,
                release=selection.release,
            ).with_inputs(self._query_key)
            for example in selection
        ]

    def compile(self, student: dspy.Module) -> dspy.Module:
        """The program with examples; the student stays as it is."""
        return _WithExamples(student, self)


class _WithExamples(dspy.Module):
    def __init__(self, student: dspy.Module, few_shot: FlywheelFewShot) -> None:
        super().__init__()
        self.student = student
        self.few_shot = few_shot

    def forward(self, **inputs: Any) -> Any:
        return self._program(inputs)(**inputs)

    async def aforward(self, **inputs: Any) -> Any:
        return await self._program(inputs).acall(**inputs)

    def _program(self, inputs: dict[str, Any]) -> dspy.Module:
        # A copy for each call: two threads must not see each other's demonstrations.
        program = self.student.deepcopy()
        demos = self.few_shot(**inputs)
        for predictor in program.predictors():
            predictor.demos = demos
        return program
