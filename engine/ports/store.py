"""The unit of work and its repositories, as the use cases see them.

A unit of work is one database transaction: it commits when its block ends, and rolls back on any exception.
`with store.write() as work:` starts a writing transaction (BEGIN IMMEDIATE on SQLite); `store.read()` a reading
one. Repositories take and return frozen records. Statement counts given here are for SQLite and PostgreSQL alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from engine.ports.desk import DeskRepository
from engine.ports.directory import DirectoryRepository
from engine.ports.dossier import DossierRepository
from engine.ports.drafts import DraftRepository
from engine.ports.ledger import LedgerRepository, OutageRepository
from engine.ports.locked import DueTimer, LockedTask
from engine.ports.moving import MovingRepository
from engine.ports.operating import OperatingRepository
from engine.ports.papers import PapersRepository
from engine.ports.public import PublicRepository
from engine.ports.reach import DeliveryRepository, ReachRepository
from engine.ports.reports import ReportRepository
from engine.ports.stand_ins import StandInsRepository
from engine.ports.studio import StudioRepository
from engine.ports.time import CalendarRepository, DeadlineRepository, DutyRepository, TableRepository
from engine.ports.views import SavedViewsRepository
from engine.records.attachment import Attachment
from engine.records.case import CaseFile, Instance, Party
from engine.records.definition import Definition, DefinitionSummary
from engine.records.org import Actor, Grant, Person, Unit
from engine.records.step import (
    AuditEntry,
    Incident,
    MessageSubscription,
    OutboxEntry,
    OutgoingMessage,
    Paper,
    PathEntry,
    StepBatch,
)
from engine.records.task import UserTask
from engine.records.time import Deadline, Timer
from engine.records.views import CasePage, CaseView, InboxPage, InboxQuery, RegisterQuery
from engine.values import Data


class OrgRepository(Protocol):
    def add_units(self, units: Sequence[Unit]) -> None: ...
    def add_person(self, person: Person, grants: Sequence[Grant]) -> None: ...
    def save_person(self, person: Person) -> None: ...
    def person_by_username(self, username: str) -> Person | None: ...
    def person(self, person_id: str) -> Person | None: ...
    def actor(self, person_id: str, at: datetime | None = None) -> Actor | None:
        """The person with the grants in force and what it stands aside from, None where unknown or inactive.

        `at`: with those whom it stands in for at that moment; None: with nobody. One statement.
        """
        ...

    def units(self) -> tuple[Unit, ...]: ...
    def unit_names(self) -> Mapping[str, tuple[str, str]]:
        """In Chinese and in English (may be empty), by code and in its order."""
        ...

    def people(self) -> tuple[Person, ...]: ...
    def grants(self) -> Mapping[str, tuple[Grant, ...]]:
        """By person id."""
        ...

    def holders(self, role: str, unit: str | None) -> tuple[Person, ...]:
        """Active persons who hold the role (in the unit, where one is given). One statement."""
        ...

    def addressees(self, posts: Sequence[tuple[str, str | None]], person_ids: Sequence[str]) -> tuple[Person, ...]:
        """Active persons who hold one of the posts (role, unit; None: any unit) or are named. One statement.

        By user name, nobody twice.
        """
        ...


class DefinitionRepository(Protocol):
    def add(self, definition: Definition) -> None: ...
    def get(self, definition_id: str) -> Definition | None: ...
    def current(self, key: str, at: datetime) -> Definition | None:
        """The version of a procedure that is in force at the moment: the newest of those that are not retired."""
        ...

    def list(self, at: datetime, *, counted: bool = False, key: str | None = None) -> tuple[DefinitionSummary, ...]:
        """All versions (of a key), the newest first of each key; `is_current` of those in force at the moment.

        `counted`: with their open instances, which is slow.
        """
        ...

    def retire(self, definition_id: str, by: str, at: datetime) -> None: ...

    def next_version(self, key: str) -> int: ...


class CaseRepository(Protocol):
    def add(self, case: CaseFile, parties: Sequence[Party], *, submission_key: str | None = None) -> None:
        """Raises Conflict at the latest when the transaction ends, where the key has started a case already."""
        ...

    def by_submission_key(self, submission_key: str) -> CaseFile | None: ...
    def get(self, case_id: str) -> CaseFile | None: ...
    def by_number(self, number: str) -> CaseFile | None: ...
    def parties(self, case_id: str) -> tuple[Party, ...]: ...
    def add_parties(self, parties: Sequence[Party]) -> None:
        """Adds parties to an existing case, sealed. A party with the id of a stored one replaces it."""
        ...

    def view(self, case_id: str) -> CaseView | None: ...
    def register(self, actor: Actor, query: RegisterQuery, now: datetime) -> CasePage:
        """The cases that the actor may see: its units', or where it holds or held a task; never as accused unit.

        `now` is in the office's time zone: its days are those of the query.
        """
        ...

    def may_see(self, actor: Actor, case_id: str) -> bool: ...


class InstanceRepository(Protocol):
    def lock(self, instance_id: str) -> tuple[Instance, CaseFile] | None:
        """Row lock on the instance (SELECT … FOR UPDATE on PostgreSQL). One statement."""
        ...

    def lock_by_task(self, task_id: str) -> LockedTask | None:
        """One statement; the task may be closed already."""
        ...

    def get(self, instance_id: str) -> Instance | None:
        """As it stands, without a lock."""
        ...

    def path_of(self, instance_id: str) -> tuple[PathEntry, ...]:
        """The elements that the instance has passed, in order. One statement."""
        ...

    def save_step(self, batch: StepBatch) -> None:
        """Writes a whole step set by set, at most one statement for each non-empty field of the batch.

        Raises Conflict where the instance's version is not the one that the batch was made from.
        """
        ...

    def save_steps(self, batches: Sequence[StepBatch]) -> None:
        """Steps of different instances, set by set: as many statements as one step takes, but for case updates."""
        ...

    def open_deadlines(self, instance_id: str) -> tuple[Deadline, ...]: ...
    def open_deadlines_of(self, instance_ids: Sequence[str]) -> Mapping[str, tuple[Deadline, ...]]:
        """By instance id; instances without an open deadline are missing. One statement."""
        ...

    def subscriptions(self, message: str, key: str | None) -> tuple[MessageSubscription, ...]: ...


class MessageRepository(Protocol):
    def pending(self, limit: int) -> tuple[OutgoingMessage, ...]:
        """Messages not yet delivered, oldest first."""
        ...

    def claim(self, message_id: str) -> OutgoingMessage | None:
        """Inside a writing transaction: the message locked (SKIP LOCKED), None if taken or delivered."""
        ...

    def settle(self, message_id: str, state: str, at: datetime) -> None:
        """`state` is delivered, unawaited, failed or held (by a halt); the last two are pending once set so."""
        ...


class TaskRepository(Protocol):
    def get(self, task_id: str) -> UserTask | None: ...
    def open_of(self, case_id: str, instance_id: str) -> tuple[UserTask, ...]:
        """The open tasks of one instance, oldest first. One statement."""
        ...

    def completed_of(self, case_id: str, instance_id: str) -> tuple[UserTask, ...]:
        """The completed steps of one instance, the earliest first. One statement."""
        ...

    def drafted(self, task_ids: Sequence[str]) -> frozenset[str]:
        """Those of the tasks that somebody has typed into. One statement."""
        ...

    def box_counts(self, actor: Actor) -> Mapping[str, int]:
        """How many lie in each box of the inbox, no further than `cap_of` it."""
        ...

    def inbox(self, actor: Actor, query: InboxQuery, now: datetime) -> InboxPage:
        """`now` is in the office's time zone: its days are those of the query. Raises InvalidState."""
        ...

    def foresee_open(self, case_ids: Sequence[str]) -> None:
        """For steps that are saved together: `open_of_case` of these asks no more before that. One statement."""
        ...

    def open_of_case(self, case_id: str) -> tuple[UserTask, ...]:
        """All open tasks of a case, the oldest first. One statement."""
        ...

    def assign(self, task_id: str, assignee: str | None, *, expected: str | None) -> bool:
        """Sets the assignee if it is still `expected` and the task is open; says whether it did.

        Locks the instance first, as a step does.
        """
        ...


class TimerRepository(Protocol):
    def of_deadlines(self, deadline_ids: Sequence[str]) -> tuple[Timer, ...]:
        """The waiting and the held timers that hang on these deadlines, the next first. One statement."""
        ...

    def due_of_instance(self, instance_id: str, now: datetime) -> tuple[Timer, ...]:
        """Waiting timers of one instance due at `now`, oldest first, and the stale ones. One statement."""
        ...

    def due(self, now: datetime, limit: int, *, reader: Actor | None = None) -> tuple[Timer, ...]:
        """Waiting timers due (and past any `retry_at`), oldest first; work does not grow with the waiting.

        Stale ones are not among them: they are computed again first (`engine.cases.catch_up`).
        Here and below `reader`: without what belongs to cases that accuse a unit this actor acts for.
        """
        ...

    def claim_due(self, now: datetime, limit: int) -> tuple[DueTimer, ...]:
        """Inside a writing transaction: the oldest due timers, locked with their instances (SKIP LOCKED).

        One of each case: the first that fell due. At most `limit`; fewer where cases have several. One statement.
        """
        ...

    def claim(self, timer_id: str, *, wait: bool = False) -> Timer | None:
        """Inside a writing transaction: the timer and its instance locked (SKIP LOCKED), None if gone or taken.

        A timer of an instance that is in the middle of a step counts as taken: it stays due. With `wait` nothing
        counts as taken: whoever has it is waited for, and None means that it is gone. Raises Conflict where that
        takes too long.
        """
        ...

    def fail(self, timer_id: str, *, attempts: int, retry_at: datetime) -> None: ...
    def next_due_at(self, *, reader: Actor | None = None) -> datetime | None: ...
    def list(self, *, state: str | None, limit: int, reader: Actor | None = None) -> tuple[Timer, ...]: ...


class RegisterRepository(Protocol):
    """Numbers, papers, outbox, incidents, audit, attachments and system marks."""

    def next_number(self, series: str, year: int) -> int:
        """The next number of a series, without gaps or doubles: allocated in this transaction, undone with it."""
        ...

    def latest_paper(self, case_id: str, kind: str) -> Paper | None: ...
    def mark_paper_served(self, paper_id: str, served_at: datetime) -> None: ...
    def inbox_messages(
        self, person_id: str, *, unread_only: bool, limit: int, reader: Actor | None = None
    ) -> tuple[OutboxEntry, ...]: ...
    def messages_of(
        self, reader: Actor, *, is_read: bool, level: str | None, limit: int, offset: int
    ) -> tuple[OutboxEntry, ...]:
        """The reader's own, read or not, newest first; what a digest bundles stands in the digest."""
        ...

    def unread_count(self, person_id: str, *, reader: Actor | None = None) -> int: ...
    def mark_read(self, person_id: str, entry_ids: Iterable[str] | None, at: datetime) -> None: ...
    def add_incident(self, incident: Incident) -> None: ...
    def incident(self, incident_id: str) -> Incident | None: ...
    def incidents(self, *, state: str | None, limit: int, reader: Actor | None = None) -> tuple[Incident, ...]: ...
    def set_incident_state(self, incident_id: str, state: str) -> None: ...
    def add_audit(self, entries: Sequence[AuditEntry]) -> None: ...
    def audit_of(self, case_id: str | None) -> tuple[AuditEntry, ...]:
        """Oldest first. None: the system's own chain."""
        ...

    def procedure_events(self, limit: int) -> tuple[AuditEntry, ...]:
        """What was done with drafts and versions of procedures, from the system's chain, the newest first."""
        ...

    def audit_chains(self) -> tuple[str | None, ...]:
        """The case ids that have a chain or should have one; None, the system's own chain, comes first."""
        ...

    def audit_heads(self, case_id: str) -> frozenset[str]:
        """The heads that the case's instances remember, apart from the chain: the newest hash is one of them."""
        ...

    def audit_head(self, case_id: str | None) -> str:
        """The newest hash of a case's chain (None: the system's own chain), "" where it is empty.

        In a writing transaction it also locks the chain until the end, so that `add_audit` may continue it.
        """
        ...

    def add_attachment(self, attachment: Attachment, content: bytes) -> None: ...
    def attachment(self, attachment_id: str) -> tuple[Attachment, bytes] | None: ...
    def attachments(self, case_id: str) -> tuple[Attachment, ...]: ...
    def mark(self, name: str) -> Data | None:
        """A small named value of the system (last heartbeat, demo loaded, …)."""
        ...

    def set_mark(self, name: str, value: Data) -> None: ...
    def marks(self, prefix: str) -> Mapping[str, Data]:
        """Those whose names begin so, by the whole name."""
        ...

    def drop_marks(self, names: Sequence[str]) -> None: ...


class UnitOfWork(Protocol):
    @property
    def org(self) -> OrgRepository: ...
    @property
    def directory(self) -> DirectoryRepository: ...
    @property
    def definitions(self) -> DefinitionRepository: ...
    @property
    def cases(self) -> CaseRepository: ...
    @property
    def instances(self) -> InstanceRepository: ...
    @property
    def messages(self) -> MessageRepository: ...
    @property
    def tasks(self) -> TaskRepository: ...
    @property
    def drafts(self) -> DraftRepository: ...
    @property
    def timers(self) -> TimerRepository: ...
    @property
    def registers(self) -> RegisterRepository: ...
    @property
    def deliveries(self) -> DeliveryRepository: ...
    @property
    def calendar(self) -> CalendarRepository: ...
    @property
    def tables(self) -> TableRepository: ...
    @property
    def deadlines(self) -> DeadlineRepository: ...
    @property
    def duties(self) -> DutyRepository: ...
    @property
    def reach(self) -> ReachRepository: ...
    @property
    def ledger(self) -> LedgerRepository: ...
    @property
    def views(self) -> SavedViewsRepository: ...
    @property
    def studio(self) -> StudioRepository: ...
    @property
    def moving(self) -> MovingRepository: ...
    @property
    def desk(self) -> DeskRepository: ...
    @property
    def dossier(self) -> DossierRepository: ...
    @property
    def papers(self) -> PapersRepository: ...
    @property
    def stand_ins(self) -> StandInsRepository: ...
    @property
    def public(self) -> PublicRepository: ...
    @property
    def reports(self) -> ReportRepository: ...
    @property
    def outages(self) -> OutageRepository: ...
    @property
    def operating(self) -> OperatingRepository: ...


class Store(Protocol):
    def write(self) -> AbstractContextManager[UnitOfWork]: ...
    def read(self) -> AbstractContextManager[UnitOfWork]: ...
    def shared_reading(self) -> AbstractContextManager[None]:
        """Inside, every `read` of this thread is one transaction: one picture of the data, begun once.

        For what only reads. What others write meanwhile is not seen before the end; a `write` of one's own ends it.
        """
        ...

    def close(self) -> None:
        """Gives all connections back. The store is not used after that."""
        ...
