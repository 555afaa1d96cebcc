"""A person's own choice of how to be told, and a message to try it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from engine.audit.record import record_event
from engine.config import Settings
from engine.errors import FieldError, InvalidForm, Message
from engine.notifications.quiet import URGENT
from engine.notifications.robots import parse_robot
from engine.ports.engine import Engine
from engine.records.delivery import Delivery
from engine.records.org import Actor
from engine.records.reach import Preference
from engine.records.step import OutboxEntry

TEST = "test"
"""The topic of messages that people send themselves."""


def ways(settings: Settings) -> tuple[str, ...]:
    """The channels that an installation with these settings has, by name."""
    return ("mail", "robot") if settings.smtp_url else ("robot",)


def own_preference(engine: Engine, actor: Actor) -> Preference:
    with engine.store.read() as work:
        return work.reach.preference(actor.person_id)


def choose_ways(
    engine: Engine, actor: Actor, *, muted: Sequence[str], quiet_from: time | None, quiet_until: time | None
) -> None:
    """Which channels to leave alone and when; both times or neither. Raises InvalidForm.

    The pages themselves cannot be muted, and what is urgent respects neither.
    """
    if (quiet_from is None) != (quiet_until is None) or (quiet_from is not None and quiet_from == quiet_until):
        message = Message(
            "免打扰时段须同时填写开始和结束，且二者不同；不需要则都留空。",
            "Give both a beginning and a different end of the quiet hours, or leave both empty.",
        )
        raise InvalidForm([FieldError("quiet_from", message)])
    known = tuple(way for way in ways(engine.settings) if way in muted)
    with engine.store.write() as work:
        before = work.reach.preference(actor.person_id)
        work.reach.save_preference(replace(before, muted=known, quiet_from=quiet_from, quiet_until=quiet_until))
        hours = None if quiet_from is None or quiet_until is None else f"{quiet_from:%H:%M}-{quiet_until:%H:%M}"
        detail = {"muted": list(known), "quiet_hours": hours}
        record_event(work, "NotificationWaysChosen", detail, actor=actor.person_id, at=engine.clock.now())


def name_robot(engine: Engine, actor: Actor, address: str) -> None:
    """The robot to be told by, "" for none. The audit trail keeps its kind, not its address. Raises InvalidForm."""
    robot = parse_robot(address, engine.settings.webhook_hosts) if address.strip() else None
    with engine.store.write() as work:
        before = work.reach.preference(actor.person_id)
        work.reach.save_preference(replace(before, robot=robot.address if robot else ""))
        event, detail = ("RobotNamed", {"kind": robot.kind}) if robot else ("RobotRemoved", {})
        record_event(work, event, detail, actor=actor.person_id, at=engine.clock.now())


def send_test(engine: Engine, actor: Actor) -> str:
    """Queues a message to oneself, on its way through every channel that reaches one. Returns its entry id."""
    now, entry_id = engine.clock.now(), str(uuid.uuid4())
    entry = OutboxEntry(
        entry_id=entry_id,
        idempotency_key=f"{TEST}:{entry_id}",
        recipient=actor.person_id,
        case_id=None,
        task_id=None,
        topic=TEST,
        text_zh="【测试】这是一条测试消息，收到即表示通知渠道可用。",
        text_en="[Test] This is a test. If you can read it, this way of telling you works.",
        created_at=now,
        level=URGENT,
    )
    with engine.store.write() as work:
        work.deliveries.add([entry])
        record_event(work, "TestMessageSent", {}, actor=actor.person_id, at=now)
    return entry_id


def deliveries_of_test(engine: Engine, actor: Actor, entry_id: str) -> tuple[Delivery, ...] | None:
    """How far one's own test message has come; None where it waits to be dispatched, or is not one's own."""
    with engine.store.read() as work:
        return work.deliveries.of_own_entry(entry_id, actor.person_id, TEST)
