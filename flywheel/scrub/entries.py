"""Whether each entry of the owner's lists does what it says, tried on its own example."""

from collections.abc import Iterator

from flywheel.scrub.scrubber import Scrubber
from schemas.personal_data import Allowed, Denied


def failing_entries(scrubber: Scrubber) -> Iterator[str]:
    """The entries that do nothing or not enough, each with what is wrong."""
    scrubber = scrubber.forgetful()
    bare = scrubber.without_lists()
    for allowed in scrubber.policy.allow:
        if why := _allows(allowed, scrubber, bare):
            yield f"allow {allowed.word}: {why}"
    for denied in scrubber.policy.deny:
        if why := _denies(denied, scrubber, bare):
            yield f"deny {denied.word}: {why}"


def _allows(one: Allowed, scrubber: Scrubber, bare: Scrubber) -> str | None:
    if scrubber.scrub_text(one.example) != one.example:
        return "its example is changed"
    if "*" in one.word:
        return None  # no text of it to try
    text = f"Ask our client {one.word} about it."
    if bare.scrub_text(text) != text and scrubber.scrub_text(text) != text:
        return "it is taken out where somebody is announced"
    return None


def _denies(one: Denied, scrubber: Scrubber, bare: Scrubber) -> str | None:
    scrubbed = scrubber.scrub_groups([[("comment", one.example)]])[0][0]
    if not any(
        found.recogniser == "deny" and found.type == one.type for found in scrubbed.entities
    ):
        return "it is not found in its example"
    if bare.scrub_text(one.example) == scrubbed.text:
        return "its example would be scrubbed alike without it"
    return None
