"""Saving a step: everything or nothing, versions, locks, and the number of statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import Conflict
from engine.records.case import InstanceState
from engine.records.step import AuditEntry, CaseUpdate, MessageSubscription, Paper, PathEntry, ScoreEvent
from engine.records.task import Draft, TaskClosure, TaskState
from engine.records.time import DeadlineState, TimerSettlement, TimerState
from engine.store import SqlStore, count_statements
from tests.builders import (
    a_case,
    a_deadline,
    a_message,
    a_notice,
    a_task,
    a_timer,
    add_case,
    add_office,
    next_step,
)
from tests.conftest import START

LATER = START + timedelta(hours=1, microseconds=1)


@pytest.fixture(autouse=True)
def office(store: SqlStore) -> None:
    add_office(store)


def an_entry(entry_id: str, previous: str = "", digest: str = "h1", case_id: str | None = "c1") -> AuditEntry:
    return AuditEntry(entry_id, case_id, START, "p-jingban", "TaskCompleted", {"步骤": "登记"}, previous, digest)


def test_a_whole_step_comes_back_as_it_was_given(store: SqlStore) -> None:
    task = a_task(
        data={"金额": 12.5, "typename": {"$date": "x"}},
        properties={"form": "登记"},
        scopes=("s1", "s2"),
        due_at=LATER,
    )
    instance = add_case(
        store,
        None,
        tasks_opened=(task,),
        timers_armed=(a_timer(),),
        deadlines=(a_deadline(),),
        awaited=(MessageSubscription("t9", "i1", "c1", "wait", "order.overdue", "K1"),),
        messages=(a_message(),),
        path=(PathEntry("i1", "t0", "start", "petition_main", "来信", "completed", START, None),),
        papers=(
            Paper(
                "b1",
                "c1",
                "i1",
                "order",
                "督办令",
                "督办令〔2025〕1 号",
                {"办理部门": "自然资源局"},
                "issued",
                START,
                "p-jingban",
            ),
        ),
        outbox=(a_notice(),),
        scores=(ScoreEvent("e1", "c1", "zrzyj", "19", -3.0, START, "督办令未按时办结"),),
        audit=(an_entry("a1"),),
        case_update=CaseUpdate("c1", number="XF〔2025〕1", state="registered", facts={"摘要": "补偿"}),
    )

    with store.read() as work:
        view = work.cases.view("c1")
        assert view is not None
        assert view.tasks == (task,)
        assert view.timers == (a_timer(),)
        assert view.deadlines == (a_deadline(),)
        assert view.papers[0].fields == {"办理部门": "自然资源局"}
        assert [entry.name for entry in view.path] == ["来信"]
        assert view.audit == (an_entry("a1"),)
        assert view.instances == (instance,)
        assert view.case == a_case(number="XF〔2025〕1", state="registered", facts={"摘要": "补偿"})
        assert view.people == {"p-jingban": "jingban同志"}
        assert view.diagrams == {"petition_main": "d-petition_main-1"}
        assert work.instances.subscriptions("order.overdue", "K1")[0].task_id == "t9"
        assert work.instances.subscriptions("order.overdue", "K2") == ()
        assert work.messages.pending(10) == (a_message(),)
        assert work.registers.latest_paper("c1", "order") == view.papers[0]


def test_a_step_settles_what_the_steps_before_it_opened(store: SqlStore) -> None:
    instance = add_case(
        store,
        None,
        tasks_opened=(a_task(), a_task("t2")),
        timers_armed=(a_timer(), a_timer("m2")),
        deadlines=(a_deadline(), a_deadline("l2")),
        awaited=(MessageSubscription("t9", "i1", "c1", "wait", "order.overdue", None),),
    )
    with store.write() as work:
        work.drafts.save(Draft("t1", "p-jingban", {"意见": "拟办"}, START))
        work.drafts.save(Draft("t2", "p-jingban", {"意见": "留着"}, START))

    with store.write() as work:
        work.instances.save_step(
            next_step(
                instance,
                tasks_closed=(TaskClosure("t1", TaskState.COMPLETED, LATER, "p-jingban", {"意见": "同意"}),),
                timers_settled=(TimerSettlement("m1", TimerState.FIRED, LATER, 1.5, True, "w1"),),
                deadlines=(a_deadline(state=DeadlineState.MET_LATE, ended_at=LATER),),
                unawaited=("t9",),
            )
        )

    with store.read() as work:
        view = work.cases.view("c1")
        assert view is not None
        closed, still_open = sorted(view.tasks, key=lambda task: task.task_id)
        assert closed.state is TaskState.COMPLETED
        assert (closed.closed_at, closed.closed_by, closed.assignee) == (LATER, "p-jingban", "p-jingban")
        assert closed.result == {"意见": "同意"}
        assert still_open == a_task("t2")
        fired = next(timer for timer in view.timers if timer.timer_id == "m1")
        assert (fired.state, fired.late_seconds, fired.by_outage, fired.worker) == (
            TimerState.FIRED,
            1.5,
            True,
            "w1",
        )
        assert [d.deadline_id for d in work.instances.open_deadlines("i1")] == ["l2"]
        assert work.instances.subscriptions("order.overdue", "anything") == ()
        assert work.drafts.of_task("t1", "p-jingban") is None, "a draft goes with its task"
        assert work.drafts.of_task("t2", "p-jingban") is not None


def test_one_statement_locks_all_that_completing_a_task_needs(store: SqlStore) -> None:
    add_case(
        store,
        None,
        tasks_opened=(a_task(),),
        timers_armed=(a_timer("m2", due_at=LATER), a_timer()),
        deadlines=(a_deadline("l2", legal_due=LATER), a_deadline()),
        audit=(an_entry("a1"), an_entry("a2", "h1", "h2")),
    )

    with store.write() as work, count_statements(store) as statements:
        locked = work.instances.lock_by_task("t1")
        assert work.instances.lock_by_task("t-unknown") is None

    assert statements.count == 2, statements
    assert locked is not None
    assert locked.task == a_task()
    assert (locked.instance.instance_id, locked.instance.version, locked.instance.audit_head) == ("i1", 1, "h2")
    assert locked.case == a_case()
    assert [d.deadline_id for d in locked.deadlines] == ["l2", "l1"]
    assert locked.next_timer_at == LATER


def test_a_step_runs_one_statement_a_kind_however_many_rows(store: SqlStore) -> None:
    many = range(50)
    instance = add_case(store, None, tasks_opened=tuple(a_task(f"t{n}") for n in many))

    with store.write() as work, count_statements(store) as statements:
        work.instances.save_step(
            next_step(
                instance,
                case_update=CaseUpdate("c1", state="handling"),
                tasks_opened=tuple(a_task(f"u{n}") for n in many),
                tasks_closed=tuple(TaskClosure(f"t{n}", TaskState.CANCELLED, LATER, None) for n in many),
                timers_armed=tuple(a_timer(f"m{n}") for n in many),
                path=tuple(PathEntry("i1", f"t{n}", "e", "p", "登记", "completed", START, None) for n in many),
                outbox=tuple(a_notice(f"n{n}") for n in many),
                audit=(an_entry("a1"),),
            )
        )

    assert statements.count == 8, statements


def test_a_step_from_an_older_version_is_refused_and_leaves_no_trace(store: SqlStore) -> None:
    instance = add_case(store)
    with store.write() as work:
        work.instances.save_step(next_step(instance, case_update=CaseUpdate("c1", state="first")))

    with pytest.raises(Conflict), store.write() as work:
        work.instances.save_step(next_step(instance, tasks_opened=(a_task(),)))

    with store.read() as work:
        view = work.cases.view("c1")
        assert view is not None
        assert (view.case.state, view.tasks, view.instances[0].version) == ("first", (), 2)


def test_an_exception_in_the_middle_leaves_the_state_before(store: SqlStore) -> None:
    instance = add_case(store)

    def fail_after_saving() -> None:
        with store.write() as work:
            work.registers.next_number("XF", 2025)
            work.instances.save_step(next_step(instance, tasks_opened=(a_task(),), outbox=(a_notice(),)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_saving()

    with store.write() as work:
        assert work.tasks.get("t1") is None
        assert work.registers.inbox_messages("p-jingban", unread_only=False, limit=9) == ()
        locked = work.instances.lock("i1")
        assert locked is not None
        assert locked[0].version == 1
        assert work.registers.next_number("XF", 2025) == 1


def test_an_ended_instance_keeps_its_outcome(store: SqlStore) -> None:
    instance = add_case(store)
    ended = replace(instance, state=InstanceState.COMPLETED, outcome="archived", outcome_name="归档")
    with store.write() as work:
        work.instances.save_step(next_step(ended, at=LATER))

    with store.write() as work:
        locked = work.instances.lock("i1")
        assert locked is not None
        assert (locked[0].state, locked[0].ended_at, locked[0].outcome_name) == (
            InstanceState.COMPLETED,
            LATER,
            "归档",
        )
        assert work.definitions.list(START, counted=True)[0].open_instances == 0


def test_a_notification_with_the_same_key_is_sent_once(store: SqlStore) -> None:
    instance = add_case(store, None, outbox=(a_notice(),))
    again = replace(a_notice(), entry_id="o-again")
    with store.write() as work:
        work.instances.save_step(next_step(instance, outbox=(again, a_notice("n2"))))

    with store.read() as work:
        received = work.registers.inbox_messages("p-jingban", unread_only=True, limit=9)
        assert [entry.idempotency_key for entry in received] == ["n2", "n1"]
        assert work.registers.unread_count("p-jingban") == 2


def test_two_entries_cannot_continue_from_the_same_link(store: SqlStore) -> None:
    instance = add_case(store, None, audit=(an_entry("a1"),))
    with pytest.raises(Conflict), store.write() as work:
        work.instances.save_step(next_step(instance, audit=(an_entry("a2", "", "h9"),)))
