"""Who stands in for whom, who stands aside, and what is handed over."""

from __future__ import annotations

import sqlalchemy as sa


class StandIns:
    """Implements `StandInsRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
