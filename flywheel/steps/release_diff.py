"""Holds two releases against each other: which examples came, went and changed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from flywheel.bank import load_manifest, named_release, verify
from flywheel.errors import ReleaseError
from flywheel.release_files import bank_examples
from flywheel.settings import Settings
from flywheel_client.release import BANK, GOLDEN
from flywheel_client.selection import question_of
from schemas.base import Record
from schemas.example import Example


class ChangedExample(Record):
    """An example of both releases that is not the same in both."""

    id: str
    fields: tuple[str, ...]
    """Which of its fields differ."""
    outputs: tuple[str, str] | None = None
    """The ideal answer before and after, where it is what differs."""


class SideDiff(Record):
    """One side, golden set or bank: ids."""

    came: tuple[str, ...]
    went: tuple[str, ...]
    changed: tuple[ChangedExample, ...]
    same: int


class ReleaseDiff(Record):
    """What the second release has that the first had not, and the other way round."""

    a: str
    b: str
    golden: SideDiff
    bank: SideDiff
    moved: tuple[str, ...]
    """Ids that are on the other side now."""
    questions: Mapping[str, str]
    """What is asked in each example that is named here, by id."""


def diff_releases(settings: Settings, a: str | None = None, b: str | None = None) -> ReleaseDiff:
    """What changed from A (none: the release that B replaced) to B (none: the current one).

    Raises `ReleaseError` when one of them is not there, or is damaged.
    """
    releases = settings.releases_path
    b = named_release(releases, b)
    a = _parent(releases, b) if a is None else named_release(releases, a)
    before, after = _read(releases, a), _read(releases, b)
    golden, bank = (_compare(before[side], after[side]) for side in (GOLDEN, BANK))
    crossed = {*golden.came} & {*bank.went} | {*bank.came} & {*golden.went}
    named = {id for side in (golden, bank) for id in _ids(side)}
    examples = chain(*before.values(), *after.values())
    return ReleaseDiff(
        a=a,
        b=b,
        golden=golden,
        bank=bank,
        moved=tuple(sorted(crossed)),
        questions={one.id: _question(one) for one in examples if one.id in named},
    )


def _parent(releases: Path, release_id: str) -> str:
    parent = load_manifest(releases, release_id).parent
    if parent is None:
        raise ReleaseError(f"release {release_id} is the first: there is none before it")
    return parent


def _ids(side: SideDiff) -> Iterable[str]:
    return chain(side.came, side.went, (one.id for one in side.changed))


def _question(example: Example) -> str:
    return question_of([message.model_dump() for message in example.messages])


def _read(releases: Path, release_id: str) -> dict[str, list[Example]]:
    release = verify(releases, release_id)
    try:
        lines = release.read(GOLDEN).splitlines()
        golden = [Example.model_validate_json(line) for line in lines]
        return {GOLDEN: golden, BANK: bank_examples(release.read(BANK))}
    except ValueError:
        raise ReleaseError(f"release {release_id}: its examples cannot be read") from None


def _compare(before: Sequence[Example], after: Sequence[Example]) -> SideDiff:
    old, new = ({one.id: one for one in side} for side in (before, after))
    both = sorted(old.keys() & new.keys())
    changed = [_change(old[id], new[id]) for id in both if old[id] != new[id]]
    return SideDiff(
        came=tuple(sorted(new.keys() - old.keys())),
        went=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(changed),
        same=len(both) - len(changed),
    )


def _change(one: Example, other: Example) -> ChangedExample:
    fields = type(one).model_fields
    differ = tuple(name for name in fields if getattr(one, name) != getattr(other, name))
    outputs = (one.output, other.output) if "output" in differ else None
    return ChangedExample(id=one.id, fields=differ, outputs=outputs)
