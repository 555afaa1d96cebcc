"""One message instead of a flood: what is bundled, when, for whom, and that nothing is lost or said twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.cases.start import start_case
from engine.errors import DeliveryFailed, Message
from engine.notifications import dispatch as module
from engine.notifications.deliver import DeliveryReport, deliver_notices
from engine.notifications.digest import digest_of
from engine.notifications.messages import list_messages, mark_read, message_page, unread_count
from engine.records.delivery import DeliveryState
from engine.records.step import CaseUpdate
from engine.store.repositories.step_writer import update_case
from engine.store.statements import count_statements
from engine.store.unit_of_work import SqlStore
from tests.builders import a_notice
from tests.usecases.notifying import MINUTE, Recorder, choose, deliveries, states, stored_outbox, tell
from tests.worlds import World

NOTHING = DeliveryReport()


def sweep(world: World, channel: Recorder) -> DeliveryReport:
    return deliver_notices(world.engine, [channel])


def test_notes_wait_a_minute_for_each_other_and_what_is_overdue_does_not(either: World) -> None:
    channel = Recorder()
    tell(either, "info", "warning")
    assert sweep(either, channel) == NOTHING
    either.clock.advance(timedelta(seconds=59))
    tell(either, "overdue")
    assert sweep(either, channel) == DeliveryReport(sent=1)
    assert channel.texts[0].startswith("【overdue】")
    either.clock.advance(timedelta(seconds=1))
    assert sweep(either, channel) == DeliveryReport(sent=2), "two are no flood"
    either.clock.advance(timedelta(days=1))
    assert sweep(either, channel) == NOTHING


def test_three_become_one_with_counts_and_nothing_of_what_they_say(either: World) -> None:
    channel = Recorder()
    first = tell(either, "warning")
    either.clock.advance(MINUTE / 2)
    rest = tell(either, "info", "info")
    other = tell(either, "info", username="jiedai")
    either.clock.advance(MINUTE / 2)
    assert sweep(either, channel) == DeliveryReport(sent=1), "the minute of the first brings all along"

    (notice,) = channel.notices
    assert notice.text == "【汇总】您有 3 条新消息（预警 1 条、提醒 2 条），请登录查看。"
    assert notice.level == "warning"
    *members, other_entry, digest = stored_outbox(either)
    assert [m.digest_id for m in members] == [digest.entry_id] * 3
    assert [m.entry_id for m in members] == [*first, *rest]
    assert (digest.topic, digest.case_id, digest.recipient) == ("digest", None, "p-dengji")
    assert other_entry.entry_id == other[0]
    assert states(either) == {digest.entry_id: DeliveryState.SENT}

    either.clock.advance(MINUTE)
    assert sweep(either, channel) == DeliveryReport(sent=1), "the other one's, alone"
    assert len(stored_outbox(either)) == 5


def test_a_digest_is_one_message_on_the_pages_and_takes_its_members_along(either: World) -> None:
    tell(either, "info", "overdue", "info")
    single = tell(either, "urgent")
    me = either.actor("dengji")
    assert unread_count(either.engine, me) == 4
    either.clock.advance(MINUTE)
    deliver_notices(either.engine, ())

    page = message_page(either.engine, me)
    digest = next(row for row in page.unread if row.members)
    assert sorted(member.level for member in digest.members) == ["info", "info", "overdue"]
    assert [row.entry.entry_id for row in page.unread if not row.members] == single
    assert unread_count(either.engine, me) == 2

    mark_read(either.engine, either.actor("jiedai"), [digest.entry.entry_id])
    assert unread_count(either.engine, me) == 2, "not theirs"
    mark_read(either.engine, me, [digest.entry.entry_id])
    assert unread_count(either.engine, me) == 1
    after = message_page(either.engine, me)
    assert [len(row.members) for row in after.read] == [3]
    assert all(member.read_at is not None for row in after.read for member in row.members)


def test_what_is_urgent_is_bundled_apart_and_goes_out_at_night(world: World) -> None:
    choose(world, quiet=("08:00", "20:00"))
    channel = Recorder()
    tell(world, "urgent", "urgent", "urgent", "overdue", "overdue", "overdue")
    assert sweep(world, channel) == DeliveryReport(sent=1)
    assert channel.texts == ["【汇总】您有 3 条新消息（紧急 3 条），请登录查看。"]
    world.clock.advance(timedelta(hours=11) - timedelta(microseconds=1))
    assert sweep(world, channel) == NOTHING
    world.clock.advance(timedelta(microseconds=1))
    assert sweep(world, channel) == DeliveryReport(sent=1)
    assert channel.texts[1] == "【汇总】您有 3 条新消息（超期 3 条），请登录查看。"


def test_what_has_been_read_already_is_neither_bundled_nor_sent(world: World) -> None:
    read, *_ = tell(world, "info", "info", "info")
    mark_read(world.engine, world.actor("dengji"), [read])
    world.clock.advance(MINUTE)
    channel = Recorder()
    assert sweep(world, channel) == DeliveryReport(sent=2)
    assert read not in states(world)


def test_who_has_no_channel_gets_the_digest_on_the_pages(world: World) -> None:
    tell(world, "info", "info", "info")
    world.clock.advance(MINUTE)
    assert deliver_notices(world.engine, ()) == NOTHING
    (digest,) = list_messages(world.engine, world.actor("dengji"))
    assert digest.topic == "digest"


def test_a_failing_dispatch_leaves_no_trace_and_the_next_one_makes_one_digest(
    either: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(either, "info", "info", "info")
    either.clock.advance(MINUTE)
    with monkeypatch.context() as patch:
        patch.setattr(module, "send_at", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            deliver_notices(either.engine, [Recorder()])
    assert [entry.topic for entry in stored_outbox(either)] == ["t", "t", "t"]
    channel = Recorder()
    assert sweep(either, channel) == DeliveryReport(sent=1)
    assert len(stored_outbox(either)) == 4


def test_a_crash_after_sending_a_digest_sends_it_again_under_the_same_key(world: World) -> None:
    tell(world, "info", "info", "info")
    world.clock.advance(MINUTE)
    channel = Recorder(KeyboardInterrupt())  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        sweep(world, channel)
    world.clock.advance(timedelta(seconds=world.engine.settings.lease_seconds))
    assert sweep(world, channel) == DeliveryReport(sent=1)
    first, second = channel.notices
    assert first == second
    assert len(stored_outbox(world)) == 4


def test_the_same_members_always_make_the_same_digest() -> None:
    one, two, three = (a_notice(key) for key in ("n1", "n2", "n3"))
    digest = digest_of([one, two, three], one.created_at)
    assert digest == digest_of([three, one, two], one.created_at)
    assert digest.idempotency_key != digest_of([one, two], one.created_at).idempotency_key


def accuse(world: World, case_id: str) -> None:
    assert isinstance(world.engine.store, SqlStore)
    with world.engine.store.write() as work:
        update_case(work.connection, CaseUpdate(case_id, accused_units=("xfj",)))


def test_nothing_of_a_case_that_accuses_ones_unit_is_counted_then_or_later(two: World) -> None:
    case = start_case(two.engine, two.actor("jiedai"), "two_steps", {"title": "甲"})
    other = start_case(two.engine, two.actor("jiedai"), "two_steps", {"title": "乙"})
    tell(two, "info", "info", "info")
    tell(two, "info", case_id=other.case_id)
    hidden = tell(two, "info", case_id=case.case_id)
    accuse(two, case.case_id)
    two.clock.advance(MINUTE)
    busy = Recorder(DeliveryFailed(Message("忙", "busy"), retryable=True))
    sweep(two, busy)
    assert busy.notices[0].text == "【汇总】您有 4 条新消息（提醒 4 条），请登录查看。"
    assert next(e for e in stored_outbox(two) if e.entry_id == hidden[0]).digest_id is None

    accuse(two, other.case_id)
    two.clock.advance(timedelta(hours=1))
    sweep(two, busy)
    assert "您有 3 条" in busy.notices[1].text
    (row,) = [row for row in message_page(two.engine, two.actor("dengji")).unread if row.members]
    assert "您有 3 条" in row.entry.text_zh
    assert len(row.members) == 3


def test_a_digest_of_which_nothing_may_be_told_any_more_is_not_there(two: World) -> None:
    case = start_case(two.engine, two.actor("jiedai"), "two_steps", {"title": "甲"})
    tell(two, "info", "info", "info", case_id=case.case_id)
    two.clock.advance(MINUTE)
    busy = Recorder(DeliveryFailed(Message("忙", "busy"), retryable=True))
    sweep(two, busy)
    me = two.actor("dengji")
    assert unread_count(two.engine, me) == 1
    accuse(two, case.case_id)
    two.clock.advance(timedelta(hours=1))
    assert sweep(two, busy) == DeliveryReport(dead=1)
    assert len(busy.notices) == 1
    assert unread_count(two.engine, me) == 0
    assert message_page(two.engine, me).unread == ()


def test_who_has_left_gets_no_digest(world: World) -> None:
    tell(world, "info", "info", "info")
    with world.engine.store.write() as work:
        person = work.org.person("p-dengji")
        assert person is not None
        work.org.save_person(replace(person, active=False))
    world.clock.advance(MINUTE)
    channel = Recorder()
    assert sweep(world, channel) == NOTHING
    assert {entry.topic for entry in stored_outbox(world)} == {"t"}
    assert deliveries(world) == {}


def test_a_dispatch_costs_the_same_whatever_lies_in_the_outbox(world: World) -> None:
    def cost() -> int:
        tell(world, "info", "info", "info", "overdue")
        world.clock.advance(MINUTE)
        with count_statements(world.engine.store) as statements:
            module.dispatch(world.engine, [Recorder()])
        return statements.count

    first = cost()
    for _ in range(10):
        cost()
    assert cost() == first
    assert first <= 16


def test_a_flood_is_bundled_to_its_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FAN_OUT", 4)
    monkeypatch.setattr(module, "MOST_GATHERED", 10)
    tell(world, *["info"] * 24)
    world.clock.advance(MINUTE)
    channel = Recorder()
    while sweep(world, channel) != NOTHING:
        pass
    bundled = [entry.digest_id for entry in stored_outbox(world) if entry.topic == "t"]
    assert None not in bundled
    assert len(channel.notices) == len(set(bundled)) <= 3


def test_workers_that_dispatch_at_once_make_one_digest_and_send_it_once(either: World) -> None:
    tell(either, *["info"] * 9)
    either.clock.advance(MINUTE)
    channel, ready = Recorder(), threading.Barrier(4)

    def work() -> None:
        ready.wait(timeout=10)
        for _ in range(3):
            deliver_notices(either.engine, [channel])

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work) for _ in range(4)]:
            done.result(timeout=60)
    assert channel.texts == ["【汇总】您有 9 条新消息（提醒 9 条），请登录查看。"]
    assert len(stored_outbox(either)) == 10
