"""Listing, showing and rolling back releases."""

from pathlib import Path

import pytest

from flywheel.bank import open_bank, read_bank
from flywheel.errors import LeakError, ReleaseError
from flywheel.release_files import content_id
from flywheel.settings import ReleaseSettings, Settings
from flywheel.signing import new_key
from flywheel.steps.cluster import update_clusters
from flywheel.steps.promote import run_promote
from flywheel.steps.release import (
    Published,
    list_releases,
    publish,
    rollback,
    show_release,
)
from flywheel.store import Store, open_store
from flywheel_client import Bank
from flywheel_client.release import open_release
from schemas.candidate import Target
from schemas.release import EmbedderName
from tests.approve import approve, decide
from tests.client.trigrams import Trigrams
from tests.facts import add_interaction, count_rows
from tests.golden import make_example


@pytest.fixture
def store(settings: Settings) -> Store:
    """The store that the settings name."""
    return open_store(settings)


@pytest.fixture
def releases(settings: Settings, store: Store) -> list[str]:
    """Two releases, the older first; the second has the example that went wrong."""
    approve(store, "bank", "What was revenue?")
    approve(store, "golden", "Who audits?")
    first = run_promote(settings).release
    approve(store, "bank", "What went wrong?")
    second = run_promote(settings).release
    assert first is not None
    assert second is not None
    return [first, second]


def test_the_list_tells_the_history(settings: Settings, releases: list[str]) -> None:
    """Newest first, with parent, counts, reason, and which one production reads."""
    first, second = releases
    assert [
        (row.release_id, row.parent, row.golden, row.bank, row.reason, row.current)
        for row in list_releases(settings)
    ] == [
        (second, first, 1, 2, "published", True),
        (first, None, 1, 1, "published", False),
    ]


def test_no_release_is_an_empty_list(settings: Settings) -> None:
    """Not an error: a young home has none."""
    assert list_releases(settings) == []


def test_a_rollback_makes_the_older_release_current(
    settings: Settings, store: Store, releases: list[str]
) -> None:
    """The pointer moves and a row says so; nothing is deleted."""
    first, second = releases
    heard: list[str] = []
    report = rollback(settings, first, heard.append)
    assert (report.release, report.replaced, report.switched) == (first, second, True)
    assert open_bank(settings).release == first
    newest = list_releases(settings)[0]
    assert (newest.release_id, newest.parent, newest.reason, newest.current) == (
        first,
        second,
        "rollback",
        True,
    )
    assert heard == [first]
    assert (settings.releases_path / second).is_dir()


def test_a_promote_without_changes_keeps_a_rollback(
    settings: Settings, releases: list[str]
) -> None:
    """Otherwise the nightly promote would undo what somebody did at three in the morning."""
    first, _ = releases
    rollback(settings, first)
    report = run_promote(settings)
    assert (report.release, report.published) == (first, False)
    assert open_bank(settings).release == first


def test_new_content_goes_forward_from_a_rollback(
    settings: Settings, store: Store, releases: list[str]
) -> None:
    """Its parent is the release that it replaces; all that stands is in it."""
    first, _ = releases
    rollback(settings, first)
    approve(store, "bank", "What comes next?")
    third = run_promote(settings).release
    assert third not in releases
    assert len(open_bank(settings)) == 3
    assert list_releases(settings)[0].parent == first


def test_withdrawing_what_went_wrong_settles_on_the_rolled_back_release(
    settings: Settings, store: Store, releases: list[str]
) -> None:
    """The content is the old one again, so the old release is published and stays."""
    first, _ = releases
    rollback(settings, first)
    with store.transaction() as connection:
        row = connection.execute(
            "SELECT candidate_id FROM current_examples WHERE messages::VARCHAR LIKE '%wrong%'"
        ).fetchone()
    assert row is not None
    decide(store, row[0], "reject")
    report = run_promote(settings)
    assert (report.release, report.published) == (first, True)
    assert run_promote(settings).published is False


def test_rolling_back_to_the_current_release_records_nothing(
    settings: Settings, store: Store, releases: list[str]
) -> None:
    """Said again by a nervous hand: no row, no event."""
    heard: list[str] = []
    report = rollback(settings, releases[1], heard.append)
    assert (report.switched, heard, count_rows(store, "releases")) == (False, [], 2)


@pytest.mark.parametrize("id", ["0123456789abcdef", "../../etc", ""])
def test_an_unknown_release_is_refused(settings: Settings, releases: list[str], id: str) -> None:
    """By every command that takes an id."""
    for command in (rollback, show_release):
        with pytest.raises(ReleaseError):
            command(settings, id)
    assert open_bank(settings).release == releases[1]


def test_a_folder_that_was_never_published_is_refused(
    settings: Settings, releases: list[str]
) -> None:
    """A folder copied in has no history here."""
    from tests.client.releases import example
    from tests.client.releases import publish as write

    stranger = write(settings.releases_path, [example("a")])
    publish(settings)
    with pytest.raises(ReleaseError, match="never published"):
        rollback(settings, stranger)


def test_a_damaged_release_cannot_be_rolled_back_to(
    settings: Settings, store: Store, releases: list[str]
) -> None:
    """It is checked before anything is recorded."""
    (settings.releases_path / releases[0] / "vectors.npy").write_bytes(b"damaged")
    with pytest.raises(ReleaseError, match=r"vectors\.npy"):
        rollback(settings, releases[0])
    assert count_rows(store, "releases") == 2


def test_show_checks_every_file(settings: Settings, releases: list[str]) -> None:
    """Manifest, whether it is current, and each file against its hash."""
    first, second = releases
    shown = show_release(settings, second)
    assert (shown.manifest.id, shown.current, shown.whole) == (second, True, True)
    (settings.releases_path / first / "golden.jsonl").write_text("damaged")
    (settings.releases_path / first / "vectors.npy").unlink()
    shown = show_release(settings, first)
    assert (shown.current, shown.whole) == (False, False)
    damaged = {file.name for file in shown.files if not file.whole}
    assert damaged == {"golden.jsonl", "vectors.npy"}


def test_publish_alone_publishes_what_stands(settings: Settings, store: Store) -> None:
    """It does not look at decisions: those are promote's."""
    assert publish(settings).release is None
    approve(store, "bank", "What was revenue?")
    assert publish(settings).published is False
    run_promote(settings)
    assert publish(settings).published is False


def test_another_embedder_publishes_all_anew(settings: Settings, releases: list[str]) -> None:
    """A client with the old one keeps what it has; one that is given the new one goes on."""
    before = Bank.open(settings.releases_path, strict=True, refresh_s=None)
    own = settings.model_copy(update={"embedder": "tests.client.trigrams:Trigrams"})
    published = publish(own)
    assert published.published
    assert publish(own) == Published(release=published.release, published=False)
    assert open_bank(own).select("What went wrong?", 1).examples[0].score == pytest.approx(1)
    with pytest.raises(ReleaseError, match="trigrams"):
        open_bank(settings)
    before.refresh()
    assert before.release == releases[1]
    assert "trigrams" in str(before.problem)
    assert (
        Bank.open(settings.releases_path, Trigrams(), strict=True, refresh_s=None).release
        == published.release
    )


def test_a_leak_is_never_published(settings: Settings, store: Store, releases: list[str]) -> None:
    """Whatever put one case on both sides of the store, the last check fails closed."""
    with store.transaction() as connection:
        connection.execute(
            "UPDATE candidates SET case_id = 'same' "
            "WHERE target = 'golden' OR messages::VARCHAR LIKE '%wrong%'"
        )
    with pytest.raises(LeakError, match="golden set"):
        publish(settings)
    assert open_bank(settings).release == releases[1]
    assert count_rows(store, "releases") == 2
    assert run_promote(settings).withdrawn["bank"] == 1, "and a promotion puts it right"


def _with(settings: Settings, **release: object) -> Settings:
    return settings.model_copy(update={"release": ReleaseSettings.model_validate(release)})


def test_releases_are_signed_with_the_configured_key(
    settings: Settings, store: Store, releases: list[str]
) -> None:
    """Those published before too, as soon as they are current: a client asks for it."""
    _, second = releases
    assert show_release(settings, second).signature == "none"
    key, other = new_key(), new_key()
    signing = _with(settings, signing_key=key.private)
    publish(signing)
    assert show_release(settings, second).signature == "unchecked"
    assert show_release(signing, second).signature == "valid"
    assert show_release(_with(settings, signing_key=other.private), second).signature == "invalid"
    approve(store, "bank", "What else?")
    third = run_promote(signing).release
    assert Bank.open(settings.releases_path, public_key=key.public, refresh_s=None).release == third


def test_a_mirror_follows_publishing_and_rolling_back(
    settings: Settings, releases: list[str], tmp_path: Path
) -> None:
    """A promote without changes copies what is not there yet; a rollback goes there too."""
    first, second = releases
    (tmp_path / "objects").mkdir()
    mirrored = _with(settings, url=f"file://{tmp_path / 'objects'}")
    assert not publish(mirrored).published
    assert (tmp_path / "objects" / "current").read_text() == f"{second}\n"
    rollback(mirrored, first)
    assert (tmp_path / "objects" / "current").read_text() == f"{first}\n"
    assert open_release(tmp_path / "objects").id == first


def test_old_releases_are_removed_by_policy(
    settings: Settings, store: Store, releases: list[str], tmp_path: Path
) -> None:
    """The newest stay, and the current one however old; the rows of all stay."""
    first, second = releases
    (tmp_path / "objects").mkdir()
    keeping = _with(settings, keep=2, url=f"file://{tmp_path / 'objects'}")
    publish(keeping)
    approve(store, "bank", "A third?")
    third = run_promote(keeping).release
    folders = {path.name for path in settings.releases_path.iterdir() if path.is_dir()}
    assert folders == {second, third}
    assert not (tmp_path / "objects" / first / "manifest.json").exists()
    assert len(list_releases(settings)) == 3
    rollback(keeping, second)
    approve(store, "bank", "A fourth?")
    fourth = run_promote(keeping).release
    folders = {path.name for path in settings.releases_path.iterdir() if path.is_dir()}
    assert fourth in folders
    with pytest.raises(ReleaseError, match="no such release"):
        rollback(keeping, first)


def test_a_release_knows_the_case_of_each_wording(settings: Settings) -> None:
    """By the id of its cluster at publication: whoever leaves out the case leaves out them all."""
    store = open_store(settings)
    add_interaction(store, "Which bonds fall due next year?", context=None)
    wording = approve(store, "bank", "which  bonds fall due NEXT year")
    other = approve(store, "bank", "Who audits the company?")
    update_clusters(store, settings)
    run_promote(settings)
    with store.transaction() as connection:
        found = connection.execute(
            "SELECT candidates.case_id, cluster_id FROM candidates JOIN clusters USING (case_id) "
            "WHERE candidate_id = ?",
            [wording],
        ).fetchone()
    assert found is not None and found[0] != found[1], "its case was first seen as another wording"
    bank = open_bank(settings)
    ids = {one.id for one in read_bank(settings) if one.cluster == found[1]}
    assert ids == {wording}
    assert bank.select("bonds", 2, {"cluster": found[1]}).ids == [wording]
    assert bank.select("bonds", 2, exclude_cases=[found[1]]).ids == [other]
    assert bank.select("bonds", 2, exclude_cases=[found[0]]).ids == [other]


def test_a_case_that_stands_alone_changes_no_releases_id() -> None:
    """Releases from before have the id that their content has today; another case is content."""
    alone = make_example(1, Target.BANK)
    name = EmbedderName(name="e", version="1", dimensions=2)
    assert content_id([alone], name) == "40fad9fbd9e608fa"
    joined = alone.model_copy(update={"cluster": "case-of-another-wording"})
    assert content_id([joined], name) != content_id([alone], name)
