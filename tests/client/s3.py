"""An S3 on loopback: moto's server, which knows ETags and conditional puts."""

import logging
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.client.place import NOBODY, Place


@contextmanager
def serve_s3() -> Iterator[Place]:
    """A bucket `bank` behind the usual variables of the environment."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    request = urllib.request.Request(f"{address}/bank", method="PUT")
    urllib.request.urlopen(request).close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", address)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_REGION", "us-east-1")
        yield Place("s3://bank/releases", {"AWS_ENDPOINT_URL": f"http://{NOBODY}"})
    server.stop()
