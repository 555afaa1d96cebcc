"""What every process that fires timers does at each beat: sweeps until nothing is left to fire."""

from __future__ import annotations

import threading

import structlog

from engine.clock.elapsed import elapsed
from engine.deadlines.duties import keep_armed
from engine.deadlines.fire import FireReport, fire_due_timers
from engine.deadlines.outage import forget_workers, longest_gap
from engine.errors import StoreAway
from engine.ports.engine import Engine

log = structlog.get_logger(__name__)


class TimerSweep:
    """Callable from any thread; answers for its own errors. `worker` names this process in the ledger.

    It knows by a clock that nobody sets when it last looked. The first sweep, and one after too long a silence, go
    by the marks in the database: they tell whether anybody else looked meanwhile, or whether that was an outage.
    """

    def __init__(self, engine: Engine, worker: str) -> None:
        self._engine = engine
        self._worker = worker
        self._looked_at: float | None = None
        self._stopping = threading.Event()

    def __call__(self) -> None:
        """Fires all that is due. Whatever goes wrong is logged, and the next beat tries again."""
        try:
            while not self._stopping.is_set():
                report = self.once()
                if not report.fired and not report.failed:
                    return
        except StoreAway as away:
            log.warning("timers_wait_for_database", worker=self._worker, reason=away.reason)
        except Exception:
            log.exception("timer_sweep_failed", worker=self._worker)

    def once(self) -> FireReport:
        """One sweep, of at most so many timers that the mark stays fresh."""
        if self._looked_at is None:
            forget_workers(self._engine)
        keep_armed(self._engine)
        report = fire_due_timers(self._engine, worker=self._worker, watched=self._has_looked())
        self._looked_at = elapsed()
        if report.fired or report.failed:
            log.info("timers_fired", worker=self._worker, fired=len(report.fired), failed=len(report.failed))
        return report

    def stop(self) -> None:
        """Ends after the sweep that is running."""
        self._stopping.set()

    def _has_looked(self) -> bool:
        gap = longest_gap(self._engine.settings).total_seconds()
        return self._looked_at is not None and elapsed() - self._looked_at <= gap
