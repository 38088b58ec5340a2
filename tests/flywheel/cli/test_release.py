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
    lines = [line.split(maxsplit=3) for line in done.out.splitlines()]
    assert ["~", "bank", "a", "output"] in [[word.strip() for word in line] for line in lines]
    assert ["+", "golden", "[m]", "to the other side"] in [
        [word.strip() for word in line] for line in lines
    ]
    assert "golden: 1 came, 0 went, 0 changed, 0 are the same" in done.out
    assert "bank: 2 came, 2 went, 1 changed, 0 are the same" in done.out


def test_a_difference_for_scripts(run: Run, releases: list[str]) -> None:
    """One object with the ids."""
    found = run("release", "diff", *releases, "--json").json
    assert found["bank"]["came"] == ["c", "n"]
    assert found["moved"] == ["[m]"]
    same = run("release", "diff", releases[0], releases[0])
    assert "bank: 0 came, 0 went, 0 changed, 3 are the same" in same.out


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
