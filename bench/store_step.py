"""One durable step: milliseconds, SQL statements and snapshot bytes, and whether a case's age makes it slower.

The procedure loops through one task with a deadline; the steps around the 200th are compared with those around the
5th, over several cases of the same run.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.report import Row, share
from engine.bootstrap import build
from engine.cases.start import start_case
from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.definitions.deploy import deploy_procedure
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.views import InboxQuery
from engine.sample.setup import set_up_sample
from engine.store.statements import count_statements
from engine.tasks.complete import complete_task
from engine.tasks.inbox import inbox
from tests.postgres import running_cluster, url_of
from tests.unit.kernel.bpmn_builder import Bpmn

CASES = 3
STEPS = 205
EARLY, LATE = range(3, 8), range(198, 203)
_START = datetime(2025, 9, 26, 1, 0, tzinfo=UTC)


@dataclass
class _Measured:
    """By step (counted from 1): seconds of each case; statements and bytes of the last one."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    statements: dict[int, int] = field(default_factory=dict)
    snapshot: dict[int, int] = field(default_factory=dict)

    def milliseconds(self, steps: range) -> float:
        return 1000 * median(second for step in steps for second in self.seconds[step])


def rows() -> Iterator[Row]:
    """Rows for SQLite and for PostgreSQL; the cluster is the tests' own, which does not wait for the disk."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as home:
        yield from _rows("SQLite", _measure(Settings(home=Path(home))))
    with running_cluster() as sockets, tempfile.TemporaryDirectory(prefix="duban-bench-") as home:
        yield from _rows(
            "PostgreSQL", _measure(Settings(home=Path(home), database_url=url_of(sockets, "postgres")))
        )


def _measure(settings: Settings) -> _Measured:
    clock = ManualClock(_START)
    engine = build(settings, clock)
    set_up_sample(engine, password=None)
    deploy_procedure(engine, None, "looping", _procedure())
    with engine.store.read() as work:
        person = next(p for p in work.org.people() if p.username == "dengji")
        actor = work.org.actor(person.person_id)
    assert actor is not None
    measured = _Measured()
    for _ in range(CASES):
        _one_case(engine, actor, measured)
    engine.store.close()
    return measured


def _one_case(engine: Engine, actor: Actor, measured: _Measured) -> None:
    case = start_case(engine, actor, "looping", {"title": "循环办理"})
    for step in range(1, STEPS + 1):
        box = inbox(engine, actor, InboxQuery(box="claimable" if step == 1 else "mine")).rows
        (row,) = [row for row in box if row.task.case_id == case.case_id]
        with count_statements(engine.store) as statements:
            begun = perf_counter()
            complete_task(
                engine, actor, row.task.task_id, {"opinion": f"第 {step} 次：同意，继续办理。", "again": True}
            )
            measured.seconds.setdefault(step, []).append(perf_counter() - begun)
        measured.statements[step] = statements.count
        with engine.store.read() as work:
            locked = work.instances.lock_by_task(row.task.task_id)
        assert locked is not None
        measured.snapshot[step] = len(locked.instance.snapshot)


def _rows(database: str, measured: _Measured) -> Iterator[Row]:
    early, late = measured.milliseconds(EARLY), measured.milliseconds(LATE)
    yield share(f"durable step on {database}: the 200th against the 5th", "ms", late, early, 1.3)
    statements = measured.statements
    yield share(f"its SQL statements, {database}", "statements", statements[200], statements[5], 1.0)
    snapshot = measured.snapshot
    yield share(f"its snapshot, {database}", "bytes", snapshot[200], snapshot[5], 1.3)


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
