"""`flywheel demo`: the Monday story, end to end, with simulated models and the real loop."""

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from flywheel.cli.app import AsJson, Home, app, examples, log, settings_for


@app.command(
    epilog=examples(
        "flywheel demo",
        "flywheel demo --seed 8 --home /tmp/demo --logs /tmp/demo-logs",
        "flywheel demo --json | jq .verdicts",
    )
)
def demo(
    home: Home = None,
    seed: Annotated[int, typer.Option(help="Another seed: another week.")] = 1,
    logs: Annotated[
        Path | None,
        typer.Option(
            help="Keep the simulated app's raw logs in this new folder.",
            show_default="a temporary folder, removed at the end",
            file_okay=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play the Monday story: a model breaks over a weekend, users complain, the gate stops it.

    Simulated: companies, users and two models.
    Real: everything from ingest to the gate.

    Without --home it plays in the folder `demo` of the home. It clears a
    folder that an earlier demo made and refuses any other that is not empty.

    Exit 1 unless v1 passes, v2 is stopped and no personal data is left.
    """
    from flywheel.demo.scenes import Scene, Working
    from flywheel.demo.story import play
    from flywheel.demo.summary import summarise
    from flywheel.demo.telling import WIDTH, tell

    folder = home or settings_for(None).home / "demo"
    console = Console(width=min(WIDTH, Console().width))
    told: list[Scene] = []
    with ExitStack() as stack:
        status = stack.enter_context(log.status("…")) if log.is_terminal else None
        for scene in stack.enter_context(closing(play(folder, seed, logs))):
            if isinstance(scene, Working):
                if status is not None:
                    status.update(f"{scene.what} …")
                    status.start()
                continue
            if status is not None:
                status.stop()  # else a frame of it stays in the scrollback above what is told
            told.append(scene)
            if not as_json:
                tell(console, scene)
    summary = summarise(told)
    if as_json:
        print(summary.model_dump_json())
    if not summary.stopped:
        raise typer.Exit(1)
