"""`flywheel release diff` and `key`, and whose examples `fewshot` shows."""

import base64

import pytest

from flywheel.bank import publishing
from flywheel.settings import Settings
from schemas.candidate import Target
from tests.client.releases import example, publish
from tests.flywheel.cli.conftest import Run


@pytest.fixture
def releases(settings: Settings) -> list[str]:
    """Two releases of the default embedder: one example came, one went, one changed sides."""
    from flywheel.embed import get_embedder

    embedder = get_embedder(settings)
    before = [example("a", tenant="acme"), example("b", tenant="bolt"), example("[m]")]
    after = [
        example("a", tenant="acme", output="Better."),
        example("c", tenant="bolt"),
        example("n"),
        example("[m]", target=Target.GOLDEN),
    ]
    with publishing(settings) as folder:
        return [publish(folder, side, embedder) for side in (before, after)]


def test_a_difference_is_a_line_an_example(run: Run, releases: list[str]) -> None:
    """Within 80 columns, with what changed; brackets in an id are no markup."""
    done = run("release", "diff", *releases)
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    change = lines.index("~ bank a What was revenue?")
    assert lines[change + 1 : change + 4] == ["output", "- The answer of a.", "+ Better."]
    assert lines[lines.index("+ golden [m] What was revenue?") + 1] == "to the other side"
    assert "golden: 1 came, 0 went, 0 changed, 0 are the same" in done.out
    assert "bank: 2 came, 2 went, 1 changed, 0 are the same" in done.out


def test_a_difference_for_scripts(run: Run, releases: list[str]) -> None:
    """One object with the ids."""
    found = run("release", "diff", *releases, "--json").json
    assert found["bank"]["came"] == ["c", "n"]
    assert found["moved"] == ["[m]"]
    same = run("release", "diff", releases[0], releases[0])
    assert "bank: 0 came, 0 went, 0 changed, 3 are the same" in same.out


def test_a_release_goes_by_how_its_id_begins_or_by_none(run: Run, releases: list[str]) -> None:
    """None is the current one, and in a difference what it replaced; four characters will do."""
    before, after = releases
    assert run("release", "show", "--json").json["manifest"]["id"] == after
    assert run("release", "show", before[:4], "--json").json["manifest"]["id"] == before
    found = run("release", "diff", before[:8], "--json").json
    assert (found["a"], found["b"]) == (before, after)
    assert run("release", "show", before[:3]).code == 2
    assert "is the first" in run("release", "diff").err


def test_no_release_yet_is_one_line(run: Run) -> None:
    """It says what comes next."""
    done = run("release", "show")
    assert (done.code, done.err) == (2, "error: no release yet; next: flywheel promote\n")


def test_a_long_difference_is_cut(run: Run, settings: Settings) -> None:
    """20 lines of a kind and how many are left; --all shows every one."""
    from flywheel.embed import get_embedder

    with publishing(settings) as folder:
        embedder = get_embedder(settings)
        first = publish(folder, [example("a")], embedder)
        more = [example("a"), *(example(f"b{number}") for number in range(23))]
        publish(folder, more, embedder, parent=first)
    assert "3 more: --all" in run("release", "diff").out
    assert run("release", "diff", "--all").out.count("+ ") == 23


def test_an_unknown_release_is_one_line(run: Run, releases: list[str]) -> None:
    """Exit 2."""
    done = run("release", "diff", releases[0], "0123456789abcdef")
    assert (done.code, done.err.count("\n")) == (2, 1)


def test_a_key_pair_is_printed_whole(run: Run) -> None:
    """It is there to be pasted: never cut, never wrapped, another each time."""
    pair = run("release", "key", "--json").json
    assert {len(base64.b64decode(half)) for half in pair.values()} == {32}
    shown = run("release", "key").out
    private = next(line for line in shown.splitlines() if "SIGNING_KEY=" in line)
    assert len(base64.b64decode(private.split("SIGNING_KEY=")[1])) == 32
    assert pair["private"] not in shown


def test_a_tenant_is_shown_its_own_and_what_is_shared(run: Run, releases: list[str]) -> None:
    """Without one, an operator sees them all."""
    assert run("fewshot", "What?", "--tenant", "acme", "--json").json["ids"] == ["a", "n"]
    assert run("fewshot", "What?", "--json").json["ids"] == ["a", "c", "n"]
    done = run("fewshot", "What was revenue?", "--diversity", "0.5", "-k", "2", "--json")
    assert len(done.json["ids"]) == 2
    assert run("fewshot", "What?", "--diversity", "2").code == 2


def test_show_says_whether_it_is_signed(run: Run, releases: list[str]) -> None:
    """A line of the table, and of the object."""
    done = run("release", "show", releases[1])
    assert done.code == 0
    assert "signature" in done.out
    assert run("release", "show", releases[1], "--json").json["signature"] == "none"
