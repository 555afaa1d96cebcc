"""What the pages of notifications show: digests, choices, an absence, and mail that did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

from engine.clock.fixed import ManualClock
from engine.errors import DeliveryFailed, Message
from engine.notifications.deliver import deliver_notices
from engine.notifications.dispatch import WINDOW
from engine.notifications.feed import make_feed
from engine.notifications.messages import mark_read, message_page
from engine.notifications.preferences import choose_ways, name_robot
from engine.org.absences import set_absence
from engine.ports.channel import Notice
from engine.ports.engine import Engine
from engine.records.org import Actor, Person
from engine.records.reach import Preference
from engine.records.step import OutboxEntry

_FULL = DeliveryFailed(
    Message("邮件服务器拒收：550 mailbox full", "the mail server refused it: 550 mailbox full"), retryable=False
)
_BUSY = DeliveryFailed(
    Message("邮件服务器暂不可用：421 try later", "the mail server is not usable for now: 421"), retryable=True
)


class _Failing:
    """A mail server that some people's mails do not reach."""

    name = "mail"

    def address_of(self, person: Person, _preference: Preference) -> str | None:
        return f"{person.username}@example.gov.cn"

    def send(self, notice: Notice) -> None:
        if notice.address.startswith(("zjj.", "zrzyj.")):
            raise _FULL
        if notice.address.startswith("duban"):
            raise _BUSY


def tell_of_reach(engine: Engine, clock: ManualClock) -> None:
    """Adds to an office in the middle of its work; leaves the clock two minutes later."""
    deliver_notices(engine, [_Failing()])
    leader = _actor(engine, "zjj.lingdao")
    for row in message_page(engine, leader).unread[2:]:
        mark_read(engine, leader, [row.entry.entry_id])
    _tell(engine, "zjj.lingdao", ("info", "warning", "overdue", "warning"))
    _tell(engine, "zjj.lingdao", ("urgent",))
    _tell(engine, "duban", ("overdue",))
    clock.advance(WINDOW)
    for _ in range(6):
        deliver_notices(engine, [_Failing()])
    handler = _actor(engine, "jingban")
    name_robot(engine, handler, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-bc4f-97a0")
    choose_ways(engine, handler, muted=[], quiet_from=time(22, 0), quiet_until=time(7, 0))
    make_feed(engine, handler)
    deputy = next(person for person in _colleagues(engine, handler) if person.username == "dengji")
    set_absence(
        engine,
        handler,
        starts_on=date(2025, 10, 20),
        ends_on=date(2025, 10, 24),
        deputy_id=deputy.person_id,
        note="外出培训",
    )
    clock.advance(timedelta(minutes=1))


def _tell(engine: Engine, username: str, levels: Sequence[str]) -> None:
    words = {"info": "有新的答复", "warning": "期限将至", "overdue": "已超过期限", "urgent": "现场接访到场时限过半"}
    marks = {"info": "【提醒】", "warning": "【预警】", "overdue": "【超期】", "urgent": "【紧急】"}
    person_id = _actor(engine, username).person_id
    entries = [
        OutboxEntry(
            entry_id=f"reach-{username}-{level}-{index}",
            idempotency_key=f"reach:{username}:{level}:{index}",
            recipient=person_id,
            case_id=None,
            task_id=None,
            topic="case.overdue",
            text_zh=f"{marks[level]}XF2025-0000{index + 1} {words[level]}",
            text_en=f"[{level.title()}] XF2025-0000{index + 1} needs you",
            created_at=engine.clock.now(),
            level=level,
        )
        for index, level in enumerate(levels)
    ]
    with engine.store.write() as work:
        work.deliveries.add(entries)


def _actor(engine: Engine, username: str) -> Actor:
    with engine.store.read() as work:
        person = work.org.person_by_username(username)
        actor = work.org.actor(person.person_id) if person else None
    assert actor is not None, username
    return actor


def _colleagues(engine: Engine, actor: Actor) -> Sequence[Person]:
    with engine.store.read() as work:
        return work.reach.colleagues(actor.unit)
