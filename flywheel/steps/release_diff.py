"""Holds two releases against each other: which examples came, went and changed."""

from collections.abc import Sequence
from pathlib import Path

from flywheel.bank import verify
from flywheel.errors import ReleaseError
from flywheel.release_files import bank_examples
from flywheel.settings import Settings
from flywheel_client.release import BANK, GOLDEN
from schemas.base import Record
from schemas.example import Example


class ChangedExample(Record):
    """An example of both releases that is not the same in both."""

    id: str
    fields: tuple[str, ...]
    """Which of its fields differ."""


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


def diff_releases(settings: Settings, a: str, b: str) -> ReleaseDiff:
    """Raises `ReleaseError` when one of them is not there, or is damaged."""
    releases = settings.releases_path
    before, after = _read(releases, a), _read(releases, b)
    golden, bank = (_compare(before[side], after[side]) for side in (GOLDEN, BANK))
    crossed = {*golden.came} & {*bank.went} | {*bank.came} & {*golden.went}
    return ReleaseDiff(a=a, b=b, golden=golden, bank=bank, moved=tuple(sorted(crossed)))


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
    changed = [
        ChangedExample(id=id, fields=fields)
        for id in both
        if (fields := _different(old[id], new[id]))
    ]
    return SideDiff(
        came=tuple(sorted(new.keys() - old.keys())),
        went=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(changed),
        same=len(both) - len(changed),
    )


def _different(one: Example, other: Example) -> tuple[str, ...]:
    fields = type(one).model_fields
    return tuple(name for name in fields if getattr(one, name) != getattr(other, name))
