"""The service on a bank of two tenants and of none."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from flywheel.serve.app import create_app
from flywheel.serve.keys import Keys
from flywheel_client import Bank
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams

ACME, GLOBEX, ALL = "acme-key-long-enough", "globex-key-long-enough", "everybodys-key-long"
KEYS = {"acme": SecretStr(ACME), "globex": SecretStr(GLOBEX), "*": SecretStr(ALL)}
EXAMPLES = [
    example("a", "What was revenue in 2018?", tenant="acme", feature="qa", tags={"lang": "en"}),
    example("g", "What was revenue in 2017?", tenant="globex", feature="qa"),
    example("n", "What was revenue in 2016?", feature="chat"),
    example("s", "What was revenue in 2015?", tenant="globex", tags={"shared": "true"}),
]

Visit = Callable[..., TestClient]


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """A folder with one release."""
    publish(tmp_path / "releases", EXAMPLES)
    return tmp_path / "releases"


@pytest.fixture
def visit(releases: Path) -> Iterator[Visit]:
    """Opens the service as `visit(key=..., withhold=..., path=...)` and gives a client of it."""
    with ExitStack() as stack:

        def visit(
            key: str | None = None,
            *,
            withhold: float = 0,
            path: Path = releases,
            open: bool = False,
        ) -> TestClient:
            bank = stack.enter_context(
                Bank.open(path, Trigrams(), refresh_s=None, withhold=withhold)
            )
            app = create_app(bank, Keys({} if open else KEYS), withholds=withhold > 0)
            client = stack.enter_context(TestClient(app, base_url="http://127.0.0.1"))
            if key is not None:
                client.headers["Authorization"] = f"Bearer {key}"
            return client

        yield visit
