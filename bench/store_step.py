"""One durable step: milliseconds, SQL statements and snapshot bytes, and whether a case's age makes it slower.

The procedure loops through one task with a deadline. Steps of a case that is about 200 steps old and of others that
are about 5 steps old are taken in turn, so that noise hits both alike.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

from bench.report import Row, progress, share, typical
from engine.bootstrap import build
from engine.cases.start import start_case
from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.definitions.deploy import deploy_procedure
from engine.records.org import Actor
from engine.records.views import InboxQuery
from engine.sample.setup import set_up_sample
from engine.store.statements import count_statements
from engine.tasks.complete import complete_task
from engine.tasks.inbox import inbox
from tests.postgres import running_cluster, url_of
from tests.unit.kernel.bpmn_builder import Bpmn

AGED_CASES = 2
YOUNG, OLD = 5, 200
EARLY, LATE = range(3, 8), range(185, 215)
_START = datetime(2025, 9, 26, 1, 0, tzinfo=UTC)
_BETWEEN = timedelta(seconds=1)


@dataclass(frozen=True)
class _Step:
    """One durable step: milliseconds, SQL statements, and the bytes of the snapshot that it saved."""

    milliseconds: float
    statements: int
    snapshot: int


def rows(aged: int = AGED_CASES) -> Iterator[Row]:
    """Rows for SQLite and for PostgreSQL; the cluster is the tests' own, which does not wait for the disk."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as home:
        yield from _rows("SQLite", Settings(home=Path(home)), aged)
    with running_cluster() as sockets, tempfile.TemporaryDirectory(prefix="duban-bench-") as home:
        yield from _rows("PostgreSQL", Settings(home=Path(home), database_url=url_of(sockets, "postgres")), aged)


def _rows(database: str, settings: Settings, aged: int) -> Iterator[Row]:
    office = _Office(settings)
    steps: dict[int, list[_Step]] = {step: [] for step in (*EARLY, *LATE)}
    for _ in range(aged):
        for step, taken in office.aged(database):
            steps[step].append(taken)
    office.engine.store.close()
    milliseconds = [typical([s.milliseconds for n in around for s in steps[n]]) for around in (LATE, EARLY)]
    old, young = steps[OLD][-1], steps[YOUNG][-1]
    against = f"step {YOUNG}"
    yield share(f"durable step {OLD}, {database}", "ms", milliseconds, against, 1.3)
    yield share("  its SQL statements", "statements", (old.statements, young.statements), against, 1.0)
    yield share("  its snapshot", "bytes", (old.snapshot, young.snapshot), against, 1.3)


class _Office:
    """A sample office on a fresh database, and the registrar who does every step."""

    def __init__(self, settings: Settings) -> None:
        self.clock = ManualClock(_START)
        self.engine = build(settings, self.clock)
        set_up_sample(self.engine, password=None)
        deploy_procedure(self.engine, None, "looping", _procedure())
        with self.engine.store.read() as work:
            person = next(p for p in work.org.people() if p.username == "dengji")
            actor = work.org.actor(person.person_id)
        assert actor is not None
        self.actor: Actor = actor

    def aged(self, name: str) -> Iterator[tuple[int, _Step]]:
        """Steps of an old case and of young ones, with their numbers, as many of each."""
        old = self._case()
        for _ in progress(f"durable, {name}: ageing a case", range(1, LATE.start)):
            self._step(old)
        for late in range(LATE.start, LATE.stop, len(EARLY)):
            young = self._case()
            for _ in range(1, EARLY.start):
                self._step(young)
            for offset, early in enumerate(EARLY):
                yield late + offset, self._measured(old)
                yield early, self._measured(young)

    def _case(self) -> str:
        return start_case(self.engine, self.actor, "looping", {"title": "循环办理"}).case_id

    def _step(self, case_id: str) -> None:
        self._complete(self._open_task(case_id))

    def _measured(self, case_id: str) -> _Step:
        task_id = self._open_task(case_id)
        with count_statements(self.engine.store) as statements:
            begun = perf_counter()
            self._complete(task_id)
            taken = perf_counter() - begun
        with self.engine.store.write() as work:  # PostgreSQL locks rows in a writing transaction only
            locked = work.instances.lock_by_task(task_id)
        assert locked is not None
        return _Step(1000 * taken, statements.count, len(locked.instance.snapshot))

    def _open_task(self, case_id: str) -> str:
        self.clock.advance(_BETWEEN)
        query = InboxQuery(box="claimable", procedure="looping", page_size=100)
        rows = inbox(self.engine, self.actor, query).rows
        (task_id,) = [row.task.task_id for row in rows if row.task.case_id == case_id]
        return task_id

    def _complete(self, task_id: str) -> None:
        complete_task(self.engine, self.actor, task_id, {"opinion": "同意，继续办理。", "again": True})


def _procedure() -> dict[str, bytes]:
    diagram = (
        Bpmn("looping", name="循环办理")
        .lane("Lane_registrar", name="信访办登记", role="registrar")
        .start("begin", form="begin", role="registrar", lane="Lane_registrar")
        .user("handle", lane="Lane_registrar", form="handle")
        .exclusive("more", default="to_end", lane="Lane_registrar")
        .end("done", flow="to_end", lane="Lane_registrar")
        .flow("more", "handle", when="again")
        .timer_boundary("due", on="handle", expression='deadline("T5")', interrupting=False)
        .end("late", after="due", lane="Lane_registrar")
        .xml()
    )
    form = partial(json.dumps, ensure_ascii=False)
    begin = {"type": "default", "id": "begin", "schemaVersion": 18, "components": [_text("title", "标题")]}
    handle = {
        "type": "default",
        "id": "handle",
        "schemaVersion": 18,
        "components": [_text("opinion", "意见"), {"type": "checkbox", "id": "c", "key": "again", "label": "继续"}],
    }
    return {
        "looping.bpmn": diagram,
        "forms/begin.form.json": form(begin).encode(),
        "forms/handle.form.json": form(handle).encode(),
    }


def _text(key: str, label: str) -> dict[str, object]:
    return {"type": "textfield", "id": f"f_{key}", "key": key, "label": label, "validate": {"maxLength": 200}}
