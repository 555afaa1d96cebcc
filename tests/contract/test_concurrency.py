"""Two at once: one wins, the other waits and sees what was done, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from engine.config import Settings
from engine.errors import Conflict
from engine.records.step import AuditEntry, CaseUpdate
from engine.records.task import TaskClosure, TaskState
from engine.records.time import TimerSettlement, TimerState
from engine.store import SqlStore
from tests.builders import a_case, a_deadline, a_task, a_timer, add_case, add_office, next_step
from tests.conftest import START
from tests.contract.racing import race

Opener = Callable[[Settings], SqlStore]


@pytest.fixture
def other(store: SqlStore, settings: Settings, open_another: Opener) -> SqlStore:
    """The same installation as another process has it open."""
    add_office(store)
    return open_another(settings)


def complete(store: SqlStore, task_id: str, person: str, *, before_saving: Callable[[], object]) -> str:
    """Completes a task as a use case does; says who had completed it where it was too late."""
    with store.write() as work:
        locked = work.instances.lock_by_task(task_id)
        assert locked is not None
        if locked.task.state is not TaskState.OPEN:
            return f"{locked.task.closed_by} was first, version {locked.instance.version}, {locked.deadlines}"
        before_saving()
        closure = TaskClosure(task_id, TaskState.COMPLETED, START, person, {})
        new_deadline = a_deadline("l-new")
        work.instances.save_step(next_step(locked.instance, tasks_closed=(closure,), deadlines=(new_deadline,)))
    return "won"


def test_of_two_who_complete_the_same_task_the_second_reads_who_did(store: SqlStore, other: SqlStore) -> None:
    add_case(store, None, tasks_opened=(a_task(),))
    winner_holds_the_lock = threading.Event()
    the_other_waits = threading.Event()

    def first() -> str:
        def hold() -> None:
            winner_holds_the_lock.set()
            the_other_waits.wait(0.3)  # never set: gives the other time to run into the lock

        return complete(store, "t1", "p-first", before_saving=hold)

    def second() -> str:
        winner_holds_the_lock.wait(10)
        return complete(other, "t1", "p-second", before_saving=lambda: None)

    won, lost = race(first, second)

    assert won == "won"
    # not only the task, but all that was read with it is of after the wait
    assert lost == f"p-first was first, version 2, {(a_deadline('l-new'),)}"


def test_a_step_waits_for_an_audit_entry_written_beside_it(store: SqlStore, other: SqlStore) -> None:
    add_case(store, None, tasks_opened=(a_task(),))
    holds_the_chain = threading.Event()

    def reveal() -> str:
        with store.write() as work:
            head = work.registers.audit_head("c1")
            holds_the_chain.set()
            threading.Event().wait(0.3)
            work.registers.add_audit([AuditEntry("a1", "c1", START, "p", "PartiesRevealed", {}, head, "h1")])
        return "revealed"

    def step() -> str:
        holds_the_chain.wait(10)
        with other.write() as work:
            locked = work.instances.lock_by_task("t1")
            assert locked is not None
            return locked.instance.audit_head

    assert race(reveal, step) == ["revealed", "h1"]


def test_a_writer_without_the_lock_gets_a_conflict(store: SqlStore, other: SqlStore) -> None:
    instance = add_case(store)

    def save(store_: SqlStore, state: str) -> str:
        with store_.write() as work:
            work.instances.save_step(next_step(instance, case_update=CaseUpdate("c1", state=state)))
        return state

    outcomes = race(lambda: save(store, "one"), lambda: save(other, "two"))

    conflicts = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert len(conflicts) == 1
    with store.read() as work:
        case = work.cases.get("c1")
        assert case is not None
        assert case.state in outcomes


def test_a_timer_is_claimed_by_one_of_two_workers(store: SqlStore, other: SqlStore) -> None:
    instance = add_case(store, None, timers_armed=(a_timer(),))
    now = START + timedelta(hours=4)
    barrier = threading.Barrier(2)

    def fire(store_: SqlStore, worker: str) -> bool:
        barrier.wait(10)
        with store_.write() as work:
            if work.timers.claim("m1") is None:
                return False
            settlement = TimerSettlement("m1", TimerState.FIRED, now, 3600.0, False, worker)
            locked = work.instances.lock("i1")
            assert locked is not None
            work.instances.save_step(next_step(locked[0], timers_settled=(settlement,)))
        return True

    assert sorted(race(lambda: fire(store, "w1"), lambda: fire(other, "w2"))) == [False, True]
    with store.write() as work:
        assert work.timers.claim("m1") is None
        assert work.timers.due(now, 10) == ()
        locked = work.instances.lock("i1")
        assert locked is not None
        assert locked[0] == replace(instance, version=2)


def test_a_timer_of_an_instance_in_the_middle_of_a_step_stays_due(store: SqlStore, other: SqlStore) -> None:
    if store.engine.dialect.name == "sqlite":
        # there the worker waits for the step to end: one writer at a time
        add_case(store, None, timers_armed=(a_timer(),))
        with store.write() as work:
            assert work.timers.claim("m1") == a_timer()
        return
    add_case(store, None, timers_armed=(a_timer(),))
    with store.write() as step:
        step.instances.lock("i1")
        with other.write() as worker:
            assert worker.timers.claim("m1") is None
    with other.write() as worker:
        assert worker.timers.claim("m1") == a_timer()


def test_a_series_has_no_gap_and_no_double_under_concurrency(store: SqlStore, other: SqlStore) -> None:
    def draw(store_: SqlStore) -> list[int]:
        drawn = []
        for turn in range(10):
            try:
                with store_.write() as work:
                    number = work.registers.next_number("XF", 2025)
                    if turn % 3 == 2:
                        raise ZeroDivisionError
                    drawn.append(number)
            except ZeroDivisionError:
                continue  # undone with its transaction
        return drawn

    first, second = race(lambda: draw(store), lambda: draw(other))

    assert isinstance(first, list)
    assert isinstance(second, list)
    assert sorted(first + second) == list(range(1, 15))
    with store.write() as work:
        assert work.registers.next_number("XF", 2026) == 1
        assert work.registers.next_number("督办令", 2025) == 1


def test_of_two_who_claim_a_task_one_gets_it(store: SqlStore, other: SqlStore) -> None:
    add_case(store, None, tasks_opened=(a_task(),))

    def claim(store_: SqlStore, person: str) -> bool:
        with store_.write() as work:
            return work.tasks.assign("t1", person, expected=None)

    outcomes = race(lambda: claim(store, "p-1"), lambda: claim(other, "p-2"))

    assert sorted(outcomes) == [False, True]
    with store.write() as work:
        task = work.tasks.get("t1")
        assert task is not None
        assert task.assignee == ("p-1" if outcomes[0] else "p-2")
        assert work.tasks.assign("t1", None, expected=task.assignee)
        assert not work.tasks.assign("t1", None, expected="p-nobody")


def test_a_form_sent_twice_starts_one_case(store: SqlStore, other: SqlStore) -> None:
    numbers = count(1)

    def start(store_: SqlStore) -> str:
        case = a_case(f"c{next(numbers)}")
        with store_.write() as work:
            work.cases.add(case, (), submission_key="form-1")
        return case.case_id

    outcomes = race(lambda: start(store), lambda: start(other))

    started = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(started) == 1
    with store.read() as work:
        case = work.cases.by_submission_key("form-1")
        assert case is not None
        assert case.case_id == started[0]
        assert work.cases.by_submission_key("form-2") is None


def test_the_systems_chain_grows_one_link_at_a_time(store: SqlStore, other: SqlStore) -> None:
    def append(store_: SqlStore, name: str) -> str:
        for turn in range(5):
            with store_.write() as work:
                head = work.registers.audit_head(None)
                entry_id = f"{name}{turn}"
                entry = AuditEntry(entry_id, None, START, name, "LoggedIn", {}, head, f"h-{entry_id}")
                work.registers.add_audit([entry])
        return "done"

    assert race(lambda: append(store, "a"), lambda: append(other, "b")) == ["done", "done"]
    with store.read() as work:
        chain = work.registers.audit_of(None)
        assert len(chain) == 10
        assert [e.previous for e in chain] == ["", *(e.hash for e in chain[:-1])]
