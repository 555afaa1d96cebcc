"""交接: what was done for a person who was away, what deputies still have of it, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.reach import Absence
from engine.records.standing_in import HandedTask

LOOKED_BACK = timedelta(days=30)
"""What the list covers where the person was not away."""
REMEMBERED = timedelta(days=366)
MOST_SHOWN = 200


@dataclass(frozen=True)
class Handover:
    """A hand-over list from `since` on. `absences` are those of the last year, the newest first.

    `is_cut` says that one of the three lists is longer than what is shown of it. `names` by person id.
    """

    since: datetime
    until: datetime
    absences: tuple[Absence, ...]
    names: dict[str, str]
    done: tuple[HandedTask, ...]
    taken: tuple[HandedTask, ...]
    lying: tuple[HandedTask, ...]

    @property
    def is_cut(self) -> bool:
        return MOST_SHOWN in {len(self.done), len(self.taken), len(self.lying)}


def handover(engine: Engine, actor: Actor, absence_id: str | None = None) -> Handover:
    """The actor's own: over one absence, without one over the newest that has begun; else over thirty days."""
    now = engine.clock.now()
    with engine.store.read() as work:
        known = work.stand_ins.absences_of(actor.person_id, now - REMEMBERED)
        begun = [a for a in reversed(known) if a.starts_at <= now]
        chosen = next((a for a in begun if a.absence_id == absence_id), begun[0] if begun else None)
        since = chosen.starts_at if chosen else now - LOOKED_BACK
        people = {p.person_id: p.name for p in work.org.people()} if begun else {}
        return Handover(
            since=since,
            until=min(chosen.ends_at, now) if chosen else now,
            absences=tuple(begun),
            names=people,
            # a deputy may finish what it took after the person is back
            done=work.stand_ins.done_for(actor, since, now + timedelta(microseconds=1), MOST_SHOWN),
            taken=work.stand_ins.taken_for(actor, MOST_SHOWN),
            lying=work.stand_ins.lying_with(actor, since, MOST_SHOWN),
        )
