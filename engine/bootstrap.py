"""Wiring: the one place that knows which store, which kernel and which clock an engine has."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo

import structlog

from engine.clock.port import Clock
from engine.config import Settings
from engine.errors import StoreAway
from engine.kernel.feel import Feel
from engine.kernel.run import Kernel
from engine.ports.engine import Engine
from engine.store.open import open_store

_LONGEST_WAIT = 5.0
log = structlog.get_logger(__name__)


def build(settings: Settings, clock: Clock) -> Engine:
    """An engine on the database of the settings, its schema brought up to date. Cheap but for the first one.

    Raises EngineError where the database cannot be used.
    """
    store = open_store(settings, clock)
    return Engine(settings=settings, clock=clock, store=store, kernel=_kernel(settings.timezone))


def build_patiently(settings: Settings, clock: Clock, wait: Callable[[float], object]) -> Engine:
    """As `build`, but waits (with `wait`, seconds) for as long as the database cannot be reached, and says so."""
    pause = 0.25
    while True:
        try:
            return build(settings, clock)
        except StoreAway as away:
            log.warning("database_away", reason=away.reason, retry_in=pause)
        wait(pause)
        pause = min(pause * 2, _LONGEST_WAIT)


@cache
def _kernel(zone: ZoneInfo) -> Kernel:
    """One for the process: it holds compiled expressions and specs, by content, and nothing of a case."""
    return Kernel(Feel(zone), zone)
