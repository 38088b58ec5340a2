"""The whole loop over a thousand planted identities leaves none of them anywhere.

One home, used up in stages: an exception at every stage, a flow run killed, then the loop to its
end with logs at DEBUG. What is left behind is looked through byte by byte.
"""

import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_HOME,
    PREFECT_LOGGING_LEVEL,
    PREFECT_SERVER_DATABASE_CONNECTION_URL,
    temporary_settings,
)

from flows.curate import curate
from flows.evaluate import evaluate
from flows.ingest import ingest
from flows.promote import promote
from flywheel.cli import main
from flywheel.settings import PROJECT, Settings, load_settings
from flywheel.steps.candidates import read_candidates
from flywheel.steps.decide import import_decisions
from flywheel.steps.release import read_examples
from flywheel.steps.status import Status, read_status
from flywheel.store import open_store
from flywheel.store.sql import sql
from tests.identities import Identity, contents, identities, leaked, rows_of_sqlite
from tests.streams import as_line, feedback, interaction, write, write_parquet

PLANTED = identities()
SPARE = identities(1040)[1000:]
"""Those of the stages that fail; everything that failed is looked for as well."""

STAGES = {
    "parse": "flywheel.steps.batch.parse_line",
    "scrub": "flywheel.scrub.engine.Engine.analyze",
    "validate": "flywheel.validate.validate_interactions",
    "store": "flywheel.steps.ingest.write_facts",
    "curate": "flywheel.steps.curate.propose",
    "promote": "flywheel.steps.promote.plan_promotion",
    "evaluate": "flywheel.steps.evaluate.compare",
}
"""Where an error is forced whose message quotes people, as a library's might."""


@dataclass
class Left:
    """What the loop left behind, beside the files."""

    settings: Settings
    prefect_home: Path
    database: Path
    printed: io.StringIO = field(default_factory=io.StringIO)
    forced: Counter[str] = field(default_factory=Counter)
    killed: bool = False
    states: dict[str, State[Any]] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """The counts of everything."""
        return read_status(open_store(self.settings))


def events_about(people: list[Identity], id: str) -> list[dict[str, Any]]:
    """An answer and what was done about it: four people, in every field that holds text."""
    asks, answered, corrects, complains = people
    question = f"{asks.text} What was the revenue of segment {id} in 2019?"
    about = {
        "user": asks.email,
        "messages": [{"role": "user", "content": question}],
        "output": f"$5.1 million. {answered.text}",
        "context": [{"id": f"report-{id}", "text": f"Revenue 5.1. {answered.text}"}],
        "tags": {"contact": asks.email, "from": asks.ip},
    }
    of = {"interaction_id": id, "value": None}
    return [
        interaction(id, **about),
        feedback(f"f-{id}", signal="correction", correction=f"$5.2 million. {corrects.text}", **of),
        feedback(f"c-{id}", signal="comment", comment=f"Wrong! {complains.text}", **of),
    ]


def deliver(inbox: Path) -> None:
    """250 answers on a thousand people, as JSON lines, gzip and Parquet; some lines broken."""
    groups = [PLANTED[at : at + 4] for at in range(0, len(PLANTED), 4)]
    events = [events_about(people, f"i-{number:03}") for number, people in enumerate(groups)]
    broken = [one.text.encode() + b"{" for one in PLANTED[:20]]
    old = [
        interaction(f"old-{n}", time="1999-01-01T00:00:00Z", user=PLANTED[n].email) for n in (1, 2)
    ]
    lines = [as_line(event) for some in events[:150] for event in some]
    write(inbox / "a.jsonl", [*broken, *lines, *map(as_line, old)])
    write(
        inbox / "b.jsonl.gz", [as_line(e) for some in events[150:] for e in some if "signal" in e]
    )
    write_parquet(inbox / "c.parquet", [some[0] for some in events[150:]])


@contextmanager
def forced(left: Left, stage: str) -> Iterator[None]:
    """An error at a stage; its message quotes what people wrote."""

    def fails(*_: object, **__: object) -> None:
        left.forced[stage] += 1
        raise ValueError(f"could not convert: {SPARE[0].text} {SPARE[1].text}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(STAGES[stage], fails)
        yield


def by_command(left: Left, *arguments: str) -> None:
    """The same from the command line, in this process."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(sys, "argv", ["flywheel", *arguments, "--home", str(left.settings.home)])
        main()


def fail_everywhere(left: Left, folder: Path) -> None:
    """Each stage of ingest fails, as a flow and as a command, before anything is read."""
    home = str(left.settings.home)
    small = write(folder / "spare.jsonl", map(as_line, events_about(SPARE[:4], "i-spare")))
    for stage in ("parse", "scrub", "validate", "store"):
        with forced(left, stage):
            left.states[stage] = ingest((str(small),), home=home, return_state=True)
            by_command(left, "ingest", str(small))


def kill_a_run(left: Left, inbox: Path, folder: Path) -> None:
    """SIGKILL to a flow run's process between two batches."""
    env = os.environ | {
        "FLYWHEEL_INGEST__BATCH_LINES": "40",
        "FLYWHEEL_HOME": str(left.settings.home),
        "PREFECT_API_URL": str(PREFECT_API_URL.value()),
        "PREFECT_HOME": str(left.prefect_home),
        "PREFECT_LOGGING_LEVEL": "DEBUG",
    }
    with (folder / "killed.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.ingest", str(inbox)],
            cwd=PROJECT, env=env, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + 120
        while left.status.interactions == 0 and time.monotonic() < until and process.poll() is None:
            time.sleep(0.3)
        left.killed = process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    left.printed.write((folder / "killed.log").read_text("utf-8", "replace"))


def go_round(left: Left, inbox: Path, folder: Path) -> None:
    """The loop to its end: what comes after ingest fails once and then goes on."""
    home = str(left.settings.home)
    left.states["ingest"] = ingest((str(inbox),), home=home, return_state=True)
    with forced(left, "curate"):
        left.states["curate"] = curate(home=home, return_state=True)
    curate(home=home, return_state=True)
    import_decisions(left.settings, decide(left.settings, folder / "decisions.jsonl"))
    with forced(left, "promote"):
        left.states["promote"] = promote(home=home, return_state=True)
    promote(home=home, return_state=True)
    replay = f"replay:{answers(left.settings, folder / 'answers.jsonl')}"
    with forced(left, "evaluate"):
        left.states["evaluate"] = evaluate(replay, home=home, return_state=True)
    evaluate(replay, home=home, return_state=True)
    by_command(left, "quarantine", "retry")
    by_command(left, "erase", PLANTED[0].email, "--yes", "--reason", f"asked by {PLANTED[0].text}")


def decide(settings: Settings, path: Path) -> Path:
    """A reviewer who types personal data into half of the verdicts."""
    with path.open("w") as file:
        for n, view in enumerate(read_candidates(open_store(settings), limit=40)):
            person = PLANTED[n].text
            verdict: dict[str, Any] = {"candidate_id": view.candidate_id, "reviewer": "rosa"}
            verdict |= {"verdict": "edit", "output": f"$5.2 million. {person}", "reason": person}
            print(json.dumps(verdict), file=file)
    return path


def answers(settings: Settings, path: Path) -> Path:
    """Recorded answers that quote people."""
    with path.open("w") as file:
        for n, example in enumerate(read_examples(open_store(settings))):
            answer = {"case_id": example.case_id, "output": f"$5.2 million. {PLANTED[n].text}"}
            print(json.dumps(answer), file=file)
    return path


@pytest.fixture(scope="module")
def left(server: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    """The loop, run once; everything it printed and logged at DEBUG is kept."""
    folder = tmp_path_factory.mktemp("leaks")
    database = Path(str(PREFECT_SERVER_DATABASE_CONNECTION_URL.value()).split("///")[1])
    left = Left(load_settings(folder / "home"), folder / "prefect", database)
    changed: dict[Any, Any] = {PREFECT_HOME: left.prefect_home, PREFECT_LOGGING_LEVEL: "DEBUG"}
    handler = logging.StreamHandler(left.printed)
    root = logging.getLogger()
    before = root.level
    with temporary_settings(updates=changed):
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            with redirect_stdout(left.printed), redirect_stderr(left.printed):
                deliver(folder / "inbox")
                fail_everywhere(left, folder)
                kill_a_run(left, folder / "inbox", folder)
                go_round(left, folder / "inbox", folder)
        finally:
            root.removeHandler(handler)
            root.setLevel(before)
        yield left


def rows_of(settings: Settings) -> str:
    """Every row of every table, as text."""
    with open_store(settings).transaction() as connection:
        return "\n".join(row[0] for row in connection.execute(sql("demo_every_text")).fetchall())


def test_the_loop_went_round(left: Left) -> None:
    """Else nothing could have leaked: every stage failed, the run was killed, and all went in."""
    assert left.killed
    assert set(left.forced) == set(STAGES) and min(left.forced.values()) >= 1
    failing = {name: state.message or "" for name, state in left.states.items() if name in STAGES}
    assert all("withheld" in failing[name] or "Error" in failing[name] for name in STAGES)
    status = left.status
    assert (status.quarantined, status.release is not None) == (22, True)
    assert (status.interactions, status.feedback) == (249, 498)  # one user's are erased
    assert status.golden + status.bank > 0
    assert (left.settings.home / "reports").is_dir()


def test_no_structured_value_is_in_any_file(left: Left) -> None:
    """Homes of the flywheel and of Prefect: databases, logs, releases, reports, all there is."""
    searched = 0
    for name, data in contents(left.settings.home, left.prefect_home, left.database.parent):
        assert not leaked(PLANTED + SPARE, data), name
        searched += 1
    assert searched > 10
    assert not leaked(PLANTED + SPARE, rows_of(left.settings).encode())
    told = rows_of_sqlite(left.database)
    assert b"withheld" in told  # the search reads what Prefect was told
    assert not leaked(PLANTED + SPARE, told)


def test_no_structured_value_was_printed_or_logged(left: Left) -> None:
    """Not by a flow, a command, a traceback, a library at DEBUG, or the process that was killed."""
    printed = left.printed.getvalue()
    assert "DEBUG" in printed and "Traceback" in printed
    assert not leaked(PLANTED + SPARE, printed.encode())


def test_nearly_all_names_are_gone(left: Left) -> None:
    """Of the names, which are announced here as people announce themselves, 97% at the least."""
    rows = rows_of(left.settings)
    assert sum(one.name in rows for one in PLANTED) <= 0.03 * len(PLANTED)


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """In plain bytes, in gzip, in Parquet, in any grouping: a blind search would prove nothing."""
    deliver(tmp_path)
    found: set[str] = set()
    for _, data in contents(tmp_path):
        found |= leaked(PLANTED, data)
    assert found == {value for one in PLANTED for value in one.structured}
    assert leaked(PLANTED, PLANTED[0].card.replace(" ", "").encode()) == {PLANTED[0].card}
