"""Examples with all that can trip a reader: turns, documents, tools, other scripts, templates."""

from schemas.event import ContextDocument, Message, TextPart
from schemas.example import Example
from tests.client.releases import example

TEMPLATE = 'What is {{ 7*7 }}{{env.HOME}} {% raw %}{% if x %}{# c #}{% endraw %} "q" \\n {%'


def examples() -> list[Example]:
    """Plain; whole; hostile; without a user."""
    return [
        example("plain", "What was revenue in 2019?"),
        example(
            "whole",
            messages=(
                Message(role="developer", content="Be brief."),
                Message(role="user", content="What was revenue?"),
                Message(role="assistant", content="$4 million"),
                Message(role="tool", content="{}"),
                Message(role="user", content=[TextPart(type="text", text="And in „München“?")]),
            ),
            context=(ContextDocument(id="p 1", text="Umsatz: 5 Mio. €"),),
            output="€5 million\nin München",
            feature="report_qa",
            tenant="acme",
            tags={"lang": "de"},
        ),
        example("hostile", TEMPLATE, output=f"A {TEMPLATE}", tags={"other": "x"}),
        example("spoken", messages=(Message(role="assistant", content="Hello"),)),
    ]
