"""The calendar feed: whose deadlines, in which words, and who may read it. Parsed by icalendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest

from engine.cases.start import start_case
from engine.errors import NotFound
from engine.notifications.feed import feed_made_at, make_feed, read_feed, revoke_feed
from engine.records.case import CaseFile
from engine.records.step import CaseUpdate
from engine.store.repositories.step_writer import update_case
from engine.store.statements import count_statements
from engine.store.unit_of_work import SqlStore
from engine.tasks.claim import claim_task
from engine.tasks.complete import complete_task
from tests.contract.test_schema import plans
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World


def dutiful(rule: str = "T5", key: str = "dutiful") -> Bpmn:
    """A registered case with one task of the registrar under a deadline."""
    diagram = Bpmn(key).lane("l", role="registrar").start("s", lane="l")
    diagram.service("number", "register_case", {}, lane="l").manual("do", lane="l").end("e", lane="l")
    diagram.timer_boundary("due", on="do", expression=f'deadline("{rule}")', interrupting=False, lane="l")
    return diagram.end("late", lane="l")


@pytest.fixture
def owed(world: World) -> tuple[World, CaseFile, str]:
    """A world, its case, and the secret of the registrar's feed."""
    world.deploy(dutiful())
    case = start_case(world.engine, world.actor("dengji"), "dutiful", {"title": "反映道路积水", "name": "陈某某"})
    return world, case, make_feed(world.engine, world.actor("dengji"))


def events(world: World, secret: str) -> list[Any]:
    return icalendar.Calendar.from_ical(read_feed(world.engine, secret)).walk("VEVENT")


def test_a_days_clock_is_an_all_day_event_on_the_due_day_with_an_alarm_at_yellow(
    owed: tuple[World, CaseFile, str],
) -> None:
    world, case, secret = owed
    (deadline,) = world.view(case).deadlines
    content = read_feed(world.engine, secret)
    (event,) = events(world, secret)
    last_day = (deadline.legal_due - timedelta(microseconds=1)).astimezone(world.engine.settings.timezone).date()
    assert deadline.legal_due.astimezone(world.engine.settings.timezone).hour == 0
    assert type(event["DTSTART"].dt) is date
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (last_day, last_day + timedelta(days=1))
    assert str(event["SUMMARY"]) == f"{deadline.name} {case.number}"
    assert str(event["UID"]) == f"{deadline.deadline_id}@duban"
    assert event["SEQUENCE"] == 0
    assert event["LAST-MODIFIED"].dt == deadline.started_at.replace(microsecond=0)
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == deadline.yellow_at
    assert "URL" not in event
    for hidden in ("积水", "陈某某"):
        assert hidden not in content.decode()
    assert read_feed(world.engine, secret) == content, "nothing has changed, so nothing is news"
    assert b"\r\n" in content


def test_an_hours_clock_is_an_event_at_its_instant_and_links_are_absolute(world: World) -> None:
    world.deploy(dutiful("T10"))
    case = start_case(world.engine, world.actor("dengji"), "dutiful", {})
    secret = make_feed(world.engine, world.actor("dengji"))
    settings = replace(world.engine.settings, public_url="https://duban.example.gov.cn")
    (event,) = events(replace(world, engine=replace(world.engine, settings=settings)), secret)
    (deadline,) = world.view(case).deadlines
    assert event["DTSTART"].dt == deadline.legal_due
    assert event["DTSTART"].dt.tzinfo == UTC or event["DTSTART"].dt.utcoffset() == timedelta(0)
    assert isinstance(event["DTSTART"].dt, datetime)
    assert event["URL"] == f"https://duban.example.gov.cn/cases/{case.case_id}"


def test_it_shows_what_one_holds_or_may_claim_and_nothing_else(either: World) -> None:
    world = either
    world.deploy(dutiful())
    case = start_case(world.engine, world.actor("dengji"), "dutiful", {})
    secret = make_feed(world.engine, world.actor("dengji"))
    other = make_feed(world.engine, world.actor("jiedai"))
    assert events(world, other) == []
    task = world.task(case, "do")
    claim_task(world.engine, world.actor("dengji"), task.task_id)
    assert len(events(world, secret)) == 1
    complete_task(world.engine, world.actor("dengji"), task.task_id, {})
    assert events(world, secret) == []


def test_a_case_that_accuses_ones_unit_is_not_in_it(owed: tuple[World, CaseFile, str]) -> None:
    world, case, secret = owed
    assert isinstance(world.engine.store, SqlStore)
    with world.engine.store.write() as work:
        update_case(work.connection, CaseUpdate(case.case_id, accused_units=("xfj",)))
    assert events(world, secret) == []


def test_a_new_address_ends_the_old_and_a_revoked_one_is_unknown(owed: tuple[World, CaseFile, str]) -> None:
    world, _, old = owed
    me = world.actor("dengji")
    assert len(old) == 43, "256 bits"
    new = make_feed(world.engine, me)
    assert feed_made_at(world.engine, me) == world.clock.now()
    with pytest.raises(NotFound) as refused:
        read_feed(world.engine, old)
    assert old not in str(refused.value)
    assert len(events(world, new)) == 1
    revoke_feed(world.engine, me)
    assert feed_made_at(world.engine, me) is None
    for secret in (new, "", "guess", "\ud800"):
        with pytest.raises(NotFound):
            read_feed(world.engine, secret)
    with world.engine.store.read() as work:
        trail = [entry for entry in work.registers.audit_of(None) if entry.event.startswith("Feed")]
    assert [entry.event for entry in trail] == ["FeedMade", "FeedMade", "FeedRevoked"]
    assert new not in str(trail)


def test_the_secret_itself_is_nowhere_in_the_database(owed: tuple[World, CaseFile, str]) -> None:
    world, _, secret = owed
    for file in world.engine.settings.home.glob("duban.sqlite3*"):
        assert secret.encode() not in file.read_bytes()


def test_who_has_left_has_no_feed(owed: tuple[World, CaseFile, str]) -> None:
    world, _, secret = owed
    with world.engine.store.write() as work:
        person = work.org.person("p-dengji")
        assert person is not None
        work.org.save_person(replace(person, active=False))
    with pytest.raises(NotFound):
        read_feed(world.engine, secret)


def test_reading_it_never_scans_and_costs_the_same_for_many(owed: tuple[World, CaseFile, str]) -> None:
    world, _, secret = owed
    for _ in range(5):
        start_case(world.engine, world.actor("dengji"), "dutiful", {})
    assert isinstance(world.engine.store, SqlStore)
    with count_statements(world.engine.store) as statements:
        assert len(events(world, secret)) == 6
    assert statements.count <= 5, str(statements)
    lines = plans(world.engine.store, statements.texts)
    scans = [line for line in lines if line.startswith("SCAN") and "ix_user_task" not in line]
    assert [line for line in scans if any(name in line for name in ("user_task", "deadline", "case_file"))] == []
