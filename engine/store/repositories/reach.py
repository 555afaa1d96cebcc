"""How people are reached: preferences, feeds, absences."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.sealing import Sealer


class Reach:
    """Implements `ReachRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer
