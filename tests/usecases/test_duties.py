"""Periodic duties: armed, fired once a period, once after an outage, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.audit.verify import verify_all
from engine.cases.read import register
from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.deadlines import duties
from engine.deadlines.calendar_change import announce, one_day
from engine.deadlines.duties import arm_duties, fire_due_duties, keep_armed
from engine.deadlines.duty_rows import Duties, duties_from
from engine.definitions.builtin import shipped_table
from engine.records.step import OutboxEntry
from engine.records.time import DutyState
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.usecases.calendar_office import change_calendar
from tests.worlds import World, a_world

OCTOBER = datetime(2026, 9, 25, 1, tzinfo=UTC)


@pytest.fixture
def office(settings: Settings) -> Iterator[World]:
    """In force since 2026-09-25, its duties armed."""
    world = a_world(settings.home, OCTOBER, database_url=settings.database_url)
    arm_duties(world.engine)
    yield world
    world.close()


def states(world: World) -> dict[str, DutyState]:
    with world.engine.store.read() as work:
        return {state.duty_id: state for state in work.duties.all()}


def told(world: World, username: str) -> list[OutboxEntry]:
    with world.engine.store.read() as work:
        found = work.registers.inbox_messages(world.actor(username).person_id, unread_only=False, limit=200)
    return [entry for entry in found if entry.topic == "duty"]


def beat(world: World, until: datetime, step: timedelta = timedelta(hours=6)) -> list[str]:
    """Moves the clock as a heartbeat would; the occurrences that fired, in order."""
    fired = []
    while world.clock.now() < until:
        world.clock.move_to(min(until, world.clock.now() + step))
        fired += [f"{d.duty_id}:{d.occurrence}" for d in fire_due_duties(world.engine, "w1").fired]
    return fired


def test_each_duty_fires_once_a_period(office: World) -> None:
    fired = beat(office, datetime(2026, 11, 3, tzinfo=UTC))
    assert [name for name in fired if name.startswith("T19:")] == [
        "T19:2026-09-16",
        "T19:2026-10-01",
        "T19:2026-10-16",
    ]
    assert [name for name in fired if name.startswith("T24:")] == ["T24:2026-07-01"]
    assert len(fired) == len(set(fired))
    registrar = told(office, "dengji")
    assert len([entry for entry in registrar if "半月" in entry.text_zh]) == 3
    with office.engine.store.read() as work:
        audited = [e for e in work.registers.audit_of(None) if e.event == "DutyFired"]
    assert len(audited) == len(fired)
    assert verify_all(office.engine)[1] == []


def test_what_an_outage_missed_fires_once_as_its_latest_occurrence(office: World) -> None:
    office.clock.move_to(datetime(2027, 1, 20, tzinfo=UTC))
    report = fire_due_duties(office.engine, "w1")
    assert sorted(f"{d.duty_id}:{d.occurrence}" for d in report.fired if d.duty_id in {"T19", "T22-month"}) == [
        "T19:2027-01-01",
        "T22-month:2026-12-01",
    ]
    assert len({d.duty_id for d in report.fired}) == len(report.fired)
    assert fire_due_duties(office.engine, "w1").fired == ()
    assert all(state.next_at > office.clock.now() for state in states(office).values())
    late = next(d for d in report.fired if d.duty_id == "T22-month")
    assert states(office)["T22-month"].late_seconds == late.late.total_seconds() > 0


def test_admins_are_asked_for_next_year_until_it_is_there(office: World) -> None:
    beat(office, datetime(2026, 11, 2, 2, tzinfo=UTC))
    asked = told(office, "admin")
    assert [entry.idempotency_key.split(":")[1:3] for entry in reversed(asked)] == [
        ["calendar-month", "2026-10-01"],
        ["calendar-month", "2026-11-01"],
    ]
    assert "2027" in asked[0].text_zh
    change_calendar(office, announce(2027))
    beat(office, datetime(2026, 12, 20, tzinfo=UTC))
    assert told(office, "admin") == asked


def test_arming_again_changes_nothing_and_keeps_what_is_due(office: World) -> None:
    before = states(office)
    arm_duties(office.engine)
    assert states(office) == before
    office.clock.move_to(datetime(2026, 9, 30, 2, tzinfo=UTC))
    arm_duties(office.engine)
    assert states(office)["T19"] == before["T19"]
    assert "T19" in {d.duty_id for d in fire_due_duties(office.engine, "w1").fired}


def test_a_process_arms_at_its_start_and_when_the_calendar_changes(office: World) -> None:
    with office.engine.store.write() as work:
        work.duties.remove(list(states(office)))
    keep_armed(office.engine)
    before = states(office)
    assert before
    # the last working day of September is a local holiday: what is due on it comes a day earlier
    change_calendar(office, one_day(date(2026, 9, 30), "local"))
    keep_armed(office.engine)
    assert before["T24"].next_at - states(office)["T24"].next_at == timedelta(days=1)


def test_a_duty_that_is_switched_off_or_gone_is_armed_no_more(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = shipped_table("duties")
    assert content is not None
    table = duties_from(content, office.engine.kernel.feel)
    fewer = Duties({key: row for key, row in table.rows.items() if key != "T19"})
    monkeypatch.setattr(duties, "_duties", lambda *_: fewer)
    office.clock.move_to(datetime(2026, 9, 30, 2, tzinfo=UTC))
    assert "T19" not in {d.duty_id for d in fire_due_duties(office.engine, "w1").fired}
    assert "T19" not in states(office)
    monkeypatch.undo()
    arm_duties(office.engine)
    assert states(office)["T19"].next_at > office.clock.now()


def test_a_duty_that_fails_backs_off_and_holds_up_no_other(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real = duties.calendar_text

    def broken(_years: object) -> None:
        raise RuntimeError("poison")

    monkeypatch.setattr(duties, "calendar_text", broken)
    office.clock.move_to(datetime(2026, 10, 9, 2, tzinfo=UTC))
    report = fire_due_duties(office.engine, "w1")
    assert report.failed == ("calendar-month",)
    assert "T24-late" in {d.duty_id for d in report.fired}
    assert fire_due_duties(office.engine, "w1").failed == ()
    state = states(office)["calendar-month"]
    assert (state.attempts, state.next_at - office.clock.now()) == (1, timedelta(minutes=1))

    monkeypatch.setattr(duties, "calendar_text", real)
    arm_duties(office.engine)
    office.clock.advance(timedelta(minutes=1))
    (fired,) = fire_due_duties(office.engine, "w1").fired
    assert (fired.duty_id, fired.occurrence) == ("calendar-month", "2026-10-01")
    assert fired.late == timedelta(days=8, hours=1, minutes=1)
    assert states(office)["calendar-month"].attempts == 0
    with office.engine.store.read() as work:
        failures = [e for e in work.registers.audit_of(None) if e.event == "DutyFailed"]
    assert len(failures) == 1


def test_a_clock_that_goes_back_fires_nothing_twice(office: World) -> None:
    office.clock.move_to(datetime(2026, 9, 30, 2, tzinfo=UTC))
    assert fire_due_duties(office.engine, "w1").fired
    told_before = told(office, "dengji")
    back = ManualClock(datetime(2026, 9, 29, 2, tzinfo=UTC))
    earlier = World(
        type(office.engine)(office.engine.settings, back, office.engine.store, office.engine.kernel), back
    )
    arm_duties(earlier.engine)
    back.move_to(datetime(2026, 9, 30, 3, tzinfo=UTC))
    fire_due_duties(earlier.engine, "w2")
    assert told(office, "dengji") == told_before


def test_a_message_duty_starts_a_case_of_its_own(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    office.deploy(
        Bpmn("sweep", name="矛盾纠纷排查")
        .lane("l", role="registrar")
        .message("m", "sweep.month")
        .start("s", message="m", lane="l")
        .manual("compile", name="汇总", lane="l")
        .end("e", lane="l")
    )
    content = shipped_table("duties")
    assert content is not None
    row = duties_from(content, office.engine.kernel.feel).rows["T22-month"]
    changed = type(row)(
        **{**row.__dict__, "action": duties.DutyAction.MESSAGE, "message": "sweep.month", "unit": None}
    )
    monkeypatch.setattr(duties, "_duties", lambda *_: Duties({"T22-month": changed}))
    arm_duties(office.engine)
    office.clock.move_to(datetime(2026, 9, 30, 2, tzinfo=UTC))
    (fired,) = fire_due_duties(office.engine, "w1").fired
    assert fired.cases == 1
    (found,) = register(office.engine, office.actor("dengji")).rows
    assert (found.case.title, found.case.unit, found.current_steps) == ("矛盾纠纷排查月报", "xfj", ("汇总",))
