"""What belongs to a case file beside its steps: comments, links, versions of attachments, tokens of its parties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.records.case import CaseFile, Instance
from engine.records.dossier import LinkedCase
from engine.records.org import Actor
from engine.records.step import MessageSubscription
from engine.records.task import TaskState, UserTask
from engine.records.time import Deadline, TimerKind, TimerState
from engine.records.work import CaseLink, Comment
from engine.store.party_tokens import PartyTokens
from engine.store.repositories.party_tokens import fill_batch
from engine.store.repositories.phrases import cases_saying
from engine.store.repositories.searching import may_see_one
from engine.store.rows import columns_of, record_of, upsert, values_of
from engine.store.sealing import Sealer
from engine.store.tables.case import case_file, instance, party
from engine.store.tables.exchange import attachment, message_subscription
from engine.store.tables.task import user_task
from engine.store.tables.time import deadline, timer
from engine.store.tables.work import case_link, party_token
from engine.store.tables.work import comment as comments


class Dossier:
    """Implements `DossierRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def party_tokens(self, text: str) -> tuple[str, ...]:
        return PartyTokens(self._sealer).of_text(text)

    def cases_of_party(self, tokens: Sequence[str], limit: int = 200) -> tuple[str, ...]:
        if not tokens:
            return ()
        c = party_token.c
        statement = sa.select(c.case_id).where(c.token.in_(tokens)).distinct().limit(limit)  # the primary key
        return tuple(self._connection.scalars(statement))

    def fill_party_tokens(self, after: str) -> str | None:
        return fill_batch(self._connection, self._sealer, after)

    def sharing_parties(self, case_id: str, limit: int = 200) -> Mapping[str, frozenset[str]]:
        own, other = party_token.alias("own"), party_token.alias("other")
        rows = self._connection.execute(
            sa.select(other.c.case_id, other.c.kind)
            # ix_party_of_case, ix_party_token_of_party, the primary key
            .select_from(
                party.join(own, own.c.party_id == party.c.party_id).join(
                    other, sa.and_(other.c.token == own.c.token, other.c.kind == own.c.kind)
                )
            )
            .where(party.c.case_id == case_id, other.c.case_id != case_id)
            .distinct()
            .limit(limit)
        )
        shared: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            shared[row.case_id].add(row.kind)
        return {found: frozenset(kinds) for found, kinds in shared.items()}

    def newest_of_unit(self, actor: Actor, unit: str, limit: int) -> tuple[CaseFile, ...]:
        newest = (
            sa.select(case_file.c.case_id)
            .where(case_file.c.unit == unit)  # ix_case_file_of_unit
            .order_by(case_file.c.created_at.desc())
            .limit(limit)
            .subquery()
        )
        return self._visible(actor, case_file.c.case_id.in_(sa.select(newest.c.case_id)))

    def saying(self, phrases: Sequence[str], most: int) -> Mapping[str, tuple[str, ...]]:
        return cases_saying(self._connection, phrases, most)

    def visible(self, actor: Actor, case_ids: Sequence[str]) -> tuple[CaseFile, ...]:
        return self._visible(actor, case_file.c.case_id.in_(case_ids)) if case_ids else ()

    def _visible(self, actor: Actor, which: sa.ColumnElement[bool]) -> tuple[CaseFile, ...]:
        rows = self._connection.execute(
            sa.select(*columns_of(CaseFile, case_file)).where(which, may_see_one(actor))
        )
        return tuple(record_of(CaseFile, row, case_file) for row in rows)

    def tasks_of_case(self, case_id: str) -> tuple[UserTask, ...]:
        rows = self._connection.execute(
            sa.select(*columns_of(UserTask, user_task))
            .where(user_task.c.case_id == case_id)  # ix_user_task_of_case
            .order_by(user_task.c.opened_at, user_task.c.task_id)
        )
        return tuple(record_of(UserTask, row, user_task) for row in rows)

    def begin_series(self, attachment_id: str) -> None:
        statement = sa.update(attachment).where(attachment.c.attachment_id == attachment_id)
        self._connection.execute(statement.values(series_id=attachment_id))

    def instances(self, case_id: str) -> tuple[Instance, ...]:
        rows = self._connection.execute(
            sa.select(instance)
            .where(instance.c.case_id == case_id)  # ix_instance_of_case
            .order_by(instance.c.started_at, instance.c.instance_id)
        )
        return tuple(record_of(Instance, row, instance) for row in rows)

    def deadlines(self, case_id: str) -> tuple[Deadline, ...]:
        rows = self._connection.execute(
            sa.select(*columns_of(Deadline, deadline))
            .where(deadline.c.case_id == case_id)  # ix_deadline_of_case
            .order_by(deadline.c.started_at, deadline.c.deadline_id)
        )
        return tuple(record_of(Deadline, row, deadline) for row in rows)

    def subscriptions(self, task_ids: Sequence[str]) -> tuple[MessageSubscription, ...]:
        which = message_subscription.c.task_id.in_(task_ids)  # the primary key
        rows = self._connection.execute(sa.select(message_subscription).where(which))
        return tuple(record_of(MessageSubscription, row, message_subscription) for row in rows)

    def reopen_steps(
        self, task_ids: Sequence[str], timer_ids: Sequence[str], deadline_ids: Sequence[str], ended_at: datetime
    ) -> None:
        c, t = user_task.c, timer.c
        ended = sa.and_(c.state == TaskState.CANCELLED, c.closed_at == ended_at)
        which = sa.or_(c.task_id.in_(task_ids), c.parent_id.in_(task_ids))
        opened = {"state": TaskState.OPEN, "closed_at": None, "closed_by": None}
        self._connection.execute(sa.update(user_task).where(ended, which).values(opened))
        rung = sa.and_(t.deadline_id.in_(deadline_ids), t.kind == TimerKind.RUNG)
        over = sa.and_(t.state == TimerState.CANCELLED, sa.or_(t.timer_id.in_(timer_ids), rung))
        self._connection.execute(sa.update(timer).where(over).values(state=TimerState.WAITING, next_at=t.due_at))

    def reopen_case(self, case_id: str, state: str) -> None:
        again = {"state": state, "closed_at": None, "merged_into": None}
        self._connection.execute(sa.update(case_file).where(case_file.c.case_id == case_id).values(again))

    def comments(self, case_id: str) -> tuple[Comment, ...]:
        rows = self._connection.execute(
            sa.select(comments)
            .where(comments.c.case_id == case_id)  # ix_comment_of_case
            .order_by(comments.c.at, comments.c.comment_id)
        )
        return tuple(record_of(Comment, row, comments) for row in rows)

    def add_comment(self, comment: Comment) -> None:
        self._connection.execute(sa.insert(comments), values_of(comment))

    def links(self, actor: Actor, case_id: str) -> tuple[LinkedCase, ...]:
        c = case_file.c
        rows = self._connection.execute(
            sa.select(case_link, c.number, c.title, c.state, c.created_at, c.closed_at)
            .select_from(case_link.join(case_file, case_link.c.other_id == c.case_id))
            .where(case_link.c.case_id == case_id, may_see_one(actor))  # the primary key
            .order_by(case_link.c.at, case_link.c.other_id)
        )
        return tuple(
            LinkedCase(
                record_of(CaseLink, row, case_link), row.number, row.title, row.state, row.created_at, row.closed_at
            )
            for row in rows
        )

    def taken_in(self, case_id: str) -> tuple[CaseFile, ...]:
        rows = self._connection.execute(
            sa.select(*columns_of(CaseFile, case_file))
            .select_from(case_link.join(case_file, case_link.c.other_id == case_file.c.case_id))
            .where(case_link.c.case_id == case_id, case_link.c.kind == "merged_from")  # the primary key
            .order_by(case_link.c.at, case_link.c.other_id)
        )
        return tuple(record_of(CaseFile, row, case_file) for row in rows)

    def link(self, case_id: str, other_id: str, kind: str) -> CaseLink | None:
        row = self._connection.execute(sa.select(case_link).where(*_is(case_id, other_id, kind))).one_or_none()
        return None if row is None else record_of(CaseLink, row, case_link)

    def add_links(self, links: Sequence[CaseLink]) -> None:
        once = upsert(self._connection, case_link, ["case_id", "other_id", "kind"], None)
        self._connection.execute(once, [values_of(link) for link in links])

    def drop_links(self, links: Sequence[CaseLink]) -> None:
        for link in links:
            self._connection.execute(sa.delete(case_link).where(*_is(link.case_id, link.other_id, link.kind)))


def _is(case_id: str, other_id: str, kind: str) -> tuple[sa.ColumnElement[bool], ...]:
    c = case_link.c
    return c.case_id == case_id, c.other_id == other_id, c.kind == kind
