"""What every process that fires timers does at each beat for dry runs and migrations: works them off."""

from __future__ import annotations

import threading

import structlog

from engine.cases.moving.progress import advance_runs
from engine.errors import StoreAway
from engine.ports.engine import Engine

log = structlog.get_logger(__name__)


class MoveSweep:
    """Callable from any thread; answers for its own errors. `worker` names this process in the log."""

    def __init__(self, engine: Engine, worker: str) -> None:
        self._engine = engine
        self._worker = worker
        self._stopping = threading.Event()

    def __call__(self) -> None:
        """Portion by portion until nothing is left to do. Whatever goes wrong is logged; the next beat goes on."""
        done = 0
        try:
            while not self._stopping.is_set():
                portion = advance_runs(self._engine)
                done += portion
                if not portion:
                    break
        except StoreAway as away:
            log.warning("moves_wait_for_database", worker=self._worker, reason=away.reason)
        except Exception:
            log.exception("move_sweep_failed", worker=self._worker)
        if done:
            log.info("instances_worked_off", worker=self._worker, done=done)

    def stop(self) -> None:
        """Ends after the portion that is running."""
        self._stopping.set()
