"""The periodic duties of the office."""

from __future__ import annotations

import sqlalchemy as sa


class Duties:
    """Implements `DutyRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
