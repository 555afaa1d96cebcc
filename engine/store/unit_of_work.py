"""The unit of work: one database transaction and the repositories over it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from functools import cached_property

import sqlalchemy as sa
import sqlalchemy.exc

from engine.errors import StoreAway
from engine.store.connection import BUSY_MILLISECONDS, WRITING
from engine.store.failures import conflict_of
from engine.store.repositories.calendar import Calendar
from engine.store.repositories.cases import Cases
from engine.store.repositories.deadlines import Deadlines
from engine.store.repositories.definitions import Definitions
from engine.store.repositories.deliveries import Deliveries
from engine.store.repositories.desk import Desk
from engine.store.repositories.directory import Directory
from engine.store.repositories.dossier import Dossier
from engine.store.repositories.drafts import Drafts
from engine.store.repositories.duties import Duties
from engine.store.repositories.instances import Instances
from engine.store.repositories.known import Known
from engine.store.repositories.ledger import Ledger
from engine.store.repositories.messages import Messages
from engine.store.repositories.moving import Moving
from engine.store.repositories.operating import Operating
from engine.store.repositories.org import Org
from engine.store.repositories.outages import Outages
from engine.store.repositories.papers import Papers
from engine.store.repositories.public import Public
from engine.store.repositories.reach import Reach
from engine.store.repositories.registers import Registers
from engine.store.repositories.reports import Reports
from engine.store.repositories.saved_views import SavedViews
from engine.store.repositories.stand_ins import StandIns
from engine.store.repositories.studio import Studio
from engine.store.repositories.tables import Tables
from engine.store.repositories.tasks import Tasks
from engine.store.repositories.timers import Timers
from engine.store.sealing import Sealer
from engine.store.turns import Turns


class SqlUnitOfWork:
    """Implements `UnitOfWork` over a connection whose transaction somebody else ends."""

    def __init__(self, connection: sa.Connection, sealer: Sealer, *, is_writing: bool) -> None:
        self.connection = connection
        self._sealer = sealer
        self._is_writing = is_writing
        self._known = Known()

    @cached_property
    def org(self) -> Org:
        return Org(self.connection, self._known, is_writing=self._is_writing)

    @cached_property
    def directory(self) -> Directory:
        return Directory(self.connection, self._known, is_writing=self._is_writing)

    @cached_property
    def definitions(self) -> Definitions:
        return Definitions(self.connection)

    @cached_property
    def cases(self) -> Cases:
        return Cases(self.connection, self._sealer)

    @cached_property
    def instances(self) -> Instances:
        return Instances(self.connection, self._known)

    @cached_property
    def messages(self) -> Messages:
        return Messages(self.connection)

    @cached_property
    def tasks(self) -> Tasks:
        return Tasks(self.connection, self._known, self._sealer)

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(self.connection, self._sealer)

    @cached_property
    def timers(self) -> Timers:
        return Timers(self.connection, self._known)

    @cached_property
    def registers(self) -> Registers:
        return Registers(self.connection, is_writing=self._is_writing)

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(self.connection, self._known)

    @cached_property
    def tables(self) -> Tables:
        return Tables(self.connection, self._known)

    @cached_property
    def deadlines(self) -> Deadlines:
        return Deadlines(self.connection)

    @cached_property
    def duties(self) -> Duties:
        return Duties(self.connection)

    @cached_property
    def reach(self) -> Reach:
        return Reach(self.connection, self._known, self._sealer)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.connection)

    @cached_property
    def outages(self) -> Outages:
        return Outages(self.connection)

    @cached_property
    def views(self) -> SavedViews:
        return SavedViews(self.connection)

    @cached_property
    def studio(self) -> Studio:
        return Studio(self.connection)

    @cached_property
    def moving(self) -> Moving:
        return Moving(self.connection)

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.connection)

    @cached_property
    def dossier(self) -> Dossier:
        return Dossier(self.connection, self._sealer)

    @cached_property
    def papers(self) -> Papers:
        return Papers(self.connection, self._sealer)

    @cached_property
    def stand_ins(self) -> StandIns:
        return StandIns(self.connection, self._known)

    @cached_property
    def public(self) -> Public:
        return Public(self.connection, self._sealer)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self.connection, self._sealer)

    @cached_property
    def operating(self) -> Operating:
        return Operating(self.connection, self._known)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self.connection, self._sealer)


class SqlStore:
    """Implements `Store`. `engine` is for the store's own tests and migrations."""

    def __init__(self, engine: sa.Engine, sealer: Sealer) -> None:
        self.engine = engine
        self._sealer = sealer
        self._writing = engine.execution_options(**{WRITING: True})
        self._reading = engine
        self._shared: ContextVar[SqlUnitOfWork | None] = ContextVar("shared", default=None)
        self._turns = Turns(BUSY_MILLISECONDS / 1000) if engine.dialect.name == "sqlite" else None
        if engine.dialect.name == "postgresql":
            # one snapshot for all statements of a page, as a reading transaction has on SQLite
            self._reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def write(self) -> Iterator[SqlUnitOfWork]:
        """Raises Conflict where somebody else was first, from any statement or from the commit."""
        try:
            with self._turns.turn() if self._turns else nullcontext(), self._writing.begin() as connection:
                yield SqlUnitOfWork(connection, self._sealer, is_writing=True)
            # who reads after it wants to see it
            self._shared.set(None)
        except (sqlalchemy.exc.DBAPIError, sqlite3.Error) as error:
            conflict = conflict_of(error)
            if conflict is None:
                raise
            raise conflict from error

    @contextmanager
    def read(self) -> Iterator[SqlUnitOfWork]:
        shared = self._shared.get()
        if shared is None:
            with self._reading.begin() as connection:
                yield SqlUnitOfWork(connection, self._sealer, is_writing=False)
            return
        try:
            yield shared
        except BaseException:
            # whatever it was, the transaction may be of no use any more: who reads next begins another
            self._shared.set(None)
            raise

    @contextmanager
    def shared_reading(self) -> Iterator[None]:
        with self._reading.connect() as connection:
            transaction = connection.begin()
            self._shared.set(SqlUnitOfWork(connection, self._sealer, is_writing=False))
            try:
                yield
            finally:
                self._shared.set(None)
                # a rollback would make the driver forget every statement that it has prepared; and there is
                # nothing to lose where the database went away
                with suppress(StoreAway):
                    transaction.commit()

    def close(self) -> None:
        """Gives all connections back to the database."""
        self.engine.dispose()
