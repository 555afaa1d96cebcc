"""Saved views of lists."""

from __future__ import annotations

import sqlalchemy as sa


class SavedViews:
    """Implements `SavedViewsRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
