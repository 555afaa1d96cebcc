"""The boxes beside one's own tasks, what narrows them, and the bounds that keep every one of them fast."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine.records import views
from engine.records.org import Actor, Grant, Principal
from engine.records.task import TaskClosure, TaskKind, TaskState, UserTask
from engine.records.views import InboxPage, InboxQuery, RegisterQuery
from engine.store import SqlStore
from engine.store.repositories import inbox as inbox_store
from engine.store.repositories import register as register_store
from engine.store.tables.work import copy_note, follow
from tests.builders import a_case, a_task, add_case, add_office, an_actor, next_step
from tests.conftest import START

DAY = timedelta(days=1)
CHINA = ZoneInfo("Asia/Shanghai")
REGISTRAR = an_actor("jingban", "xfj", "registrar", "case_officer")
HANDLER = an_actor("zrzyj.banli", "zrzyj", "resp_dept")


@pytest.fixture(autouse=True)
def office(store: SqlStore) -> None:
    add_office(store)


def inbox(store: SqlStore, actor: Actor, box: str, **query: Any) -> InboxPage:
    with store.read() as work:
        return work.tasks.inbox(actor, InboxQuery(box, **query), START.astimezone(CHINA))


def keys(page: InboxPage) -> list[str]:
    return [row.key for row in page.rows]


def due(task: UserTask, days: float) -> UserTask:
    at = START + days * DAY
    return replace(task, due_at=at, blue_at=at - 3 * DAY, yellow_at=at - DAY, red_at=at + timedelta(microseconds=1))


def send(store: SqlStore, copy_id: str, case_id: str, receiver: str, *, is_read: bool = False) -> None:
    with store.write() as work:
        row = {
            "copy_id": copy_id,
            "case_id": case_id,
            "sender": "p-zrzyj.banli",
            "receiver": receiver,
            "note": "阅",
        }
        read_at = START if is_read else None
        work.connection.execute(sa.insert(copy_note), {**row, "at": START, "read_at": read_at})


def heed(store: SqlStore, person_id: str, case_id: str) -> None:
    with store.write() as work:
        row = {"person_id": person_id, "case_id": case_id, "since": START}
        work.connection.execute(sa.insert(follow), row)


def test_boxes_of_cases_show_the_most_urgent_open_task(store: SqlStore) -> None:
    instance = add_case(
        store,
        a_case("c1", created_by="p-jingban"),
        tasks_opened=(
            due(a_task("later"), 9),
            due(a_task("sooner", role="resp_dept", unit="zrzyj"), 2),
            a_task("x"),
        ),
    )
    add_case(store, a_case("c2", created_by="p-jingban", created_at=START + DAY))
    add_case(store, a_case("c3", created_by="p-other"))
    with store.write() as work:
        work.instances.save_step(
            next_step(instance, tasks_closed=(TaskClosure("x", TaskState.CANCELLED, START, None),))
        )
    send(store, "n1", "c1", "p-jingban")
    send(store, "n2", "c3", "p-jingban", is_read=True)
    heed(store, "p-jingban", "c1")

    started = inbox(store, REGISTRAR, "started")
    assert [(r.case_id, r.task.task_id if r.task else None) for r in started.rows] == [
        ("c1", "sooner"),
        ("c2", None),
    ]
    assert keys(inbox(store, REGISTRAR, "started", order="newest")) == ["c2", "sooner"]
    assert started.lights == {"red": 0, "yellow": 0, "blue": 1, "normal": 1}
    assert keys(inbox(store, REGISTRAR, "started", light="blue")) == ["sooner"]
    assert keys(inbox(store, REGISTRAR, "started", unit="zrzyj")) == ["sooner"]
    assert keys(inbox(store, REGISTRAR, "started", element="register")) == ["sooner"]
    copied = inbox(store, REGISTRAR, "copied")
    assert [(r.copy_id, r.is_unread, r.copied_by) for r in copied.rows] == [
        ("n1", True, "zrzyj.banli同志"),
        ("n2", False, "zrzyj.banli同志"),
    ]
    assert keys(inbox(store, REGISTRAR, "followed")) == ["sooner"]
    counts = copied.counts
    assert (counts["started"], counts["copied"], counts["followed"]) == (2, 1, 1)


def test_a_deputy_sees_what_it_may_do_and_nothing_else(store: SqlStore) -> None:
    away = Principal(
        "p-jingban",
        "经办人",
        frozenset({Grant("registrar", "xfj")}),
        frozenset({"xfj"}),
        procedures=frozenset({"petition_main"}),
    )
    deputy = replace(HANDLER, principals=(away,))
    add_case(
        store,
        None,
        tasks_opened=(
            a_task("held", assignee="p-jingban"),
            a_task("offered"),
            a_task("of another procedure", procedure="onsite_response"),
            a_task("of another role", role="chief"),
            a_task("own", role="resp_dept", unit="zrzyj"),
        ),
    )
    add_case(
        store,
        a_case("c2", accused_units=("xfj",)),
        tasks_opened=(a_task("accuses the one away", "c2", "i2", assignee="p-jingban"),),
    )

    page = inbox(store, deputy, "deputised")
    assert (sorted(keys(page)), page.counts["deputised"]) == (["held", "offered"], 2)
    assert keys(inbox(store, replace(HANDLER, principals=(away, away)), "deputised", unit="xfj")) == keys(page)
    stands_aside = replace(deputy, principals=(replace(away, recused=frozenset({"c1"})),))
    assert inbox(store, stands_aside, "deputised").total == 0
    assert inbox(store, HANDLER, "deputised").counts["deputised"] == 0


def test_what_was_delegated_and_what_one_is_asked_to_sign(store: SqlStore) -> None:
    signing = a_task("sign", kind=TaskKind.SIGN, parent_id="given", assignee="p-zrzyj.banli", role=None, unit=None)
    add_case(store, None, tasks_opened=(a_task("given", assignee="p-zrzyj.banli", owner="p-jingban"), signing))
    assert keys(inbox(store, REGISTRAR, "delegated")) == ["given"]
    assert sorted(keys(inbox(store, HANDLER, "mine"))) == ["given", "sign"]


def test_nobody_is_told_of_a_case_that_it_stands_aside_from(store: SqlStore) -> None:
    add_case(
        store,
        a_case(created_by="p-jingban"),
        tasks_opened=(a_task("t", assignee="p-jingban"), a_task("free"), a_task("given", owner="p-jingban")),
    )
    send(store, "n", "c1", "p-jingban")
    heed(store, "p-jingban", "c1")
    apart = replace(REGISTRAR, recused=frozenset({"c1"}))
    for box in ("mine", "claimable", "started", "copied", "followed", "delegated"):
        assert inbox(store, REGISTRAR, box).total > 0, box
        page = inbox(store, apart, box)
        assert (page.rows, page.total, set(page.counts.values())) == ((), 0, {0}), box
        assert inbox(store, apart, box, text="征地").total == 0, box
    with store.read() as work:
        assert work.cases.register(apart, RegisterQuery(), START).total == 0
        assert work.cases.register(apart, RegisterQuery(text="征地"), START).total == 0


def test_days_are_those_of_the_office(store: SqlStore) -> None:
    late_evening = START.astimezone(CHINA).replace(hour=23, minute=59)
    day, tomorrow = late_evening.date(), late_evening.date() + DAY
    late = replace(a_task("late"), opened_at=late_evening, due_at=late_evening)
    next_day = replace(a_task("next"), opened_at=late_evening + timedelta(minutes=1))
    add_case(store, None, tasks_opened=(late, next_day))
    assert keys(inbox(store, REGISTRAR, "claimable", received_until=day)) == ["late"]
    assert keys(inbox(store, REGISTRAR, "claimable", received_from=tomorrow)) == ["next"]
    assert keys(inbox(store, REGISTRAR, "claimable", due_from=day, due_until=day)) == ["late"]


def test_a_box_beyond_the_bound_says_so(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    add_case(store, None, tasks_opened=tuple(due(a_task(f"t{n}", element_id=f"e{n}"), n) for n in range(9)))
    monkeypatch.setattr(inbox_store, "WALK", 4)
    monkeypatch.setattr(views, "COUNT_CAP", 3)
    inbox_store._counting.cache_clear()

    page = inbox(store, REGISTRAR, "claimable", page_size=2)
    assert (keys(page), page.total, page.is_capped, page.is_partial) == (["t0", "t1"], 4, True, False)
    assert page.counts["claimable"] == 3
    assert keys(inbox(store, REGISTRAR, "claimable", order="oldest", page_size=2)) == ["t0", "t1"]
    seen = inbox(store, REGISTRAR, "claimable", element="e3")
    assert (keys(seen), seen.is_partial) == (["t3"], True)
    beyond = inbox(store, REGISTRAR, "claimable", element="e8")
    assert (beyond.rows, beyond.is_partial) == ((), True)
    inbox_store._counting.cache_clear()


def test_a_register_beyond_the_bound_says_so(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(6):
        add_case(store, a_case(f"c{n}", created_at=START + n * DAY, category=f"k{n}"))
    monkeypatch.setattr(register_store, "WALK", 4)
    monkeypatch.setattr(register_store, "COUNT_CAP", 3)
    with store.read() as work:
        page = work.cases.register(REGISTRAR, RegisterQuery(page_size=2), START)
        assert ([r.case.case_id for r in page.rows], page.total, page.is_capped) == (["c5", "c4"], 3, True)
        last = work.cases.register(REGISTRAR, RegisterQuery(page=3, page_size=2), START)
        assert [r.case.case_id for r in last.rows] == ["c1", "c0"]
        found = work.cases.register(REGISTRAR, RegisterQuery(category="k2"), START)
        assert (found.total, found.is_partial) == (1, True)
        assert work.cases.register(REGISTRAR, RegisterQuery(category="k0"), START).total == 0


def test_every_box_has_every_order(store: SqlStore) -> None:
    add_case(store, None, tasks_opened=(a_task("a", assignee="p-jingban"), a_task("b")))
    for order in ("due", "light", "newest", "oldest"):
        for box in ("claimable", "done", "started"):
            page = inbox(store, REGISTRAR, box, order=order)
            assert len(page.rows) == page.total == page.counts[box], (box, order)
