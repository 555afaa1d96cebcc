"""Dry runs and migrations: their items, and where tasks, timers and messages of an instance stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.records.case import CaseFile, Instance, InstanceState
from engine.records.moving import (
    MessagePlace,
    MoveItem,
    MoveLine,
    MoveRun,
    Outcome,
    RunState,
    TaskPlace,
    TimerPlace,
)
from engine.records.org import Actor
from engine.records.step import MessageSubscription
from engine.records.task import TaskState
from engine.records.time import Timer, TimerKind, TimerState
from engine.store.repositories.searching import is_not_accused, may_see
from engine.store.rows import columns_of, record_of, values_of
from engine.store.tables.case import case_file, instance
from engine.store.tables.definition import definition
from engine.store.tables.exchange import message_subscription
from engine.store.tables.studio import IS_RUNNING, move_item, move_run
from engine.store.tables.task import user_task
from engine.store.tables.time import deadline, timer

_R = move_run.c
_I = move_item.c
_LIGHT = [column for column in move_item.columns if column.name not in {"detail", "snapshot_before"}]


class Moving:
    """Implements `MovingRepository`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(
        self,
        run: MoveRun,
        instance_ids: Sequence[str] | None,
        at_most: int,
        *,
        like: tuple[str, Sequence[Outcome]] | None = None,
    ) -> int:
        self._connection.execute(sa.insert(move_run), values_of(run))
        c = instance.c
        chosen = (
            sa.select(c.instance_id, c.case_id, c.started_at)
            .select_from(instance.join(definition, definition.c.definition_id == c.definition_id))
            .where(definition.c.key == run.key, c.state == InstanceState.RUNNING)  # ix_instance_of_definition
        )
        if run.source_id is not None:
            chosen = chosen.where(c.definition_id == run.source_id)
        elif run.target_id is not None:
            chosen = chosen.where(c.definition_id != run.target_id)
        if instance_ids is not None:
            chosen = chosen.where(c.instance_id.in_(instance_ids))
        if like is not None:
            fits = sa.select(_I.instance_id).where(_I.run_id == like[0], _I.outcome.in_(like[1]))
            chosen = chosen.where(c.instance_id.in_(fits))
        oldest = chosen.order_by(c.started_at, c.instance_id).limit(at_most).subquery()
        position = sa.func.row_number().over(order_by=(oldest.c.started_at, oldest.c.instance_id))
        rows = sa.select(
            sa.literal(run.run_id),
            oldest.c.instance_id,
            oldest.c.case_id,
            position,
            sa.literal(Outcome.WAITING, _I.outcome.type),
            sa.literal({}, _I.detail.type),
            sa.literal(""),
        )
        names = ["run_id", "instance_id", "case_id", "position", "outcome", "detail", "gist"]
        self._connection.execute(sa.insert(move_item).from_select(names, rows))
        # counted, as not every driver says how many rows an INSERT … SELECT has written
        mine = sa.select(sa.func.count()).where(_I.run_id == run.run_id)  # ix_move_item_of_run
        total = self._connection.execute(mine).scalar_one()
        self._connection.execute(sa.update(move_run).where(_R.run_id == run.run_id).values(total=total))
        return total

    def get(self, run_id: str) -> MoveRun | None:
        row = self._connection.execute(sa.select(move_run).where(_R.run_id == run_id)).one_or_none()
        return None if row is None else record_of(MoveRun, row, move_run)

    def runs_of(self, key: str, limit: int) -> tuple[MoveRun, ...]:
        return self._runs(sa.select(move_run).where(_R.key == key), limit)  # ix_move_run_of_key

    def runs_of_draft(self, draft_id: str, limit: int) -> tuple[MoveRun, ...]:
        return self._runs(sa.select(move_run).where(_R.draft_id == draft_id), limit)  # ix_move_run_of_draft

    def next_running(self) -> MoveRun | None:
        row = self._connection.execute(
            sa.select(move_run).where(IS_RUNNING).order_by(_R.created_at).limit(1)  # ix_move_run_running
        ).one_or_none()
        return None if row is None else record_of(MoveRun, row, move_run)

    def set_state(self, run_id: str, state: RunState, at: datetime, *, undoing: bool | None = None) -> None:
        values: dict[str, Any] = {"state": state, "changed_at": at}
        if undoing is not None:
            values["undoing"] = undoing
        self._connection.execute(sa.update(move_run).where(_R.run_id == run_id).values(values))

    def stop(self, run_id: str, reason: str, at: datetime) -> None:
        values = {"state": RunState.STOPPED, "changed_at": at, "reason": reason}
        self._connection.execute(sa.update(move_run).where(_R.run_id == run_id).values(values))

    def state_of(self, run_id: str) -> RunState | None:
        # shared: those who move instances of the run do not wait for each other, only who changes its state waits
        found = sa.select(_R.state).where(_R.run_id == run_id).with_for_update(read=True)
        state: RunState | None = self._connection.scalar(found)
        return state

    def waiting(self, run_id: str, limit: int) -> tuple[MoveItem, ...]:
        return self.items(run_id, Outcome.WAITING, limit=limit)

    def movable_back(self, run_id: str, limit: int) -> tuple[MoveItem, ...]:
        return self._items(self._of(run_id, Outcome.MOVED).where(_I.version_after.is_not(None)).limit(limit))

    def item(self, run_id: str, instance_id: str) -> MoveItem | None:
        return self._item(self._one(run_id, instance_id))

    def claim(self, run_id: str, instance_id: str) -> MoveItem | None:
        return self._item(self._one(run_id, instance_id).with_for_update(skip_locked=True))

    def save_items(self, items: Sequence[MoveItem]) -> None:
        names = ("outcome", "detail", "gist", "at", "definition_before", "snapshot_before", "version_after")
        statement = (
            sa.update(move_item)
            .where(_I.run_id == sa.bindparam("of_run"), _I.instance_id == sa.bindparam("of_instance"))
            .values({name: sa.bindparam(f"new_{name}", type_=_I[name].type) for name in names})
        )
        rows = [
            {
                "of_run": item.run_id,
                "of_instance": item.instance_id,
                **{f"new_{name}": getattr(item, name) for name in names},
            }
            for item in items
        ]
        if rows:
            self._connection.execute(statement, rows)

    def counts(self, run_id: str) -> Mapping[Outcome, int]:
        rows = self._connection.execute(
            sa.select(_I.outcome, sa.func.count()).where(_I.run_id == run_id).group_by(_I.outcome)
        )  # ix_move_item_of_run
        return {row[0]: row[1] for row in rows}

    def groups(self, run_id: str, limit: int) -> tuple[tuple[Outcome, str, int], ...]:
        many = sa.func.count()
        rows = self._connection.execute(
            sa.select(_I.outcome, _I.gist, many)
            .where(_I.run_id == run_id, _I.outcome != Outcome.WAITING)  # ix_move_item_of_run
            .group_by(_I.outcome, _I.gist)
            .order_by(many.desc(), _I.gist)
            .limit(limit)
        )
        return tuple((row[0], row[1], row[2]) for row in rows)

    def items(self, run_id: str, outcome: Outcome | None, *, limit: int, offset: int = 0) -> tuple[MoveItem, ...]:
        return self._items(self._of(run_id, outcome).limit(limit).offset(offset))

    def lines(
        self,
        run_id: str,
        outcome: Outcome | None,
        reader: Actor,
        *,
        gist: str | None = None,
        limit: int,
        offset: int = 0,
    ) -> tuple[MoveLine, ...]:
        statement = (
            sa.select(
                *_LIGHT, _I.detail, case_file.c.number, case_file.c.title, may_see(reader).label("is_visible")
            )
            .select_from(move_item.join(case_file, case_file.c.case_id == _I.case_id))
            .where(_I.run_id == run_id, is_not_accused(reader))
            .order_by(*_order(outcome))
            .limit(limit)
            .offset(offset)
        )
        if outcome is not None:
            statement = statement.where(_I.outcome == outcome)
        if gist is not None:
            statement = statement.where(_I.gist == gist)
        return tuple(
            MoveLine(
                record_of(MoveItem, row, move_item, snapshot_before=None),
                row.number if row.is_visible else None,
                row.title if row.is_visible else None,
                bool(row.is_visible),
            )
            for row in self._connection.execute(statement)
        )

    def running(self, key: str) -> Mapping[str, int]:
        rows = self._connection.execute(
            sa.select(instance.c.definition_id, sa.func.count())
            .select_from(instance.join(definition, definition.c.definition_id == instance.c.definition_id))
            .where(definition.c.key == key, instance.c.state == InstanceState.RUNNING)  # ix_instance_of_definition
            .group_by(instance.c.definition_id)
        )
        return {row[0]: row[1] for row in rows}

    def running_of_cases(self, key: str, numbers: Sequence[str], reader: Actor) -> Mapping[str, str]:
        rows = self._connection.execute(
            sa.select(case_file.c.number, instance.c.instance_id)
            .select_from(
                instance.join(definition, definition.c.definition_id == instance.c.definition_id).join(
                    case_file, case_file.c.case_id == instance.c.case_id
                )
            )
            .where(definition.c.key == key, instance.c.state == InstanceState.RUNNING)
            .where(case_file.c.number.in_(numbers), is_not_accused(reader), may_see(reader))
        )
        return {row.number: row.instance_id for row in rows}

    def standing(self, instance_ids: Sequence[str]) -> Mapping[str, tuple[Instance, CaseFile]]:
        rows = self._connection.execute(
            sa.select(*columns_of(Instance, instance), *columns_of(CaseFile, case_file))
            .select_from(instance.join(case_file, case_file.c.case_id == instance.c.case_id))
            .where(instance.c.instance_id.in_(instance_ids))
        )
        return {
            record.instance_id: (record, record_of(CaseFile, row, case_file))
            for row in rows
            for record in (record_of(Instance, row, instance),)
        }

    def pending_timers(self, case_id: str, instance_id: str) -> tuple[Timer, ...]:
        pending = (TimerState.WAITING, TimerState.HELD)
        rows = self._connection.execute(
            sa.select(*columns_of(Timer, timer))
            .where(timer.c.case_id == case_id, timer.c.instance_id == instance_id)  # ix_timer_of_case
            .where(timer.c.state.in_(pending), timer.c.kind == TimerKind.BPMN)
        )
        return tuple(record_of(Timer, row, timer) for row in rows)

    def awaited(self, task_ids: Sequence[str]) -> tuple[MessageSubscription, ...]:
        c = message_subscription.c
        rows = self._connection.execute(sa.select(message_subscription).where(c.task_id.in_(task_ids)))
        return tuple(record_of(MessageSubscription, row, message_subscription) for row in rows)

    def place(
        self, tasks: Sequence[TaskPlace], timers: Sequence[TimerPlace], messages: Sequence[MessagePlace]
    ) -> None:
        self._place(user_task, "task_id", TaskPlace, tasks)
        self._place(timer, "timer_id", TimerPlace, timers)
        self._place(message_subscription, "task_id", MessagePlace, messages)

    def hang(self, case_id: str, deadlines: Mapping[str, str], timers: Mapping[str, str]) -> None:
        self._hang(deadline, deadline.c.deadline_id, deadlines)
        of_case = timer.c.case_id == case_id  # ix_timer_of_case
        self._hang(timer, timer.c.deadline_id, deadlines, of_case, timer.c.kind != TimerKind.BPMN)
        self._hang(timer, timer.c.timer_id, timers)

    def wait_again(self, timer_ids: Sequence[str], state: TimerState) -> None:
        if timer_ids:
            cancelled = sa.and_(timer.c.timer_id.in_(timer_ids), timer.c.state == TimerState.CANCELLED)
            self._connection.execute(sa.update(timer).where(cancelled).values(state=state))

    def await_again(self, subscriptions: Sequence[MessageSubscription]) -> None:
        if subscriptions:
            self._connection.execute(sa.insert(message_subscription), [values_of(s) for s in subscriptions])

    def _hang(
        self, table: sa.Table, key: sa.Column[str], on: Mapping[str, str], *only: sa.ColumnElement[bool]
    ) -> None:
        if on:
            named = sa.update(table).where(key == sa.bindparam("of_key"), *only)
            rows = [{"of_key": each, "new_on": activity} for each, activity in on.items()]
            self._connection.execute(named.values(attached_to=sa.bindparam("new_on")), rows)

    def _place(self, table: sa.Table, key: str, kind: type, places: Sequence[object]) -> None:
        if not places:
            return
        names = [field.name for field in fields(kind) if field.name != key]
        still = table.c.state == TaskState.OPEN if table is user_task else sa.true()
        self._connection.execute(
            sa.update(table)
            .where(table.c[key] == sa.bindparam("of_key"), still)
            .values({name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in names}),
            [
                {"of_key": getattr(place, key), **{f"new_{name}": getattr(place, name) for name in names}}
                for place in places
            ],
        )

    def _of(self, run_id: str, outcome: Outcome | None) -> sa.Select[Any]:
        statement = sa.select(*_LIGHT, _I.detail).where(_I.run_id == run_id)  # ix_move_item_of_run
        if outcome is not None:
            statement = statement.where(_I.outcome == outcome)
        return statement.order_by(*_order(outcome))

    def _items(self, statement: sa.Select[Any]) -> tuple[MoveItem, ...]:
        rows = self._connection.execute(statement)
        return tuple(record_of(MoveItem, row, move_item, snapshot_before=None) for row in rows)

    def _one(self, run_id: str, instance_id: str) -> sa.Select[Any]:
        return sa.select(move_item).where(_I.run_id == run_id, _I.instance_id == instance_id)

    def _item(self, statement: sa.Select[Any]) -> MoveItem | None:
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else record_of(MoveItem, row, move_item)

    def _runs(self, statement: sa.Select[Any], limit: int) -> tuple[MoveRun, ...]:
        rows = self._connection.execute(statement.order_by(_R.created_at.desc(), _R.run_id.desc()).limit(limit))
        return tuple(record_of(MoveRun, row, move_run) for row in rows)


def _order(outcome: Outcome | None) -> tuple[sa.ColumnElement[Any], ...]:
    return (_I.position,) if outcome is not None else (_I.outcome, _I.position)
