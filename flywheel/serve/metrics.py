"""What the service counts, in Prometheus' text form."""

from collections import Counter as Counts
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from flywheel_client import Bank

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0)


class Metrics:
    """Of one application: its requests and its bank."""

    def __init__(self, bank: Bank, *, shared: bool = False) -> None:
        """`shared`: several processes count into the folder of `PROMETHEUS_MULTIPROC_DIR`."""
        self._bank = bank
        self._copied: Counts[str] = Counts()
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "flywheel_requests", "Requests by status", ["status"], registry=self._registry
        )
        self.select_seconds = Histogram(
            "flywheel_select_seconds",
            "Time to select, the query's embedding included",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.examples = Counter(
            "flywheel_examples_served", "Examples served", registry=self._registry
        )
        self._events = Counter(
            "flywheel_bank", "The client's counters", ["event"], registry=self._registry
        )
        if shared:
            self._registry = CollectorRegistry()
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call] # has no types
        self._registry.register(_Served(bank))

    def copy(self) -> None:
        """Bring the client's own counters up to date."""
        counts = Counts(self._bank.metrics())
        for name, count in (counts - self._copied).items():
            self._events.labels(name).inc(count)
        self._copied = counts

    def text(self) -> bytes:
        """All of them, as a scraper reads them."""
        self.copy()
        return generate_latest(self._registry)


class _Served(Collector):
    """What is served now, as the process that answers has it."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def collect(self) -> Iterator[GaugeMetricFamily]:
        serving = GaugeMetricFamily(
            "flywheel_bank_examples", "Examples served from", labels=["release"]
        )
        serving.add_metric([self._bank.release or ""], len(self._bank))
        yield serving
