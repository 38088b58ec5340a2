"""The store's own tests make their databases as everybody does."""

import pytest


@pytest.fixture(autouse=True)
def new_databases_are_copies() -> None:
    """They are not: how a database comes to be is what is tested here."""
