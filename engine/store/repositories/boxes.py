"""The boxes of tasks: which tasks lie in each, cut so that one index holds every part in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from engine.records.org import Actor, Grant, Principal
from engine.store.repositories.searching import is_open_to
from engine.store.tables.task import user_task

TASK_BOXES: Final = ("mine", "claimable", "done", "deputised", "delegated")
BOXES: Final = ("mine", "claimable", "done", "started", "copied", "followed", "deputised", "delegated")
# written out: a database proves from the words alone that a partial index holds what is asked for
_OPEN: Final[sa.ColumnElement[Any]] = sa.literal_column("'open'")
_DONE: Final[sa.ColumnElement[Any]] = sa.literal_column("'completed'")


def parts_of(box: str, actor: Actor, c: Any = user_task.c) -> list[sa.ColumnElement[bool]]:
    """Conditions on `c`, named as `user_task`'s, that exclude each other; together they are the box. May be none.

    Cases that accuse a unit of the actor, or from which it stands aside, are out already.
    """
    open_to = is_open_to(actor.acting_units, actor.recused, c.accused_units, c.case_id)
    match box:
        case "mine":  # ix_user_task_mine
            parts: Iterable[sa.ColumnElement[bool]] = [sa.and_(c.assignee == actor.person_id, c.state == _OPEN)]
        case "claimable":  # ix_user_task_claimable
            parts = [sa.and_(post, c.state == _OPEN, c.assignee.is_(None)) for post in posts_of(actor, c)]
        case "done":  # ix_user_task_done
            parts = [sa.and_(c.closed_by == actor.person_id, c.state == _DONE)]
        case "delegated":  # ix_user_task_delegated
            parts = [sa.and_(c.owner == actor.person_id, c.state == _OPEN)]
        case "deputised":  # ix_user_task_mine, ix_user_task_claimable
            parts = [*_held_by_principals(actor, c), *_offered_to_principals(actor, c)]
        case other:
            raise LookupError(other)
    return [sa.and_(part, open_to) for part in parts]


def posts_of(actor: Actor, c: Any = user_task.c) -> list[sa.ColumnElement[bool]]:
    """What the task's role and unit may be; a task without a role is for the whole unit."""
    roles = sorted({grant.role for grant in actor.grants})
    return [
        *(sa.and_(c.unit == g.unit, c.role == g.role) for g in _sorted(actor.grants)),
        *(sa.and_(c.unit.is_(None), c.role == role) for role in roles),
        *(sa.and_(c.unit == unit, c.role.is_(None)) for unit in sorted(actor.acting_units)),
    ]


def _held_by_principals(actor: Actor, c: Any) -> list[sa.ColumnElement[bool]]:
    """One part a person, however many absences it has."""
    people = sorted({p.person_id for p in actor.principals})
    return [
        sa.and_(
            c.assignee == person_id,
            c.state == _OPEN,
            sa.or_(*(_may_be_done_for(p, c) for p in actor.principals if p.person_id == person_id)),
        )
        for person_id in people
    ]


def _offered_to_principals(actor: Actor, c: Any) -> list[sa.ColumnElement[bool]]:
    """One part a post, however many of the principals hold it; not what the actor could claim by its own right."""
    posts = _sorted(frozenset().union(*(p.grants for p in actor.principals)) - actor.grants)
    return [
        sa.and_(
            c.unit == post.unit,
            c.role == post.role,
            c.state == _OPEN,
            c.assignee.is_(None),
            sa.or_(*(_may_be_done_for(p, c) for p in actor.principals if post in p.grants)),
        )
        for post in posts
    ]


def _may_be_done_for(principal: Principal, c: Any) -> sa.ColumnElement[bool]:
    """As `engine.tasks.rights.principal_for`: what it is away for, and never where it would stand aside itself."""
    open_to = is_open_to(principal.units, principal.recused, c.accused_units, c.case_id)
    return sa.and_(open_to, c.procedure.in_(sorted(principal.procedures))) if principal.procedures else open_to


def _sorted(grants: Iterable[Grant]) -> Sequence[Grant]:
    return sorted(grants, key=lambda g: (g.role, g.unit))


def walk_of(box: str, order: str, c: Any) -> tuple[sa.ColumnElement[Any], ...]:
    """The order in which an index holds each part of the box, the nearest to the order asked for."""
    match order:
        case "newest":
            return (c.closed_at if box == "done" else c.opened_at).desc(), c.task_id.desc()
        case "oldest":
            return (c.closed_at if box == "done" else c.opened_at), c.task_id
        case _ if box == "done":
            return c.closed_at.desc(), c.task_id.desc()
        case _:
            return c.due_at.asc().nulls_last(), c.opened_at, c.task_id
