"""Who is back from an absence is told so once, and finds the hand-over list on the first page until it was read.

Whether it was read is whether the notice was: there is nothing else to remember.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, tzinfo

from engine.org.handover import Handover, handover
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.reach import ABSENCE_OVER, Absence
from engine.records.step import OutboxEntry

LOOKED_BACK = timedelta(days=7)
"""Of an absence that ended longer ago (the system was down) nobody is told any more."""
_MOST = 200


def tell_returned(engine: Engine) -> int:
    """Tells whose absence has ended, once; of several that run into each other the last. Returns how many.

    One statement where nobody is to be told.
    """
    now = engine.clock.now()
    with engine.store.read() as work:
        if not work.stand_ins.ended_untold(now - LOOKED_BACK, now, 1):
            return 0
    with engine.store.write() as work:
        ended = work.stand_ins.ended_untold(now - LOOKED_BACK, now, _MOST)
        work.deliveries.add([_word(absence, now, engine.settings.timezone) for absence in ended])
    return len(ended)


def coming_back(engine: Engine, actor: Actor) -> Handover | None:
    """The hand-over list of an absence of whose end the actor was told, until it was looked at; else one statement.

    It goes back to the first of absences that run into each other.
    """
    with engine.store.read() as work:
        unread = work.stand_ins.unread_ends(actor.person_id)
    return handover(engine, actor, unread[0][1], joined=True) if unread else None


def looked_at(engine: Engine, actor: Actor) -> None:
    """The actor has seen the list: the first page shows it no longer."""
    with engine.store.read() as work:
        unread = work.stand_ins.unread_ends(actor.person_id)
    if unread:
        with engine.store.write() as work:
            entries = [entry_id for entry_id, _ in unread]
            work.registers.mark_read(actor.person_id, entries, engine.clock.now())


def _word(absence: Absence, now: datetime, zone: tzinfo) -> OutboxEntry:
    first = absence.starts_at.astimezone(zone).date()
    last = (absence.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    return OutboxEntry(
        entry_id=str(uuid.uuid4()),
        idempotency_key=f"{ABSENCE_OVER}:{absence.absence_id}",
        recipient=absence.person_id,
        case_id=None,
        task_id=None,
        topic=ABSENCE_OVER,
        text_zh=(
            f"【返岗】您 {first} 至 {last} 的不在岗登记已结束，代理随之停止。"
            "请看交接清单：已代办的、仍在代理人手中的、新到的。"
        ),
        text_en=(
            f"[Back] Your absence from {first} to {last} is over, and nobody stands in any more. "
            "See the hand-over list: what was done, what deputies still have, what is new."
        ),
        created_at=now,
    )
