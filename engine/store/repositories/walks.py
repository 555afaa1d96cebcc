"""The ways to the cases that an actor may see: each newest first along one index, cut where one likes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from engine.records.org import Actor
from engine.store.repositories.boxes import parts_of, posts_of
from engine.store.repositories.searching import is_not_accused, is_open_to
from engine.store.tables.case import case_file
from engine.store.tables.task import user_task
from engine.store.tables.work import copy_note

_C: Final = case_file.c
_T: Final = user_task.c
Days = Callable[[sa.ColumnElement[Any]], Sequence[sa.ColumnElement[bool]]]


@dataclass(frozen=True)
class Walk:
    """Cases as (`at`, `case_id`), newest first. `is_covered`: its index answers the register's filters too."""

    found: sa.Select[Any]
    is_covered: bool = False

    def cut(self, bound: int, wanted: Mapping[str, str] | None = None) -> sa.Select[Any]:
        """The newest of `bound` that are looked at; with `wanted` in their columns, where the index has these."""
        if not wanted or not self.is_covered:
            return self.found.limit(bound)
        lines = self.found.add_columns(*(_C[name] for name in wanted)).limit(bound).subquery()
        return sa.select(lines.c.at, lines.c.case_id).where(
            *(lines.c[name] == value for name, value in wanted.items())
        )

    def has_more(self, bound: int) -> sa.ColumnElement[bool]:
        return sa.exists(sa.select(self.found.limit(1).offset(bound).subquery()))


def walks_of(actor: Actor, days: Days) -> list[Walk]:
    """All of them together are `may_see`. `days` narrows the instant that a case was registered."""
    if actor.holds("auditor"):
        return [_of_cases(actor, days, sa.true())]  # ix_case_file_newest
    kept = (sa.and_(_C.unit == unit, ~_C.confidential) for unit in sorted(actor.units))  # ix_case_file_of_unit
    me = actor.person_id
    return [
        *(_of_cases(actor, days, each) for each in kept),
        *(_of_tasks(actor, days, post) for post in posts_of(actor)),  # ix_user_task_of_post
        _of_tasks(actor, days, _T.assignee == me),  # ix_user_task_held
        _of_tasks(actor, days, sa.and_(_T.closed_by == me, _T.closed_by != _T.assignee)),  # ix_user_task_ended
        _of_tasks(actor, days, _T.owner == me),  # ix_user_task_delegated
        *(_of_tasks(actor, days, part) for part in parts_of("deputised", actor)),
        _of_copies(actor, days),
    ]


def _of_cases(actor: Actor, days: Days, whose: sa.ColumnElement[bool]) -> Walk:
    found = sa.select(_C.created_at.label("at"), _C.case_id).where(
        whose, is_not_accused(actor), *days(_C.created_at)
    )
    return Walk(found.order_by(_C.created_at.desc(), _C.case_id.desc()), is_covered=True)


def _of_tasks(actor: Actor, days: Days, whose: sa.ColumnElement[bool]) -> Walk:
    at = _T.case_created_at
    open_to = is_open_to(actor.acting_units, actor.recused, _T.accused_units, _T.case_id)
    found = sa.select(at.label("at"), _T.case_id).where(whose, open_to, *days(at)).distinct()
    return Walk(found.order_by(at.desc(), _T.case_id.desc()))


def _of_copies(actor: Actor, days: Days) -> Walk:
    """ix_copy_note_of_receiver"""
    joined = copy_note.join(case_file, _C.case_id == copy_note.c.case_id)
    whose = copy_note.c.receiver == actor.person_id
    found = sa.select(_C.created_at.label("at"), _C.case_id).select_from(joined).distinct()
    found = found.where(whose, is_not_accused(actor), *days(_C.created_at))
    return Walk(found.order_by(_C.created_at.desc(), _C.case_id.desc()))
