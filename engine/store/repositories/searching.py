"""Conditions that lists share: the text searched for, and what an actor may see at all."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from engine.records.org import Actor, Principal
from engine.records.task import TaskKind, TaskState
from engine.store.tables.case import case_file
from engine.store.tables.task import user_task
from engine.store.tables.work import copy_note
from engine.values import Data, Value


@dataclass(frozen=True)
class Sight:
    """An actor as a key of statements that are put together once: equal where all that decides what it sees is."""

    key: tuple[Hashable, ...]
    actor: Actor = field(compare=False)


def sight_of(actor: Actor) -> Sight:
    """Actors are equal whomever they stand in for and whatever they stand aside from; their sights are not."""
    return Sight((actor.person_id, actor.unit, actor.grants, actor.principals, actor.recused), actor)


def facts_text(facts: Data) -> str:
    """The values of the facts, one a line, without keys: what a search looks through."""
    return "\n".join(_texts(facts)).replace("\0", "")


def _texts(value: Value) -> Iterator[str]:
    match value:
        case None | bool():
            return
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)
        case _:
            yield str(value)


def says(text: str, *more: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Every word of `text` occurs in the case's number, title or facts (or in `more`), whatever its case.

    `%` and `_` are ordinary characters. Holds for a single Chinese character too.
    """
    columns = (case_file.c.number, case_file.c.title, case_file.c.facts_text, *more)
    words = text.replace("\0", " ").split()  # PostgreSQL knows no NUL in text
    return sa.and_(sa.true(), *(sa.or_(*(c.icontains(word, autoescape=True) for c in columns)) for word in words))


def is_not_accused(actor: Actor) -> sa.ColumnElement[bool]:
    """The case neither accuses a unit that the actor acts for, nor does the actor stand aside from it.

    In every list and in every count.
    """
    return is_open_to(actor.acting_units, actor.recused, case_file.c.accused_units, case_file.c.case_id)


def is_task_not_accused(actor: Actor) -> sa.ColumnElement[bool]:
    """As `is_not_accused`, asked of the task's own copy of the case's columns."""
    return is_open_to(actor.acting_units, actor.recused, user_task.c.accused_units, user_task.c.case_id)


def is_open_to(
    units: frozenset[str],
    recused: frozenset[str],
    accused_units: sa.ColumnElement[tuple[str, ...]],
    case_id: sa.ColumnElement[str],
) -> sa.ColumnElement[bool]:
    """The case accuses none of these units, and is none of those stood aside from."""
    accused = sa.type_coerce(accused_units, sa.Text)
    named = (
        sa.func.replace(accused, sa.literal(f"|{unit}|", sa.Text), sa.literal("", sa.Text)) != accused
        for unit in sorted(units)
    )
    open_to = sa.or_(accused == "", ~sa.or_(*named))
    return sa.and_(open_to, case_id.not_in(sorted(recused))) if recused else open_to


def is_held_for(actor: Actor) -> sa.ColumnElement[bool]:
    """The open task of somebody who is away, and for whom the actor stands in (ix_user_task_mine)."""
    return sa.or_(sa.false(), *(_is_for(p, user_task.c.assignee == p.person_id) for p in actor.principals))


def is_offered_for(actor: Actor) -> sa.ColumnElement[bool]:
    """The open task that nobody has, and one for whom the actor stands in could take (ix_user_task_claimable)."""
    c = user_task.c
    parts = []
    for principal in actor.principals:
        fits = [sa.and_(c.role == g.role, c.unit == g.unit) for g in sorted(principal.grants, key=str)]
        parts.append(_is_for(principal, sa.and_(c.assignee.is_(None), sa.or_(sa.false(), *fits))))
    return sa.or_(sa.false(), *parts)


def _is_for(principal: Principal, owed: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """As `engine.tasks.rights.principal_for`: for what it is away, and never where it would stand aside itself."""
    c = user_task.c
    open_to = is_open_to(principal.units, principal.recused, c.accused_units, c.case_id)
    covered = c.procedure.in_(sorted(principal.procedures)) if principal.procedures else sa.true()
    return sa.and_(owed, c.state == TaskState.OPEN, covered, open_to)


def may_know_of(reader: Actor | None, case_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """What the column's case owns may be shown or counted: the case does not accuse the reader's units.

    Holds for what belongs to no case, and for everything where the reader is the system itself (None).
    """
    if reader is None:
        return sa.true()
    known = sa.exists().where(case_file.c.case_id == case_id, is_not_accused(reader))
    return sa.or_(case_id.is_(None), known)


def is_candidate(actor: Actor) -> sa.ColumnElement[bool]:
    """The task's role and unit fit a grant of the actor; a task without a role is for the whole unit."""
    c = user_task.c
    fits = [
        sa.and_(c.role == grant.role, sa.or_(c.unit == grant.unit, c.unit.is_(None)))
        for grant in sorted(actor.grants, key=lambda g: (g.role, g.unit))
    ]
    return sa.or_(*fits, sa.and_(c.role.is_(None), c.unit.in_(sorted(actor.acting_units))))


_STOOD_IN = (is_held_for, is_offered_for)


def may_see(actor: Actor) -> sa.ColumnElement[bool]:
    """The case is kept by a unit of the actor, or the actor or one of its roles holds or held a task of it.

    So does one that the actor was given a copy of, or whose task it has delegated.

    So does a case with an open task that is to be done for somebody who is away, as long as it is.
    A confidential case is seen by the latter only: those whose step it is or was. An auditor sees every case.
    Nobody sees a case that accuses the unit acted for.
    """
    if actor.holds("auditor"):
        return is_not_accused(actor)
    c = user_task.c
    worked_on = sa.union_all(
        sa.select(c.case_id).where(c.assignee == actor.person_id),  # ix_user_task_mine
        sa.select(c.case_id).where(c.closed_by == actor.person_id),  # ix_user_task_done
        sa.select(c.case_id).where(c.owner == actor.person_id),  # ix_user_task_delegated
        sa.select(c.case_id).where(is_candidate(actor)),  # ix_user_task_claimable
        sa.select(copy_note.c.case_id).where(copy_note.c.receiver == actor.person_id),  # ix_copy_note_of_receiver
        *(sa.select(c.case_id).where(stood_in(actor)) for stood_in in _STOOD_IN if actor.principals),
    )
    return sa.and_(is_not_accused(actor), sa.or_(_is_kept(actor), case_file.c.case_id.in_(worked_on)))


def may_see_one(actor: Actor) -> sa.ColumnElement[bool]:
    """As `may_see`, asked of a single case: looks at that case's tasks only (ix_user_task_of_case)."""
    if actor.holds("auditor"):
        return is_not_accused(actor)
    c = user_task.c
    worked_on = sa.exists().where(
        c.case_id == case_file.c.case_id,
        sa.or_(
            c.assignee == actor.person_id,
            c.closed_by == actor.person_id,
            c.owner == actor.person_id,
            is_candidate(actor),
            *(stood_in(actor) for stood_in in _STOOD_IN if actor.principals),
        ),
    )
    copied = sa.exists().where(  # ix_copy_note_of_case
        copy_note.c.case_id == case_file.c.case_id, copy_note.c.receiver == actor.person_id
    )
    seen = sa.or_(_is_kept(actor), worked_on.correlate(case_file), copied.correlate(case_file))
    return sa.and_(is_not_accused(actor), seen)


def handles(actor: Actor) -> sa.ColumnElement[bool]:
    """Created the case, holds or held a task of it, or could claim one: may learn who the parties are.

    As `engine.cases.handling` says. ix_user_task_of_case.
    """
    c = user_task.c
    me = actor.person_id
    fits = (sa.and_(c.role == grant.role, c.unit == grant.unit) for grant in actor.grants)
    has_task = sa.exists().where(
        c.case_id == case_file.c.case_id,
        c.kind == TaskKind.STEP,
        sa.or_(c.assignee == me, c.closed_by == me, c.owner == me, *fits),
    )
    return sa.or_(case_file.c.created_by == actor.person_id, has_task.correlate(case_file))


def _is_kept(actor: Actor) -> sa.ColumnElement[bool]:
    """A confidential case is not everybody's who happens to sit in the office that keeps it."""
    return sa.and_(case_file.c.unit.in_(sorted(actor.units)), ~case_file.c.confidential)  # ix_case_file_of_unit
