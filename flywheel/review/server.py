"""Binds the page's port and serves it until Ctrl-C."""

import os
import socket
from ipaddress import ip_address
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

from flywheel.errors import ConfigError
from flywheel.settings import Settings

if TYPE_CHECKING:
    import uvicorn

_IDLE_S: Final = 10.0


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises `ConfigError` when it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"{host}: no address to listen on ({error.strerror})") from None
    try:
        # A port that only waits out a closed connection is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()  # the browser may come before the server does
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"port {port} on {host} cannot be used ({os.strerror(error.errno or 0)}); "
            "name another with --port, or 0 for any free one"
        ) from None
    return listener


def base_url(host: str, port: int) -> str:
    """Where a browser on this machine finds the page."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - shown, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches what listens there."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def serve(app: Any, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; open requests may finish."""
    import uvicorn

    uvicorn.Server(server_config(app)).run(sockets=[listener])


def server_config(app: Any, **options: Any) -> "uvicorn.Config":
    """How everything here is served: without an access log, as addresses hold the login's token."""
    import uvicorn

    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=5,
        **options,
    )


def warm_up(settings: Settings, shown: Event) -> Thread:
    """Load the scrubber aside, so that the first decision does not wait for it.

    Not before a page was `shown`, or nobody came for a while: the two would take turns at Python.
    """

    def load() -> None:
        shown.wait(_IDLE_S)
        from flywheel.scrub import get_scrubber

        get_scrubber(settings).warm_up()

    thread = Thread(target=load, name="scrubber", daemon=True)
    thread.start()
    return thread
