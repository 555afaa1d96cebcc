"""Quiet hours, muted channels, retries: when a notification really goes out, to a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.edge.channels.mail import Mail, parse_server
from engine.edge.channels.robots import Robots
from engine.notifications.deliver import DeliveryReport, deliver_notices
from engine.notifications.messages import mark_read
from engine.notifications.preferences import name_robot
from engine.org.people import set_email
from engine.records.delivery import DeliveryState
from tests.http_server import Hook, Reply, running_hook
from tests.smtp_server import MailBox, running_mailbox
from tests.usecases.notifying import MINUTE, Recorder, choose, deliveries, states, tell
from tests.worlds import World

NOTHING = DeliveryReport()
SENT = DeliveryReport(sent=1)
PUT_OFF = DeliveryReport(put_off=1)
NIGHT = ("22:00", "07:00")


@pytest.fixture
def mailbox() -> Iterator[MailBox]:
    with running_mailbox() as box:
        yield box


@pytest.fixture
def hook() -> Iterator[Hook]:
    with running_hook() as running:
        yield running


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_night_passes_before_the_mail_is_sent(world: World, mailbox: MailBox) -> None:
    set_email(world.engine, "dengji", "d@example.cn")
    mail = Mail(parse_server(mailbox.url), "duban@example.cn")
    choose(world, quiet=NIGHT)
    world.clock.move_to(local("2025-09-30T23:30"))
    (held,) = tell(world, "overdue")
    assert deliver_notices(world.engine, [mail]) == NOTHING
    assert deliveries(world)[held].retry_at == local("2025-10-01T07:00")
    assert deliveries(world)[held].attempts == 0
    world.clock.move_to(local("2025-10-01T06:59:59"))
    assert deliver_notices(world.engine, [mail]) == NOTHING
    world.clock.move_to(local("2025-10-01T07:00"))
    assert deliver_notices(world.engine, [mail]) == SENT
    assert len(mailbox.received) == 1


def test_what_is_urgent_wakes_on_every_channel_also_a_muted_one(world: World) -> None:
    choose(world, quiet=NIGHT, muted=("loud", "quiet"))
    world.clock.move_to(local("2025-10-01T03:00"))
    loud, quiet = Recorder(name="loud"), Recorder(name="quiet")
    tell(world, "urgent", "overdue")
    assert deliver_notices(world.engine, [loud, quiet]) == DeliveryReport(sent=2)
    assert [len(loud.notices), len(quiet.notices)] == [1, 1]
    world.clock.move_to(local("2025-10-01T12:00"))
    assert deliver_notices(world.engine, [loud, quiet]) == NOTHING, "the other one is muted"


def test_a_retry_that_falls_into_the_night_waits_and_costs_no_attempt(world: World, mailbox: MailBox) -> None:
    set_email(world.engine, "dengji", "d@example.cn")
    mail = Mail(parse_server(mailbox.url), "duban@example.cn")
    choose(world, quiet=NIGHT)
    world.clock.move_to(local("2025-09-30T21:59:30"))
    mailbox.answers.append("450 greylisted")
    (entry,) = tell(world, "overdue")
    assert deliver_notices(world.engine, [mail]) == PUT_OFF
    world.clock.move_to(local("2025-09-30T22:01"))
    assert deliver_notices(world.engine, [mail]) == NOTHING
    assert (deliveries(world)[entry].attempts, deliveries(world)[entry].retry_at) == (1, local("2025-10-01T07:00"))
    world.clock.move_to(local("2025-10-01T07:00"))
    assert deliver_notices(world.engine, [mail]) == SENT


def test_hours_and_muting_chosen_later_hold_for_what_waits(world: World) -> None:
    channel = Recorder()
    world.clock.move_to(local("2025-09-30T23:30"))
    choose(world, quiet=("23:00", "23:45"))
    first, second = tell(world, "overdue", "overdue")
    deliver_notices(world.engine, [channel])
    choose(world, quiet=NIGHT)
    world.clock.move_to(local("2025-09-30T23:45"))
    assert deliver_notices(world.engine, [channel]) == NOTHING
    assert deliveries(world)[first].retry_at == local("2025-10-01T07:00")
    mark_read(world.engine, world.actor("dengji"), [second])
    world.clock.move_to(local("2025-10-01T07:00"))
    assert deliver_notices(world.engine, [channel]) == SENT
    assert states(world) == {first: DeliveryState.SENT, second: DeliveryState.DISCARDED}

    tell(world, "info")
    choose(world)
    world.clock.advance(MINUTE)
    choose(world, muted=("recorder",))
    deliver_notices(world.engine, [channel])
    assert len(channel.notices) == 1


def hooked(world: World, hook: Hook) -> World:
    """The office allows the hook's host, and the registrar has named it."""
    settings = replace(world.engine.settings, webhook_hosts=(hook.host,))
    allowed = replace(world, engine=replace(world.engine, settings=settings))
    name_robot(allowed.engine, allowed.actor("dengji"), f"http://{hook.host}/secret")
    return allowed


def test_a_webhook_that_answers_500_then_200_gets_it_once_under_one_key(world: World, hook: Hook) -> None:
    allowed = hooked(world, hook)
    robots = Robots(allowed.engine.settings.webhook_hosts)
    hook.replies.append(Reply(500))
    (entry,) = tell(allowed, "overdue")
    assert deliver_notices(allowed.engine, [robots]) == PUT_OFF
    assert deliver_notices(allowed.engine, [robots]) == NOTHING
    allowed.clock.advance(MINUTE)
    assert deliver_notices(allowed.engine, [robots]) == SENT
    first, second = hook.heard
    assert first == replace(second, headers=first.headers)
    assert deliveries(allowed)[entry].attempts == 2


def test_a_webhook_that_is_gone_is_dead_at_once(world: World, hook: Hook) -> None:
    allowed = hooked(world, hook)
    hook.replies.append(Reply(410))
    (entry,) = tell(allowed, "overdue")
    assert deliver_notices(allowed.engine, [Robots((hook.host,))]) == DeliveryReport(dead=1)
    assert deliveries(allowed)[entry].error == "机器人或 Webhook：对方应答 410 (robot or webhook: answered 410)"
    allowed.clock.advance(timedelta(days=30))
    assert deliver_notices(allowed.engine, [Robots((hook.host,))]) == NOTHING


def test_robots_that_are_down_hold_nobody_else_up_for_long(world: World, hook: Hook) -> None:
    allowed = hooked(world, hook)
    hook.replies.extend([Reply(500)] * 2)
    tell(allowed, "urgent", "overdue", "overdue")
    assert deliver_notices(allowed.engine, [Robots((hook.host,))]) == DeliveryReport(sent=1, put_off=2)
