"""Notifications by mail, to a server on loopback: at least once, and given up only for a reason."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.cases.start import start_case
from engine.config import Settings
from engine.edge.channels import configured_channels
from engine.edge.channels.mail import Mail, parse_server
from engine.edge.scheduler import Heartbeat
from engine.errors import DeliveryFailed, Message
from engine.notifications.deliver import MOST_ATTEMPTS, DeliveryReport, deliver_notices
from engine.org.people import set_email
from engine.ports.channel import Notice
from engine.records.delivery import Delivery, DeliveryState
from engine.records.step import CaseUpdate
from engine.store.repositories.step_writer import update_case
from engine.store.rows import record_of
from engine.store.tables.exchange import delivery
from engine.store.unit_of_work import SqlStore
from tests.smtp_server import MailBox, running_mailbox
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.usecases.notifying import Recorder
from tests.worlds import World

ADDRESS = "dengji@xfj.example.gov.cn"
SENDER = "duban@xfj.example.gov.cn"
NOTHING = DeliveryReport()
SENT = DeliveryReport(sent=1)
PUT_OFF = DeliveryReport(put_off=1)
DEAD = DeliveryReport(dead=1)


@pytest.fixture
def mailbox() -> Iterator[MailBox]:
    with running_mailbox() as box:
        yield box


@pytest.fixture
def mail(mailbox: MailBox) -> Mail:
    return Mail(parse_server(mailbox.url), SENDER)


@pytest.fixture
def noticed(world: World) -> World:
    """The registrar has an address, and one notification that nobody has been told of yet."""
    notify(world)
    set_email(world.engine, "dengji", ADDRESS)
    return world


def notify(world: World) -> None:
    """Starts a case whose first element notifies the registrar."""
    diagram = Bpmn("told").lane("l", role="registrar").start("s", lane="l")
    params = {"role": '"registrar"', "topic": '"task"', "text": '"请尽快登记"', "level": '"overdue"'}
    diagram.service("tell", "notify", params, lane="l").manual("m", lane="l").end("e", lane="l")
    world.deploy(diagram)
    start_case(world.engine, world.actor("dengji"), "told", {})


def stored(world: World) -> list[Delivery]:
    assert isinstance(world.engine.store, SqlStore)
    with world.engine.store.engine.connect() as connection:
        return [record_of(Delivery, row, delivery) for row in connection.execute(sa.select(delivery))]


def refusal(*, retryable: bool) -> DeliveryFailed:
    return DeliveryFailed(Message("不收", "no"), retryable=retryable)


def test_a_notification_is_mailed_once(noticed: World, mailbox: MailBox, mail: Mail) -> None:
    assert deliver_notices(noticed.engine, [mail]) == SENT
    assert deliver_notices(noticed.engine, [mail]) == NOTHING
    noticed.clock.advance(timedelta(days=30))
    assert deliver_notices(noticed.engine, [mail]) == NOTHING

    (message,) = mailbox.received
    assert (message["To"], message["From"]) == (ADDRESS, SENDER)
    assert message["Subject"] == "【超期】请尽快登记"
    assert "请尽快登记" in message.get_content()
    assert "/cases/" not in message.get_content(), "nobody has said where the pages are"
    assert message["Message-ID"].endswith("@xfj.example.gov.cn>")
    (row,) = stored(noticed)
    assert (row.state, row.attempts, row.error) == (DeliveryState.SENT, 1, None)


def test_refused_for_now_is_delivered_later(noticed: World, mailbox: MailBox, mail: Mail) -> None:
    mailbox.answers.extend(["450 greylisted", "451 still busy"])
    assert deliver_notices(noticed.engine, [mail]) == PUT_OFF
    assert deliver_notices(noticed.engine, [mail]) == NOTHING
    noticed.clock.advance(timedelta(minutes=1))
    assert deliver_notices(noticed.engine, [mail]) == PUT_OFF
    noticed.clock.advance(timedelta(minutes=5) - timedelta(microseconds=1))
    assert deliver_notices(noticed.engine, [mail]) == NOTHING
    (row,) = stored(noticed)
    assert row.error is not None
    assert "451 still busy" in row.error
    noticed.clock.advance(timedelta(microseconds=1))
    assert deliver_notices(noticed.engine, [mail]) == SENT
    assert len(mailbox.received) == 1


def test_refused_for_good_is_dead_and_says_why(noticed: World, mailbox: MailBox, mail: Mail) -> None:
    mailbox.answers.append("550 no such user")
    assert deliver_notices(noticed.engine, [mail]) == DEAD
    noticed.clock.advance(timedelta(days=30))
    assert deliver_notices(noticed.engine, [mail]) == NOTHING
    (row,) = stored(noticed)
    assert (row.state, row.retry_at, row.settled_at is None) == (DeliveryState.DEAD, None, False)
    assert row.error is not None
    assert "550 no such user" in row.error
    assert mailbox.received == []


def test_a_server_that_is_down_is_tried_eight_times(noticed: World) -> None:
    with running_mailbox() as gone:
        mail = Mail(parse_server(gone.url), SENDER)
    for _ in range(MOST_ATTEMPTS - 1):
        assert deliver_notices(noticed.engine, [mail]) == PUT_OFF
        noticed.clock.advance(timedelta(hours=4))
    assert deliver_notices(noticed.engine, [mail]) == DEAD
    (row,) = stored(noticed)
    assert (row.state, row.attempts) == (DeliveryState.DEAD, 8)


def test_who_has_no_address_is_left_to_the_pages(world: World, mailbox: MailBox, mail: Mail) -> None:
    notify(world)
    assert deliver_notices(world.engine, [mail]) == NOTHING
    assert stored(world) == []
    set_email(world.engine, "dengji", ADDRESS)
    assert deliver_notices(world.engine, [mail]) == NOTHING, "old news"
    assert mailbox.said == []


def test_without_a_channel_nothing_is_sent_then_or_later(noticed: World, mailbox: MailBox, mail: Mail) -> None:
    assert [channel.name for channel in configured_channels(noticed.engine.settings)] == ["robot"]
    assert deliver_notices(noticed.engine, ()) == NOTHING
    assert deliver_notices(noticed.engine, [mail]) == NOTHING
    assert stored(noticed) == []


def leave(world: World) -> None:
    """The registrar leaves the office."""
    with world.engine.store.write() as work:
        person = work.org.person_by_username("dengji")
        assert person is not None
        work.org.save_person(replace(person, active=False))


def test_who_has_left_gets_no_delivery(noticed: World, mailbox: MailBox, mail: Mail) -> None:
    leave(noticed)
    assert deliver_notices(noticed.engine, [mail]) == NOTHING
    assert stored(noticed) == []


def test_who_leaves_before_the_next_attempt_gets_nothing(noticed: World, mailbox: MailBox, mail: Mail) -> None:
    mailbox.answers.append("450 greylisted")
    assert deliver_notices(noticed.engine, [mail]) == PUT_OFF
    leave(noticed)
    noticed.clock.advance(timedelta(minutes=1))
    assert deliver_notices(noticed.engine, [mail]) == DEAD
    assert mailbox.received == []


def test_who_has_come_to_be_accused_gets_nothing(noticed: World, mailbox: MailBox, mail: Mail) -> None:
    case = start_case(noticed.engine, noticed.actor("dengji"), "told", {})
    assert isinstance(noticed.engine.store, SqlStore)
    with noticed.engine.store.write() as work:
        update_case(work.connection, CaseUpdate(case.case_id, accused_units=("zjj", "xfj")))
    assert deliver_notices(noticed.engine, [mail]) == DeliveryReport(sent=1, dead=1)
    assert case.case_id not in mailbox.received[0].get_content()
    (reason,) = [row.error for row in stored(noticed) if row.state is DeliveryState.DEAD]
    assert reason is not None
    assert "recused" in reason


def test_a_crash_after_sending_sends_again_under_the_same_key(noticed: World) -> None:
    channel = Recorder(KeyboardInterrupt())  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        deliver_notices(noticed.engine, [channel])
    assert deliver_notices(noticed.engine, [channel]) == NOTHING, "the lease holds"
    noticed.clock.advance(timedelta(seconds=noticed.engine.settings.lease_seconds))
    assert deliver_notices(noticed.engine, [channel]) == SENT
    first, second = channel.notices
    assert first == second


def test_nothing_is_sent_inside_a_transaction(noticed: World) -> None:
    class Writer(Recorder):
        def send(self, notice: Notice) -> None:
            with noticed.engine.store.write() as work:
                work.registers.set_mark("sent", {"key": notice.idempotency_key})

    assert deliver_notices(noticed.engine, [Writer()]) == SENT


def test_a_channel_that_refuses_for_now_is_left_alone_and_the_other_is_not(noticed: World) -> None:
    notify_again = start_case(noticed.engine, noticed.actor("dengji"), "told", {})
    busy, fine = Recorder(refusal(retryable=True)), Recorder()
    fine.name = "fine"
    known = replace(noticed.engine, settings=replace(noticed.engine.settings, public_url="https://duban.example"))
    assert deliver_notices(known, [busy, fine]) == DeliveryReport(sent=2, put_off=1)
    assert len(busy.notices) == 1
    assert fine.notices[1].link == f"https://duban.example/cases/{notify_again.case_id}"
    assert deliver_notices(known, [busy, fine]) == SENT


def test_a_defect_of_a_channel_is_kept_as_the_reason(noticed: World) -> None:
    channel = Recorder(RuntimeError("boom\x00\ud800"))
    assert deliver_notices(noticed.engine, [channel]) == PUT_OFF
    (row,) = stored(noticed)
    assert row.error == "RuntimeError: boom  "
    noticed.clock.advance(timedelta(minutes=1))
    assert deliver_notices(noticed.engine, [channel]) == SENT


def test_the_text_is_in_the_persons_language(noticed: World) -> None:
    with noticed.engine.store.write() as work:
        person = work.org.person_by_username("dengji")
        assert person is not None
        work.org.save_person(replace(person, language="en"))
    channel = Recorder()
    deliver_notices(noticed.engine, [channel])
    assert channel.notices[0].text.startswith("[Overdue]")


def test_a_sweep_that_fails_is_logged_and_the_next_one_comes(
    noticed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = Recorder()
    heartbeat = Heartbeat(noticed.engine, [channel])
    with monkeypatch.context() as patch:
        patch.setattr(channel, "address_of", lambda *_: 1 / 0)
        heartbeat.deliver()
    assert channel.notices == []
    heartbeat.deliver()
    assert len(channel.notices) == 1


def test_timers_go_on_while_a_channel_does_not_answer(noticed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, beaten = threading.Event(), threading.Event()

    class Slow(Recorder):
        def send(self, notice: Notice) -> None:
            asked.set()
            assert beaten.wait(timeout=10), "no beat in the meantime"
            super().send(notice)

    def beat(_heartbeat: Heartbeat) -> None:
        if asked.is_set():
            beaten.set()

    monkeypatch.setattr(Heartbeat, "beat", beat)
    channel = Slow()
    quick = replace(noticed.engine, settings=replace(noticed.engine.settings, heartbeat_seconds=0.01))
    heartbeat = Heartbeat(quick, [channel])
    heartbeat.start()
    try:
        assert asked.wait(timeout=10)
        assert beaten.wait(timeout=10)
    finally:
        heartbeat.stop()
    assert len(channel.notices) == 1


def test_the_settings_name_the_channel() -> None:
    environ = {"DUBAN_SMTP_URL": "smtps://u%40x:p%2Fw@mail.example.gov.cn", "DUBAN_MAIL_FROM": SENDER}
    settings = Settings.from_environment(environ)
    channel, robots = configured_channels(settings)
    assert robots.name == "robot"
    assert isinstance(channel, Mail)
    at = channel.server
    assert (at.scheme, at.host, at.port, at.user, at.password) == (
        "smtps",
        "mail.example.gov.cn",
        465,
        "u@x",
        "p/w",
    )
    assert "p/w" not in repr(channel)
    assert "p%2Fw" not in repr(settings)
    assert parse_server("smtp://[::1]").port == 587


@pytest.mark.parametrize(
    ("url", "sender", "named"),
    [
        ("http://u:secret@mail", SENDER, "DUBAN_SMTP_URL"),
        ("smtp://u:secret@mail:port", SENDER, "DUBAN_SMTP_URL"),
        ("smtp://", SENDER, "DUBAN_SMTP_URL"),
        ("smtp://u:secret@mail/inbox", SENDER, "DUBAN_SMTP_URL"),
        ("smtp://mail", "", "DUBAN_MAIL_FROM"),
        ("smtp://mail", "a@b\nBcc: c@d", "DUBAN_MAIL_FROM"),
    ],
)
def test_an_unusable_setting_is_named_without_the_password(url: str, sender: str, named: str) -> None:
    with pytest.raises(ValueError, match=named) as refused:
        configured_channels(Settings(smtp_url=url, mail_from=sender))
    assert "secret" not in str(refused.value)
