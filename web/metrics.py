"""Figures in the words of Prometheus. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from engine.deadlines.health import UP_TO, Figures

CONTENT_TYPE = CONTENT_TYPE_LATEST
_STOPS = f"stops at {UP_TO}"


def exposed(figures: Figures) -> bytes:
    """The whole text; every metric begins with `duban_`."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(figures))
    text: bytes = generate_latest(registry)
    return text


class _Figures(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        f = self._figures
        gauges = {
            "timers_waiting": (f"Timers that wait, due or not; {_STOPS}.", f.counts.waiting),
            "timers_due": (f"Timers that are due and not fired; {_STOPS}.", f.counts.due),
            "timers_retrying": (f"Due timers that failed before; {_STOPS}.", f.counts.retrying),
            "oldest_due_age_seconds": (
                "Since the oldest due timer fell due.",
                f.oldest_due_age.total_seconds(),
            ),
            "incidents_open": (f"Incidents that nobody has dealt with; {_STOPS}.", f.counts.incidents),
            "deliveries_waiting": (f"Notifications on their way; {_STOPS}.", f.waiting_deliveries),
            "deliveries_dead": (f"Notifications that were given up; {_STOPS}.", f.dead_letters),
        }
        for name, (words, value) in gauges.items():
            yield GaugeMetricFamily(f"duban_{name}", words, value)
        if f.heartbeat_age is not None:
            words = "Since anybody last looked at the ledger."
            yield GaugeMetricFamily("duban_heartbeat_age_seconds", words, f.heartbeat_age.total_seconds())
        if f.latest_outage is not None:
            words = "When the latest outage ended, in seconds since 1970."
            yield GaugeMetricFamily("duban_latest_outage_end_seconds", words, f.latest_outage.up_at.timestamp())
        yield self._lateness()
        yield from self._workers()

    def _lateness(self) -> Metric:
        words = "How late the firings of a span were; quantile 1 is the worst."
        metric = GaugeMetricFamily("duban_timer_lateness_seconds", words, labels=("span", "quantile"))
        for span, late in self._figures.lateness.items():
            for quantile, value in (("0.5", late.median), ("0.99", late.p99), ("1", late.worst)):
                metric.add_metric((span, quantile), value.total_seconds())
        return metric

    def _workers(self) -> Iterator[Metric]:
        fired = CounterMetricFamily("duban_timers_fired", "Timers that a worker fired.", labels=("worker",))
        failed = CounterMetricFamily("duban_timers_failed", "Firings that failed.", labels=("worker",))
        seen = GaugeMetricFamily("duban_worker_seen_seconds", "When it last looked.", labels=("worker",))
        for worker in self._figures.workers:
            fired.add_metric((worker.worker,), worker.fired)
            failed.add_metric((worker.worker,), worker.failed)
            seen.add_metric((worker.worker,), worker.at.timestamp())
        yield from (fired, failed, seen)
