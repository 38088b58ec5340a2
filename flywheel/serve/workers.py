"""Runs the service: in this process, or by several, as a selection needs CPython's interpreter."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from multiprocessing.connection import wait
from socket import socket
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Final

from flywheel.serve.source import open_bank
from flywheel.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from flywheel.serve.metrics import Metrics
    from flywheel_client import Bank

_STARTS_S: Final = 60
"""Who does not answer for so long is ended and started anew: importing all of it may take long on a
busy machine, a worker answers for none of that time, and would be ended for ever."""
_COPY_S: Final = 1.0
"""The client counts for itself; this often its counts go where every worker's are added up."""


def serve_here(bank: "Bank", settings: Settings, listener: socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    from flywheel.review.server import serve
    from flywheel.serve.app import create_app
    from flywheel.serve.keys import Keys

    keys, withholds = Keys(settings.serve.api_keys), settings.serve.withhold > 0
    serve(create_app(bank, keys, withholds=withholds), listener)


def serve_by(workers: int, settings: Settings, releases: str | None, listener: socket) -> None:
    """Serve by so many processes until SIGINT or SIGTERM; one that dies is started anew.

    Each opens the bank for itself: a large release is mapped, so that they share it.
    """
    from uvicorn.supervisors import Multiprocess

    from flywheel.review.server import server_config

    with TemporaryDirectory(prefix="flywheel-metrics-") as folder:
        # Read by prometheus_client as it is imported, in the workers: this process counts nothing.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        app = partial(make_app, settings, releases)
        config = server_config(
            app, factory=True, workers=workers, timeout_worker_healthcheck=_STARTS_S
        )
        Multiprocess(config, sockets=[listener]).run()


def make_app(settings: Settings, releases: str | None) -> "FastAPI":
    """The application of one worker, which ends with the process that started it."""
    from flywheel.serve.app import create_app
    from flywheel.serve.keys import Keys
    from flywheel.serve.metrics import Metrics

    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    bank = open_bank(settings, releases)
    metrics = Metrics(bank, shared=True)

    @asynccontextmanager
    async def lifespan(_: "FastAPI") -> AsyncIterator[None]:
        copying = asyncio.create_task(_keep_copied(metrics))
        with bank:
            yield
        copying.cancel()

    keys, withholds = Keys(settings.serve.api_keys), settings.serve.withhold > 0
    return create_app(bank, keys, withholds=withholds, metrics=metrics, lifespan=lifespan)


async def _keep_copied(metrics: "Metrics") -> None:
    while True:
        await asyncio.sleep(_COPY_S)
        metrics.copy()


def _end_with_parent() -> None:
    """Killed (-9), it ends nobody: its workers would go on, at an address that nobody stops."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
