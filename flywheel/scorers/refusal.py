"""Whether the answer refuses where the ideal does, and answers where the ideal does."""

import re
from dataclasses import dataclass
from typing import Final

from flywheel.numbers import find_numbers
from flywheel.scorers.base import Case
from schemas.evaluation import CaseScore

_SOURCE = r"(?:context|report|document|passage|table|text|filing|excerpt|source|information|data)s?"
_TELL = r"(?:say|state|contain|give|provide|mention|disclose|specify|report|include|show|answer)"
_TOLD = r"(?:stated|provided|disclosed|available|mentioned|given|specified|reported|known|found)"
_NOT = r"(?:(?:does|do|did)\s+not|(?:does|do|did)n't)"
_REFUSES: Final = re.compile(
    rf"""
      \b(?:i|we)\s+(?:do\ not|don't|cannot|can't|could\ not|couldn't|have\ no
          |am\ (?:unable|not\ able|sorry)|are\ (?:unable|not\ able))\b
    | \b(?:cannot|can't|can\ not|could\ not|couldn't)\ be
      \ (?:determined|answered|found|calculated|derived)\b
    | \b{_SOURCE}\b[^.]{{0,60}}\b{_NOT}\s+{_TELL}\b
    | \b(?:not|isn't|aren't|wasn't)\s+{_TOLD}\b
      [^.]{{0,40}}\b(?:in|by|from)\s+the\b[^.]{{0,20}}\b{_SOURCE}\b
    | ^\W*(?:(?:the|this|that)\s+\w+\s+(?:is|was)\s+)?(?:not\s+{_TOLD}|unknown|n/a|no\ answer)\W*$
    | \b(?:insufficient|not\ enough)\s+(?:information|data|context|detail)
    | \bno\s+(?:such\s+)?information\b
    | \bunable\s+to\s+(?:answer|determine|find|say|provide)\b
    | \bsorry\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST: Final = 60
"""Words; a longer answer that mentions a gap in the report still answers."""


def refuses(answer: str) -> bool:
    """Whether a text says that it cannot answer; an empty one answers nothing either.

    A refusal gives no amount: "not stated directly, but 4.2 million by the table" is an answer.
    """
    text = answer.replace("’", "'").strip()
    if not text:
        return True
    if len(text.split()) > _LONGEST or not _REFUSES.search(text):
        return False
    return all(number.year for number in find_numbers(text))


@dataclass(frozen=True)
class Refusal:
    """1 where answer and ideal both refuse or both answer; else 0."""

    name: str = "refusal"
    version: str = "1"

    def score(self, case: Case, answer: str) -> CaseScore:
        """Always scored."""
        expected, given = refuses(case.ideal), refuses(answer)
        reason = {
            (True, True): "refuses, rightly",
            (True, False): "answers what cannot be answered",
            (False, True): "refuses what can be answered",
            (False, False): "answers, rightly",
        }[expected, given]
        return CaseScore(
            scorer=self.name,
            version=self.version,
            value=float(expected == given),
            status="scored",
            reason=reason,
        )
