"""交接: what was done for a person who was away, what deputies still have of it, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
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

    `chosen` is the absence that it is about, None where there was none. `is_cut` says that one of the three lists
    is longer than what is shown of it. `names` by person id.
    """

    since: datetime
    until: datetime
    chosen: Absence | None
    absences: tuple[Absence, ...]
    names: dict[str, str]
    done: tuple[HandedTask, ...]
    taken: tuple[HandedTask, ...]
    lying: tuple[HandedTask, ...]

    @property
    def is_cut(self) -> bool:
        return MOST_SHOWN in {len(self.done), len(self.taken), len(self.lying)}


def handover(engine: Engine, actor: Actor, absence_id: str | None = None, *, joined: bool = False) -> Handover:
    """The actor's own: over one absence, without one over the newest that has begun; else over thirty days.

    `joined`: over those as well that run into it.
    """
    now = engine.clock.now()
    with engine.store.read() as work:
        known = work.stand_ins.absences_of(actor.person_id, now - REMEMBERED)
        begun = [a for a in reversed(known) if a.starts_at <= now and a.starts_at < a.ends_at]
        chosen = next((a for a in begun if a.absence_id == absence_id), begun[0] if begun else None)
        since = _since(chosen, begun if joined else ()) if chosen else now - LOOKED_BACK
        deputies = [work.org.person(deputy_id) for deputy_id in sorted({a.deputy_id for a in begun})]
        people = {person.person_id: person.name for person in deputies if person is not None}
        return Handover(
            since=since,
            chosen=chosen,
            until=min(chosen.ends_at, now) if chosen else now,
            absences=tuple(begun),
            names=people,
            # a deputy may finish what it took after the person is back
            done=work.stand_ins.done_for(actor, since, now + timedelta(microseconds=1), MOST_SHOWN),
            taken=work.stand_ins.taken_for(actor, MOST_SHOWN),
            lying=work.stand_ins.lying_with(actor, since, MOST_SHOWN),
        )


def _since(chosen: Absence, others: Sequence[Absence]) -> datetime:
    since = chosen.starts_at
    for absence in others:  # the latest to begin first
        if absence.starts_at < since <= absence.ends_at:
            since = absence.starts_at
    return since
