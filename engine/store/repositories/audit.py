"""The append-only chains: one for each case, and the system's own under the empty id."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from engine.records.step import AuditEntry
from engine.store.repositories.locking import lock_row
from engine.store.repositories.step_writer import audit_row
from engine.store.rows import columns_of, record_of
from engine.store.tables.case import instance
from engine.store.tables.journal import IS_OF_PROCEDURE, audit_entry

_SYSTEM_CHAIN_LOCK = 0x_D0BA_A0D1
"""Key of the PostgreSQL advisory lock that stands for the system's chain."""


def append(connection: sa.Connection, entries: Sequence[AuditEntry]) -> None:
    """Adds sealed entries, and tells waiting steps of the same cases that the head has moved."""
    if not entries:
        return
    connection.execute(sa.insert(audit_entry), [audit_row(e) for e in entries])
    heads = {e.case_id: e.hash for e in entries if e.case_id is not None}
    if heads:
        moved = (
            sa.update(instance)
            .where(instance.c.case_id == sa.bindparam("of_case"))
            .values(audit_head=sa.bindparam("head"))
        )
        connection.execute(moved, [{"of_case": case_id, "head": head} for case_id, head in heads.items()])


def read_chain(connection: sa.Connection, case_id: str | None) -> tuple[AuditEntry, ...]:
    """A whole chain, oldest first."""
    rows = connection.execute(
        sa.select(*columns_of(AuditEntry, audit_entry))
        .where(audit_entry.c.case_id == (case_id or ""))  # ix_audit_entry_of_case
        .order_by(audit_entry.c.seq)
    )
    return tuple(record_of(AuditEntry, row, audit_entry, case_id=case_id) for row in rows)


def read_procedure_events(connection: sa.Connection, limit: int) -> tuple[AuditEntry, ...]:
    """The entries of the system's chain that speak of drafts and versions, the newest first."""
    rows = connection.execute(
        sa.select(*columns_of(AuditEntry, audit_entry))
        .where(IS_OF_PROCEDURE)  # ix_audit_entry_of_procedure
        .order_by(audit_entry.c.seq.desc())
        .limit(limit)
    )
    return tuple(record_of(AuditEntry, row, audit_entry, case_id=None) for row in rows)


def read_head(connection: sa.Connection, case_id: str | None, *, locking: bool) -> str:
    """The newest hash of a chain; `locking` keeps others from continuing it until the transaction ends."""
    if locking:
        _lock(connection, case_id)
    head: str | None = connection.scalar(
        sa.select(audit_entry.c.hash)
        .where(audit_entry.c.case_id == (case_id or ""))  # ix_audit_entry_of_case
        .order_by(audit_entry.c.seq.desc())
        .limit(1)
    )
    return head or ""


def read_chains(connection: sa.Connection) -> tuple[str | None, ...]:
    """Every chain there is, or was before somebody emptied it."""
    ids = sa.union(sa.select(audit_entry.c.case_id), sa.select(instance.c.case_id))
    return None, *sorted(case_id for case_id in connection.scalars(ids) if case_id)


def read_remembered_heads(connection: sa.Connection, case_id: str) -> frozenset[str]:
    """What the instances of a case hold as the head (ix_instance_of_case)."""
    heads = sa.select(instance.c.audit_head).where(instance.c.case_id == case_id)
    return frozenset(connection.scalars(heads))


def _lock(connection: sa.Connection, case_id: str | None) -> None:
    if case_id is not None:
        lock_row(connection, instance.c.case_id == case_id)
    elif connection.dialect.name != "sqlite":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SYSTEM_CHAIN_LOCK))).all()
