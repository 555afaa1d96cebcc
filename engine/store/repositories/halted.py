"""Whether an instance is halted, as a condition that other statements carry along: it costs none of its own."""

from __future__ import annotations

import sqlalchemy as sa

from engine.records.operating import HaltScope
from engine.store.tables.case import instance
from engine.store.tables.definition import definition
from engine.store.tables.studio import halt

IS_IN_FORCE = sa.text("lifted_at IS NULL")


def halt_on(scope: HaltScope, target: sa.ColumnElement[str]) -> sa.ScalarSelect[str]:
    """The id of the halt in force with that scope and target (ix_halt_now)."""
    found = sa.select(halt.c.halt_id).where(halt.c.scope == scope, halt.c.target == target, IS_IN_FORCE)
    return found.correlate(instance, definition).scalar_subquery()


def halt_of_procedure(key: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """The id of the halt that stops a procedure, the widest first; NULL where none does."""
    everything = halt_on(HaltScope.EVERYTHING, sa.literal(""))
    return sa.func.coalesce(everything, halt_on(HaltScope.PROCEDURE, key))


def halt_of_instance() -> sa.ColumnElement[str]:
    """As `halt_of_procedure`, of a statement's `instance`: by what it was started as, not by what it calls."""
    key = sa.select(definition.c.key).where(definition.c.definition_id == instance.c.definition_id)
    return sa.func.coalesce(
        halt_of_procedure(key.correlate(instance).scalar_subquery()),
        halt_on(HaltScope.INSTANCE, instance.c.instance_id),
    )
