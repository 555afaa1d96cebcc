"""Papers and their templates."""

from __future__ import annotations

import sqlalchemy as sa


class Papers:
    """Implements `PapersRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
