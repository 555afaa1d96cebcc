"""Copies, followed cases and phrases: what people keep beside their tasks."""

from __future__ import annotations

import sqlalchemy as sa


class Desk:
    """Implements `DeskRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
