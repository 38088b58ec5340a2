"""Short commands without what DuckDB imports beside its work."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_pandas() -> Iterator[None]:
    """Bind values without pandas, which DuckDB imports before it does, to know missing ones by it.

    That takes a short command's time twice over (0.6 s of CPU with numpy and pyarrow), and nothing
    that is bound here comes from pandas. For one thread that imports nothing meanwhile: libraries
    remember what they did not find.
    """
    if "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # Python's own way to say: not there
    try:
        yield
    finally:
        del sys.modules["pandas"]
