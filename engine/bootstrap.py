"""Wiring: the one place that knows which store, which kernel and which clock an engine has."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from engine.clock.port import Clock
from engine.config import Settings
from engine.kernel.feel import Feel
from engine.kernel.run import Kernel
from engine.ports.engine import Engine
from engine.store.open import open_store


def build(settings: Settings, clock: Clock) -> Engine:
    """An engine on the database of the settings, its schema brought up to date. Cheap but for the first one.

    Raises EngineError where the database cannot be used.
    """
    store = open_store(settings, clock)
    return Engine(settings=settings, clock=clock, store=store, kernel=_kernel(settings.timezone))


@cache
def _kernel(zone: ZoneInfo) -> Kernel:
    """One for the process: it holds compiled expressions and specs, by content, and nothing of a case."""
    return Kernel(Feel(zone), zone)
