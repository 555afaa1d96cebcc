"""What the public page reads and writes: its few dates, evaluations, attempts."""

from __future__ import annotations

import sqlalchemy as sa


class Public:
    """Implements `PublicRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
