"""Numbers, papers, notifications, incidents, audit, attachments and marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from engine.records.attachment import Attachment
from engine.records.org import Actor
from engine.records.step import DIGEST, AuditEntry, Incident, OutboxEntry, Paper
from engine.store.repositories import audit
from engine.store.repositories.searching import Sight, may_know_of, sight_of
from engine.store.rows import columns_of, record_of, upsert, values_of
from engine.store.tables.exchange import IS_UNREAD, attachment_content, outbox, paper
from engine.store.tables.exchange import attachment as attachments
from engine.store.tables.journal import incident as incidents
from engine.store.tables.register import number_series, system_mark
from engine.values import Data


class Registers:
    """Implements `RegisterRepository`."""

    def __init__(self, connection: sa.Connection, *, is_writing: bool) -> None:
        self._connection = connection
        self._is_writing = is_writing

    def next_number(self, series: str, year: int) -> int:
        statement = upsert(self._connection, number_series, ["series", "year"], {"last": number_series.c.last + 1})
        first = statement.values(series=series, year=year, last=1)
        number: int = self._connection.execute(first.returning(number_series.c.last)).scalar_one()
        return number

    def latest_paper(self, case_id: str, kind: str) -> Paper | None:
        row = self._connection.execute(
            sa.select(paper)
            .where(paper.c.case_id == case_id, paper.c.kind == kind)  # ix_paper_of_case
            .order_by(paper.c.issued_at.desc(), paper.c.paper_id.desc())
            .limit(1)
        ).one_or_none()
        return None if row is None else record_of(Paper, row, paper)

    def mark_paper_served(self, paper_id: str, served_at: datetime) -> None:
        statement = sa.update(paper).where(paper.c.paper_id == paper_id)
        self._connection.execute(statement.values(state="served", served_at=served_at))

    def inbox_messages(
        self, person_id: str, *, unread_only: bool, limit: int, reader: Actor | None = None
    ) -> tuple[OutboxEntry, ...]:
        """The newest first; what a digest bundles is not listed beside it."""
        statement = sa.select(*columns_of(OutboxEntry, outbox)).where(
            outbox.c.recipient == person_id, _is_shown(reader)
        )
        if unread_only:
            statement = statement.where(IS_UNREAD)
        rows = self._connection.execute(statement.order_by(outbox.c.seq.desc()).limit(limit))  # ix_outbox_of_person
        return tuple(record_of(OutboxEntry, row, outbox) for row in rows)

    def messages_of(
        self, reader: Actor, *, is_read: bool, level: str | None, limit: int, offset: int
    ) -> tuple[OutboxEntry, ...]:
        # ix_outbox_of_person, ix_outbox_unread
        statement = sa.select(*columns_of(OutboxEntry, outbox)).where(
            outbox.c.recipient == reader.person_id,
            outbox.c.read_at.is_not(None) if is_read else IS_UNREAD,
            _is_shown(reader),
        )
        if level is not None:
            statement = statement.where(outbox.c.level == level)
        rows = self._connection.execute(statement.order_by(outbox.c.seq.desc()).limit(limit).offset(offset))
        return tuple(record_of(OutboxEntry, row, outbox) for row in rows)

    def unread_count(self, person_id: str, *, reader: Actor | None = None) -> int:
        return (
            self._connection.scalar(
                _counting_unread(None if reader is None else sight_of(reader)), {"person_id": person_id}
            )
            or 0
        )

    def mark_read(self, person_id: str, entry_ids: Iterable[str] | None, at: datetime) -> None:
        """All of the person's messages where `entry_ids` is None; never another person's."""
        statement = sa.update(outbox).where(outbox.c.recipient == person_id, IS_UNREAD)
        if entry_ids is not None:
            chosen = list(entry_ids)
            statement = statement.where(outbox.c.entry_id.in_(chosen) | outbox.c.digest_id.in_(chosen))
        self._connection.execute(statement.values(read_at=at))

    def add_incident(self, incident: Incident) -> None:
        self._connection.execute(sa.insert(incidents), values_of(incident))

    def incident(self, incident_id: str) -> Incident | None:
        statement = sa.select(incidents).where(incidents.c.incident_id == incident_id)
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else record_of(Incident, row, incidents)

    def incidents(self, *, state: str | None, limit: int, reader: Actor | None = None) -> tuple[Incident, ...]:
        """The newest first."""
        statement = sa.select(incidents).where(may_know_of(reader, incidents.c.case_id))
        statement = statement.order_by(incidents.c.at.desc(), incidents.c.incident_id)  # ix_incident_newest
        if state is not None:
            statement = statement.where(incidents.c.state == state)  # ix_incident_by_state
        rows = self._connection.execute(statement.limit(limit))
        return tuple(record_of(Incident, row, incidents) for row in rows)

    def set_incident_state(self, incident_id: str, state: str) -> None:
        statement = sa.update(incidents).where(incidents.c.incident_id == incident_id)
        self._connection.execute(statement.values(state=state))

    def add_audit(self, entries: Sequence[AuditEntry]) -> None:
        audit.append(self._connection, entries)

    def audit_of(self, case_id: str | None) -> tuple[AuditEntry, ...]:
        return audit.read_chain(self._connection, case_id)

    def procedure_events(self, limit: int) -> tuple[AuditEntry, ...]:
        return audit.read_procedure_events(self._connection, limit)

    def audit_chains(self) -> tuple[str | None, ...]:
        return audit.read_chains(self._connection)

    def audit_heads(self, case_id: str) -> frozenset[str]:
        return audit.read_remembered_heads(self._connection, case_id)

    def audit_head(self, case_id: str | None) -> str:
        return audit.read_head(self._connection, case_id, locking=self._is_writing)

    def add_attachment(self, attachment: Attachment, content: bytes) -> None:
        once = upsert(self._connection, attachment_content, ["sha256"], None)
        self._connection.execute(once, {"sha256": attachment.sha256, "content": content})
        self._connection.execute(sa.insert(attachments), values_of(attachment))

    def attachment(self, attachment_id: str) -> tuple[Attachment, bytes] | None:
        row = self._connection.execute(
            sa.select(attachments, attachment_content.c.content)
            .select_from(attachments.join(attachment_content))
            .where(attachments.c.attachment_id == attachment_id)
        ).one_or_none()
        return None if row is None else (record_of(Attachment, row, attachments), row.content)

    def attachments(self, case_id: str) -> tuple[Attachment, ...]:
        rows = self._connection.execute(
            sa.select(attachments)
            .where(attachments.c.case_id == case_id)  # ix_attachment_of_case
            .order_by(attachments.c.added_at, attachments.c.attachment_id)
        )
        return tuple(record_of(Attachment, row, attachments) for row in rows)

    def mark(self, name: str) -> Data | None:
        value: Data | None = self._connection.scalar(
            sa.select(system_mark.c.value).where(system_mark.c.name == name)
        )
        return value

    def set_mark(self, name: str, value: Data) -> None:
        statement = upsert(self._connection, system_mark, ["name"], {"value": None})
        self._connection.execute(statement, {"name": name, "value": value})

    def marks(self, prefix: str) -> Mapping[str, Data]:
        # a dozen rows in all
        begins = system_mark.c.name.startswith(prefix, autoescape=True)
        rows = self._connection.execute(sa.select(system_mark).where(begins))
        return {row.name: row.value for row in rows}

    def drop_marks(self, names: Sequence[str]) -> None:
        self._connection.execute(sa.delete(system_mark).where(system_mark.c.name.in_(names)))


@lru_cache(maxsize=512)
def _counting_unread(reader: Sight | None) -> sa.Select[int]:
    """Put together once for a person: every page asks for it."""
    whose = outbox.c.recipient == sa.bindparam("person_id"), IS_UNREAD  # ix_outbox_unread
    return (
        sa.select(sa.func.count())
        .select_from(outbox)
        .where(_is_shown(None if reader is None else reader.actor), *whose)
    )


def _is_shown(reader: Actor | None) -> sa.ColumnElement[bool]:
    """The message is one of its own, not part of a digest; and of a digest, the reader may know of some member."""
    member = outbox.alias("member")
    known = sa.exists().where(member.c.digest_id == outbox.c.entry_id, may_know_of(reader, member.c.case_id))
    return sa.and_(
        outbox.c.digest_id.is_(None),
        may_know_of(reader, outbox.c.case_id),
        sa.or_(outbox.c.topic != DIGEST, known.correlate(outbox)),  # ix_outbox_of_digest
    )
