"""What stands at the elements of a procedure, and how long they take: on both databases, by its indexes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from engine.records.operating import ElementLoad, ElementPace
from engine.records.step import Incident, StepBatch
from engine.records.task import TaskClosure, TaskState, UserTask
from engine.store import SqlStore, count_statements
from tests.builders import a_case, a_task, add_case, add_office, an_actor
from tests.conftest import START
from tests.contract.test_schema import plans

HOUR = timedelta(hours=1)
NOW = START + 100 * HOUR
READER = an_actor("admin", "xfj", "process_admin", "auditor")


def task(n: int, case_id: str, **given: Any) -> UserTask:
    return a_task(f"{case_id}-{n}", case_id, case_id.replace("c", "i"), **given)


def lit(red: datetime) -> dict[str, datetime]:
    return {"blue_at": red - 10 * HOUR, "yellow_at": red - 5 * HOUR, "red_at": red, "due_at": red}


def filled(store: SqlStore) -> None:
    """Open: one late, one soon, one in time, one that never lights; another office's; one that accuses zrzyj."""
    add_office(store)
    add_case(
        store,
        a_case("c1"),
        tasks_opened=(
            task(1, "c1", **lit(NOW)),
            task(2, "c1", **lit(NOW + HOUR)),
            task(3, "c1", **lit(NOW + 50 * HOUR)),
            task(4, "c1", unit="cgjd"),
            task(5, "c1", element_id="sign", **lit(NOW - HOUR)),
            task(6, "c1", procedure="other"),
        ),
    )
    add_case(
        store,
        a_case("c2", accused_units=("zrzyj",)),
        tasks_opened=(task(1, "c2", accused_units=("zrzyj",), **lit(NOW)),),
    )


def test_what_stands_is_counted_by_element(store: SqlStore) -> None:
    filled(store)
    accused = an_actor("banli", "zrzyj", "process_admin")
    with store.read() as work:
        loads = work.operating.loads(READER, "petition_main", NOW, unit=None, definition_id=None)
        own = work.operating.loads(accused, "petition_main", NOW, unit="xfj", definition_id="d-petition_main-1")
        late = work.operating.standing(
            READER, "petition_main", "register", NOW, light="red", unit=None, limit=9, offset=0
        )
        hidden = work.operating.standing(
            accused, "petition_main", "register", NOW, light="soon", unit=None, limit=9, offset=0
        )
    assert loads == (ElementLoad("register", 5, 1, 2), ElementLoad("sign", 1, 0, 1))
    assert own == (ElementLoad("register", 3, 1, 1), ElementLoad("sign", 1, 0, 1))
    assert [(row.task_id, row.title, row.version) for row in late] == [
        ("c1-1", a_case().title, 1),
        ("c2-1", a_case().title, 1),
    ]
    assert [(row.task_id, row.title, row.is_visible) for row in hidden] == [("c1-2", None, False)]


def test_incidents_are_listed_with_their_case_as_far_as_it_may_be_seen(store: SqlStore) -> None:
    filled(store)
    accused, stranger = an_actor("banli", "zrzyj", "process_admin"), an_actor("p-x", "cgjd", "process_admin")
    with store.write() as work:
        for n, case_id, state in ((1, "c1", "open"), (2, "c1", "retried"), (3, "c2", "open")):
            instance_id, at = case_id.replace("c", "i"), START + n * HOUR
            found = Incident(
                f"x{n}", instance_id, case_id, "link", "关联", None, "没有", "none", {"kind": "fire"}, at
            )
            work.registers.add_incident(replace(found, state=state))
    with store.read() as work:
        every = work.operating.incidents_listed(READER, state=None, limit=9)
        waiting = work.operating.incidents_listed(READER, state="open", limit=1)
        own = work.operating.incidents_listed(accused, state="open", limit=9)
        far = work.operating.incidents_listed(stranger, state="retried", limit=9)
    assert [(line.incident.incident_id, line.is_visible) for line in every] == [
        ("x3", True),
        ("x2", True),
        ("x1", True),
    ]
    assert [line.incident.incident_id for line in waiting] == ["x3"]
    assert [line.incident.incident_id for line in own] == ["x1"]
    assert [line.procedure for line in every] == [every[0].procedure] * 3
    assert every[0].procedure
    assert [line.incident.incident_id for line in far] == ["x2"]


def test_paces_are_of_the_nearest_rank(store: SqlStore) -> None:
    add_office(store)
    hours = (1, 2, 3, 4, 5, 6, 7, 8, 9, 40)
    add_case(store, tasks_opened=tuple(task(n, "c1", **lit(START + 8 * HOUR)) for n in hours))
    closed = [TaskClosure(f"c1-{n}", TaskState.COMPLETED, START + n * HOUR, "p-jingban") for n in hours]
    close(store, closed)
    with store.read() as work:
        found = work.operating.paces(READER, "petition_main", START, START + 41 * HOUR, unit=None)
        part = work.operating.paces(READER, "petition_main", START, START + 3 * HOUR, unit="xfj")
        none = work.operating.paces(READER, "petition_main", START, START + 41 * HOUR, unit="cgjd")
    assert found == (ElementPace("register", 10, 5 * 3600.0, 9 * 3600.0, 3),)
    assert part == (ElementPace("register", 2, 3600.0, 2 * 3600.0, 0),)
    assert none == ()


def test_the_picture_never_scans(sqlite_store: SqlStore) -> None:
    with count_statements(sqlite_store) as statements, sqlite_store.write() as work:
        work.operating.loads(READER, "petition_main", NOW, unit="xfj", definition_id=None)
        work.operating.paces(READER, "petition_main", START, NOW, unit=None)
        work.operating.standing(READER, "p", "register", NOW, light="red", unit=None, limit=50, offset=0)
        work.operating.halt_of_instance("i1")
        work.operating.halt_of_procedure("p")
        work.operating.incidents_of("c1", "i1")
        work.operating.past_halts(10)
        work.operating.incidents_listed(READER, state="open", limit=50)

    lines = plans(sqlite_store, statements.texts)
    scans = [line for line in lines if line.startswith("SCAN") and "(subquery" not in line]
    assert [s for s in scans if "CONSTANT ROW" not in s and "ix_halt_newest" not in s and "anon" not in s] == [], (
        lines
    )
    assert any("ix_user_task_standing (procedure=?)" in line for line in lines), lines
    assert any("ix_user_task_paced (procedure=? AND closed_at>? AND closed_at<?)" in line for line in lines), lines


def close(store: SqlStore, closed: list[TaskClosure]) -> None:
    with store.write() as work:
        locked = work.instances.lock("i1")
        assert locked is not None
        instance = replace(locked[0], version=locked[0].version + 1)
        work.instances.save_step(StepBatch(instance=instance, tasks_closed=tuple(closed)))
