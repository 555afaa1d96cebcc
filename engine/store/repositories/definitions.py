"""Deployed procedures."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from engine.records.case import InstanceState
from engine.records.definition import Definition, DefinitionFile, DefinitionSummary
from engine.store.rows import record_of, values_of
from engine.store.tables.case import instance
from engine.store.tables.definition import definition as definitions
from engine.store.tables.definition import definition_file


class Definitions:
    """Implements `DefinitionRepository`. Files come back in the order of their paths."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._listed: Sequence[sa.Row[Any]] | None = None

    def add(self, definition: Definition) -> None:
        self._listed = None
        row = values_of(definition)
        files = row.pop("files")
        self._connection.execute(sa.insert(definitions), row)
        if files:
            rows = [{"definition_id": definition.definition_id, **values_of(f)} for f in files]
            self._connection.execute(sa.insert(definition_file), rows)

    def get(self, definition_id: str) -> Definition | None:
        return self._one(sa.select(definitions).where(definitions.c.definition_id == definition_id))

    def current(self, key: str, at: datetime) -> Definition | None:
        newest = definitions.c.version.desc()  # uq_definition_key_version
        in_force = sa.select(definitions).where(definitions.c.key == key, *_in_force(at))
        return self._one(in_force.order_by(newest).limit(1))

    def list(self, at: datetime, *, counted: bool = False, key: str | None = None) -> tuple[DefinitionSummary, ...]:
        rows = self._rows(counted=counted, key=key)
        newest: dict[str, int] = {}
        for row in rows:  # the newest version first
            if row.effective_at <= at and (row.retired_at is None or row.retired_at > at):
                newest.setdefault(row.key, row.version)
        return tuple(
            record_of(
                DefinitionSummary,
                row,
                definitions,
                open_instances=row.open_instances,
                is_current=row.version == newest.get(row.key),
            )
            for row in rows
        )

    def _rows(self, *, counted: bool, key: str | None) -> Sequence[sa.Row[Any]]:
        """Every page asks twice for all that there is: which step a task stands at, and what may be started."""
        if counted or key is not None:
            listed = _LISTED[counted] if key is None else _LISTED[counted].where(definitions.c.key == key)
            return self._connection.execute(listed).all()
        if self._listed is None:
            self._listed = self._connection.execute(_LISTED[False]).all()
        return self._listed

    def retire(self, definition_id: str, by: str, at: datetime) -> None:
        self._listed = None
        stands = sa.update(definitions).where(definitions.c.definition_id == definition_id)
        self._connection.execute(
            stands.where(definitions.c.retired_at.is_(None)).values(retired_at=at, retired_by=by)
        )

    def next_version(self, key: str) -> int:
        newest = sa.select(sa.func.max(definitions.c.version)).where(definitions.c.key == key)
        return (self._connection.scalar(newest) or 0) + 1

    def _one(self, statement: sa.Select[tuple[object, ...]]) -> Definition | None:
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        return record_of(Definition, row, definitions, files=tuple(self._files(row.definition_id)))

    def _files(self, definition_id: str) -> builtins.list[DefinitionFile]:
        rows = self._connection.execute(
            sa.select(definition_file)
            .where(definition_file.c.definition_id == definition_id)
            .order_by(definition_file.c.path)
        )
        return [record_of(DefinitionFile, row, definition_file) for row in rows]


def _in_force(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    c = definitions.c
    return c.effective_at <= at, sa.or_(c.retired_at.is_(None), c.retired_at > at)


def _listed(*, counted: bool) -> sa.Select[*tuple[Any, ...]]:
    running = sa.select(sa.func.count()).where(
        instance.c.definition_id == definitions.c.definition_id,
        instance.c.state == InstanceState.RUNNING,  # ix_instance_of_definition
    )
    columns: builtins.list[sa.ColumnElement[Any]] = [
        *definitions.c,
        (running.scalar_subquery() if counted else sa.null()).label("open_instances"),
    ]
    return sa.select(*columns).order_by(definitions.c.key, definitions.c.version.desc())


_LISTED: Final = {counted: _listed(counted=counted) for counted in (False, True)}
"""Put together once: every page asks what may be started."""
