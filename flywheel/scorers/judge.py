"""The judge: a model that grades accuracy, tone and formatting, 1 to 5, each with a reason."""

import json
import re
from typing import Final

from pydantic import ValidationError

from flywheel.errors import ModelError
from flywheel.llm import JsonSchema
from schemas.evaluation import CaseScore, Judgement

GRADES: Final = ("accuracy", "tone", "formatting")
NAMES: Final = tuple(f"judge.{grade}" for grade in GRADES)
_FENCE: Final = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)


def judge_schema() -> JsonSchema:
    """What the endpoint is asked to hold the judge to (bounds are checked on arrival)."""
    properties: dict[str, dict[str, object]] = {}
    for grade in GRADES:
        properties[f"{grade}_reason"] = {"type": "string"}
        properties[grade] = {"type": "integer", "enum": [1, 2, 3, 4, 5]}
    return JsonSchema(
        name="judgement",
        body={
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        },
    )


def parse_judgement(text: str) -> Judgement:
    """The judge's reply, with or without a code fence around it.

    Raises `ModelError` for a truncated reply, missing keys and grades outside 1 to 5.
    """
    fenced = _FENCE.match(text)
    try:
        return Judgement.model_validate(json.loads(fenced[1] if fenced else text))
    except json.JSONDecodeError:
        raise ModelError("the judge's reply is truncated or no JSON") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        keys = {name for name in Judgement.model_fields if name in first["loc"]}
        where = next(iter(keys), "its keys")
        raise ModelError(f"the judge's reply breaks its form at {where}") from None


def judged(judgement: Judgement, version: str) -> tuple[CaseScore, ...]:
    """Three scores, 1 to 5; `version` names the judge's model and its prompt's hash."""
    return tuple(
        CaseScore(
            scorer=f"judge.{grade}",
            version=version,
            value=float(getattr(judgement, grade)),
            status="scored",
            reason=getattr(judgement, f"{grade}_reason"),
        )
        for grade in GRADES
    )


def not_judged(reason: str, version: str = "-", *, error: bool = False) -> tuple[CaseScore, ...]:
    """Three scores that say why there are none."""
    status: Final = "error" if error else "not_run"
    return tuple(
        CaseScore(scorer=name, version=version, value=None, status=status, reason=reason)
        for name in NAMES
    )
