"""One case to score answers against."""

from flywheel.scorers import Case

TABLE = """| (in millions) | 2019 | 2018 |
| Net sales | $1,452.4 | $1,146.2 |
| Operating income | 306.1 | 244.9 |
| Other income | 44.1 | 56.7 |"""


def make_case(
    ideal: str, question: str = "What were net sales in 2019?", context: str = TABLE, **tags: str
) -> Case:
    """A question on a small income statement."""
    return Case("case-1", question, ideal, (context,), (), tags)
