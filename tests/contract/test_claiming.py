"""The claim of a batch: in order, one of each case, past what others hold, and within a window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.config import Settings
from engine.store import SqlStore, count_statements
from tests.builders import a_case, a_timer, add_case, add_office
from tests.conftest import START
from tests.contract.test_schema import plans

NOW = START + timedelta(hours=4)


@pytest.fixture(autouse=True)
def office(store: SqlStore) -> None:
    add_office(store)


def add_due(store: SqlStore, number: int, *timer_ids: str) -> None:
    """A case whose timers fell due one after another, the cases in their order."""
    timers = tuple(
        a_timer(timer_id, f"c{number}", f"i{number}", due_at=START + timedelta(minutes=number, seconds=n))
        for n, timer_id in enumerate(timer_ids)
    )
    add_case(store, a_case(f"c{number}"), timers_armed=timers)


def claimed(store: SqlStore, limit: int = 10) -> list[str]:
    with store.write() as work:
        return [due.timer.timer_id for due in work.timers.claim_due(NOW, limit)]


def test_the_oldest_first_and_one_of_each_case(store: SqlStore) -> None:
    for number in (3, 1, 2):
        add_due(store, number, f"m{number}a", f"m{number}b")
    assert claimed(store) == ["m1a", "m2a", "m3a"]
    assert claimed(store, 2) == ["m1a", "m2a"]
    with store.write() as work:
        assert work.timers.claim_due(START, 10) == ()


def test_it_brings_instance_and_case_by_one_statement(store: SqlStore) -> None:
    add_due(store, 1, "m1")
    with store.write() as work, count_statements(store) as statements:
        (due,) = work.timers.claim_due(NOW, 10)
        assert (due.instance.instance_id, due.case.case_id) == ("i1", "c1")
        assert (work.calendar.version(), work.tables.revision()) == (0, 0)
    assert statements.count == 1


def test_what_others_hold_is_passed_over(
    store: SqlStore, settings: Settings, open_another: Callable[[Settings], SqlStore]
) -> None:
    if store.engine.dialect.name == "sqlite":
        # one writer at a time: there is nobody to pass over
        return
    for number in range(1, 7):
        add_due(store, number, f"m{number}")
    other = open_another(settings)
    with store.write() as first:
        assert [due.timer.timer_id for due in first.timers.claim_due(NOW, 2)] == ["m1", "m2"]
        with other.write() as step:
            assert step.instances.lock("i3") is not None
            assert claimed(other, 2) == ["m4", "m5"]
    assert claimed(other, 2) == ["m1", "m2"]


def test_it_looks_at_no_more_than_a_window_of_what_is_due(sqlite_store: SqlStore) -> None:
    with count_statements(sqlite_store) as statements, sqlite_store.write() as work:
        work.timers.claim_due(NOW, 10)
    lines = plans(sqlite_store, statements.texts)
    assert any("oldest USING INDEX ix_timer_next (next_at<?)" in line for line in lines), lines
    # the window itself, and what there are a handful of
    few = ("SCAN due", "SCAN calendar_version", "SCAN decision_table")
    assert not [line for line in lines if line.startswith("SCAN") and not line.startswith(few)], lines
