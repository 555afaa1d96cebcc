"""An engine over a store, for use cases that run no diagram."""

from __future__ import annotations

from typing import cast

import pytest

from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.kernel.run import Kernel
from engine.ports.engine import Engine
from engine.store import SqlStore
from tests.builders import UNITS


@pytest.fixture
def office(sqlite_settings: Settings, clock: ManualClock, sqlite_store: SqlStore) -> Engine:
    """Units, no people yet; the kernel is not there to be used."""
    with sqlite_store.write() as work:
        work.org.add_units(UNITS)
    return Engine(sqlite_settings, clock, sqlite_store, cast(Kernel, None))
