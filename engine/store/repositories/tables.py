"""The office's versions of shared decision tables."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.repositories.known import Known
from engine.store.tables.time import decision_table


def revision_of_tables() -> sa.ScalarSelect[int]:
    """Grows with every version of any table; 0 before the first."""
    return sa.select(sa.func.coalesce(sa.func.max(decision_table.c.revision), 0)).scalar_subquery()


class Tables:
    """Implements `TableRepository`."""

    def __init__(self, connection: sa.Connection, known: Known) -> None:
        self._connection = connection
        self._known = known

    def revision(self) -> int:
        if self._known.tables_revision is None:
            self._known.tables_revision = self._connection.scalar(sa.select(revision_of_tables())) or 0
        return self._known.tables_revision
