"""Backlogs of timers: cases copied row by row from two that the engine itself started.

A `reminder` is a timer event of a diagram that tells the holders of a role; a `rung` is a row of the shipped ladder
of rule T5 that tells whoever has the task. Each copy has exactly one of the two due; its other timers are far off.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from bench.report import progress
from engine.bootstrap import build
from engine.cases.start import start_case
from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.definitions.deploy import deploy_procedure
from engine.ports.engine import Engine
from engine.sample.setup import set_up_sample
from engine.store.types import UtcDateTime
from engine.store.unit_of_work import SqlStore
from tests.postgres import administer, running_cluster, url_of
from tests.unit.kernel.bpmn_builder import Bpmn

STARTED_AT: Final = datetime(2025, 9, 26, 1, 0, tzinfo=UTC)
FAR_OFF: Final = datetime(2090, 1, 1, tzinfo=UTC)
REMINDER, RUNG = "bench_reminder", "bench_rung"
RUNGS_EVERY: Final = 5
"""Every fifth due timer is a rung."""
_COPIED: Final = ("case_file", "instance", "user_task", "deadline", "timer", "audit_entry", "path_entry")
_NUMBER: Final = "#number#"
_CHUNK: Final = 1000
_MEMORY: Final = {"shared_buffers": "128MB"}
"""What PostgreSQL has where nobody sets it; the tests' clusters make do with less."""
Template = dict[str, list[dict[str, Any]]]
"""Rows by table, as the driver gives them, each id with its first eight characters replaced by `_NUMBER`."""


@dataclass(frozen=True)
class Office:
    """A database with the sample office and the two procedures."""

    settings: Settings
    engine: Engine

    @property
    def database(self) -> sa.Engine:
        assert isinstance(self.engine.store, SqlStore)
        return self.engine.store.engine

    def backlog(
        self,
        count: int,
        *,
        first_due: datetime,
        apart: timedelta,
        name: str,
        rungs_every: int = RUNGS_EVERY,
    ) -> None:
        """`count` cases, each with one timer due, one after another; every `rungs_every`th is a rung."""
        templates = {procedure: self._template(procedure) for procedure in (REMINDER, RUNG)}
        at = UtcDateTime()
        dialect = self.database.dialect
        far = at.process_bind_param(FAR_OFF, dialect)
        with self.database.begin() as connection:
            for first in progress(f"{name}: thousands of cases", range(0, count, _CHUNK)):
                copies: dict[str, list[dict[str, Any]]] = {table: [] for table in _COPIED}
                for number in range(first, min(first + _CHUNK, count)):
                    is_rung = number % rungs_every == rungs_every - 1
                    due = at.process_bind_param(first_due + number * apart, dialect)
                    for table, row in _copied(templates[RUNG if is_rung else REMINDER], number + 1):
                        if table == "timer":
                            is_due = row["kind"] == ("rung" if is_rung else "bpmn") and row["rung"] in (
                                None,
                                "duty.red",
                            )
                            row["due_at"] = row["next_at"] = due if is_due else far
                        copies[table].append(row)
                for table in _COPIED:
                    insert_rows(connection, table, copies[table])
        with self.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")

    def _template(self, procedure: str) -> Template:
        with self.engine.store.read() as work:
            person = work.org.person_by_username("dengji")
            actor = work.org.actor(person.person_id) if person else None
        assert actor is not None
        case_id = start_case(self.engine, actor, procedure, {}).case_id
        with self.database.begin() as connection:
            rows = {table: case_rows(connection, table, case_id) for table in _COPIED}
            for table in ("timer", "deadline"):
                connection.exec_driver_sql(f"DELETE FROM {table} WHERE case_id = '{case_id}'")
        ids = _ids(rows)
        return {table: [_marked(row, ids) for row in found] for table, found in rows.items()}


@contextmanager
def office_on(database: str) -> Iterator[Office]:
    """A fresh office on SQLite or PostgreSQL; the cluster is the tests' own, which does not wait for the disk."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as home:
        if database == "SQLite":
            with _office(Settings(home=Path(home))) as office:
                yield office
            return
        with running_cluster(_MEMORY) as sockets:
            administer(sockets, "CREATE DATABASE bench")
            with _office(Settings(home=Path(home), database_url=url_of(sockets, "bench"))) as office:
                yield office


@contextmanager
def _office(settings: Settings) -> Iterator[Office]:
    engine = build(settings, ManualClock(STARTED_AT))
    try:
        set_up_sample(engine, password=None)
        for diagram in (_reminder(), _rung()):
            deploy_procedure(engine, None, diagram.process_id, {f"{diagram.process_id}.bpmn": diagram.xml()})
        yield Office(settings, engine)
    finally:
        engine.store.close()


def _reminder() -> Bpmn:
    diagram = Bpmn(REMINDER).lane("l", role="registrar").start("s", lane="l").manual("handle", lane="l")
    diagram.end("e", lane="l")
    diagram.timer_boundary(
        "due", on="handle", expression="PT1H", interrupting=False, lane="l", properties={"only_reminds": "yes"}
    )
    return diagram.service("tell", "notify", {"role": '"supervisor"', "topic": '"催办"'}, lane="l").end(
        "told", lane="l"
    )


def _rung() -> Bpmn:
    diagram = Bpmn(RUNG).lane("l", role="registrar").start("s", lane="l").manual("handle", lane="l")
    diagram.end("e", lane="l")
    diagram.timer_boundary(
        "due", on="handle", expression='deadline("T5")', kind="timeDate", interrupting=False, lane="l"
    )
    return diagram.end("late", lane="l")


def case_rows(connection: sa.Connection, table: str, case_id: str) -> list[dict[str, Any]]:
    of_case = f"case_id = '{case_id}'"
    if table == "path_entry":
        of_case = f"instance_id IN (SELECT instance_id FROM instance WHERE {of_case})"
    order = " ORDER BY seq" if table in ("audit_entry", "path_entry") else ""
    found = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE {of_case}{order}")
    return [{name: value for name, value in row._mapping.items() if name != "seq"} for row in found]


def _ids(rows: Template) -> list[str]:
    """Every id that the rows give away: 36 characters, or the part of a task's id that its instance's share."""
    ids = {
        row[key]
        for found in rows.values()
        for row in found
        for key in ("case_id", "instance_id", "entry_id", "deadline_id")
        if row.get(key)
    }
    return [*ids, rows["user_task"][0]["task_id"][:28]]


def _marked(row: dict[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    marked = dict(row)
    for column in row:
        for each in ids:
            known = marked[column]
            if isinstance(known, str):
                marked[column] = known.replace(each, _NUMBER + each[8:])
            elif isinstance(known, bytes):
                marked[column] = known.replace(each.encode(), (_NUMBER + each[8:]).encode())
    return marked


def _copied(template: Template, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    text = f"{number:08x}"
    for table, rows in template.items():
        for row in rows:
            yield table, {column: _numbered(value, text) for column, value in row.items()}


def _numbered(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return value.replace(_NUMBER, text)
    if isinstance(value, bytes):
        return value.replace(_NUMBER.encode(), text.encode())
    return value


def insert_rows(connection: sa.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = list(rows[0])
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        columns = ", ".join(f'"{name}"' for name in names)
        statement = f"INSERT INTO {table} ({columns}) VALUES ({', '.join([mark] * len(names))})"
        connection.exec_driver_sql(statement, [tuple(row[name] for name in names) for row in rows])
