"""The engine as the use cases see it: what every one of them is given first."""

from __future__ import annotations

from dataclasses import dataclass

from engine.clock.port import Clock
from engine.config import Settings
from engine.kernel.run import Kernel
from engine.ports.store import Store


@dataclass(frozen=True)
class Engine:
    """Wired once by `engine.bootstrap.build`; holds no state of a case."""

    settings: Settings
    clock: Clock
    store: Store
    kernel: Kernel
