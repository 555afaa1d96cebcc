"""What every process that sends notifications does at each beat."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from engine.errors import StoreAway
from engine.notifications.deliver import deliver_notices
from engine.org.coming_back import tell_returned
from engine.ports.channel import Channel
from engine.ports.engine import Engine

log = structlog.get_logger(__name__)


class NoticeSweep:
    """Callable from any thread; answers for its own errors. `worker` names this process in the log."""

    def __init__(self, engine: Engine, channels: Sequence[Channel], worker: str) -> None:
        self._engine = engine
        self._channels = tuple(channels)
        self._worker = worker

    def __call__(self) -> None:
        """Tells who is back, sends what is due. Whatever goes wrong is logged, and the next beat tries again."""
        try:
            tell_returned(self._engine)
            report = deliver_notices(self._engine, self._channels)
        except StoreAway as away:
            log.warning("notices_wait_for_database", worker=self._worker, reason=away.reason)
            return
        except Exception:
            log.exception("delivery_sweep_failed", worker=self._worker)
            return
        if report.sent or report.put_off or report.dead:
            log.info("notices_delivered", sent=report.sent, put_off=report.put_off, dead=report.dead)
