"""The service's benchmark asks real servers over real connections, and prints what it measured."""

from pathlib import Path

import pytest

from benchmarks import bank_serve


def test_the_service_is_measured_over_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request is answered with what the question asked for; both numbers of connections."""
    monkeypatch.setattr(bank_serve, "ROUNDS", 1)
    monkeypatch.setattr(bank_serve, "REQUESTS", 16)
    table = bank_serve.compare(200, tmp_path, with_others=False)
    what, connections = (list(column.cells) for column in table.columns[:2])
    assert what == [bank_serve.OURS, bank_serve.INSIDE, bank_serve.OURS]
    assert connections == ["1", "1", "8"]
    with bank_serve.serving(bank_serve.ours(200, tmp_path)) as port:
        assert len(bank_serve.ask(port, {"k": 2}, 3, 10)) == 10


def test_a_request_that_fails_is_no_figure(tmp_path: Path) -> None:
    """An error would be answered fastest of all."""
    with bank_serve.serving(bank_serve.ours(50, tmp_path)) as port:
        with pytest.raises(RuntimeError, match="422"):
            bank_serve.ask(port, {"k": "many"}, 2, 4)
