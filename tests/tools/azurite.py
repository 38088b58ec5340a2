"""An Azure Blob Storage on loopback: Microsoft's own emulator, from npm."""

import base64
import hashlib
import hmac
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from tests.client.place import NOBODY, Place
from tests.tools.conftest import TOOLS

CONTAINER = "bank"
_ACCOUNT, _KEY = "flywheel", base64.b64encode(b"a key of this test and nobody's else").decode()


@contextmanager
def serve_azure() -> Iterator[Place]:
    """A container `bank` behind the usual variables of the environment."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["node", str(TOOLS / "node_modules/azurite/dist/src/blob/main.js"), "--silent"]
    command += ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"]
    command += ["--blobPort", str(port)]
    environment = os.environ | {"AZURITE_ACCOUNTS": f"{_ACCOUNT}:{_KEY}"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("AZURE_STORAGE_USE_EMULATOR", "true")
                patch.setenv("AZURITE_BLOB_STORAGE_URL", f"http://127.0.0.1:{port}")
                patch.setenv("AZURE_STORAGE_ACCOUNT_NAME", _ACCOUNT)
                patch.setenv("AZURE_STORAGE_ACCOUNT_KEY", _KEY)
                _make_container(port)
                down = {"AZURITE_BLOB_STORAGE_URL": f"http://{NOBODY}"}
                yield Place(f"az://{CONTAINER}/releases", down)
        finally:
            process.terminate()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert process.poll() is None, "azurite ended before it served"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("azurite does not listen")


def _make_container(port: int) -> None:
    """obstore makes none; signed by hand, as Azure's documentation of "Shared Key" says."""
    date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = {"x-ms-date": date, "x-ms-version": "2021-08-06"}
    signed = [f"{name}:{value}" for name, value in headers.items()]
    resource = [f"/{_ACCOUNT}/{_ACCOUNT}/{CONTAINER}", "restype:container"]
    text = "\n".join(["PUT", *[""] * 11, *signed, *resource])
    mac = hmac.new(base64.b64decode(_KEY), text.encode(), hashlib.sha256).digest()
    headers["Authorization"] = f"SharedKey {_ACCOUNT}:{base64.b64encode(mac).decode()}"
    address = f"http://127.0.0.1:{port}/{_ACCOUNT}/{CONTAINER}?restype=container"
    urllib.request.urlopen(urllib.request.Request(address, None, headers, method="PUT")).close()
