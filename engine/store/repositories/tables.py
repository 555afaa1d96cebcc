"""The office's versions of shared decision tables."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from engine.records.tables import TableSummary, TableVersion
from engine.store.repositories.known import Known
from engine.store.rows import columns_of, record_of, values_of
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

    def newest(self) -> tuple[TableVersion, ...]:
        held = (
            sa.select(decision_table.c.table_id, sa.func.max(decision_table.c.version).label("version"))
            .group_by(decision_table.c.table_id)  # pk_decision_table
            .subquery()
        )
        same = (held.c.table_id == decision_table.c.table_id) & (held.c.version == decision_table.c.version)
        rows = self._connection.execute(sa.select(decision_table).join(held, same))
        return tuple(record_of(TableVersion, row, decision_table) for row in rows)

    def get(self, table_id: str, version: int | None = None) -> TableVersion | None:
        statement = sa.select(decision_table).where(decision_table.c.table_id == table_id)
        if version is None:
            statement = statement.order_by(decision_table.c.version.desc()).limit(1)
        else:
            statement = statement.where(decision_table.c.version == version)
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else record_of(TableVersion, row, decision_table)

    def versions(self, table_id: str) -> tuple[TableSummary, ...]:
        rows = self._connection.execute(
            sa.select(*columns_of(TableSummary, decision_table))
            .where(decision_table.c.table_id == table_id)
            .order_by(decision_table.c.version.desc())
        )
        return tuple(record_of(TableSummary, row, decision_table) for row in rows)

    def add(self, table: TableVersion) -> TableVersion:
        newest = self._connection.scalar(sa.select(revision_of_tables())) or 0
        added = replace(table, revision=newest + 1)
        self._connection.execute(sa.insert(decision_table), values_of(added))
        self._known.tables_revision = added.revision
        return added
