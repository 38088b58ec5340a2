"""In whose name a tool's user decides: only in one that was stated."""

from collections.abc import Mapping

from flywheel.errors import InputError
from flywheel.forms.questions import Answered
from flywheel.people import People, fold


class Named:
    """Who is meant by the ids of a tool."""

    def __init__(self, people: People, names: Mapping[str, str]) -> None:
        """Raises `InputError` for an id or a name that is empty."""
        if not all(id.strip() and name.strip() for id, name in names.items()):
            raise InputError("people: an id and a name are needed, such as 3 and rosa")
        self._people = people
        self._names = {fold(id): name for id, name in names.items()}

    def of(self, answered: Answered) -> str:
        """The name that a new decision of this person is recorded under."""
        tool, _, id = answered.reviewer.partition(":")
        for known_as in (answered.reviewer, id, answered.number, answered.exported_as):
            if name := self._names.get(fold(known_as)):
                return self._people.recorded(name)
        return f"{tool}:{self._people.pseudonym_of(id) or id}"
