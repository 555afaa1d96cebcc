"""关注: a person wants to hear of a case, and is told when its state changes."""

from __future__ import annotations

from engine.audit.record import record_event
from engine.cases.file_read import visible_case
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.work import Follow


def follow_case(engine: Engine, actor: Actor, case_id: str) -> None:
    """From now on the actor is told when the case is returned, overdue or closed. Again changes nothing.

    Raises NotFound where the actor may not see the case.
    """
    now = engine.clock.now()
    with engine.store.write() as work:
        visible_case(work, actor, case_id)
        if work.desk.follow(Follow(actor.person_id, case_id, now)):
            record_event(work, "CaseFollowed", {}, actor=actor.person_id, at=now, case_id=case_id)


def unfollow_case(engine: Engine, actor: Actor, case_id: str) -> None:
    """Who does not follow it changes nothing; who may not see the case any more can still stop."""
    with engine.store.write() as work:
        if work.desk.unfollow(actor.person_id, case_id):
            now = engine.clock.now()
            record_event(work, "CaseUnfollowed", {}, actor=actor.person_id, at=now, case_id=case_id)


def is_following(engine: Engine, actor: Actor, case_id: str) -> bool:
    """Whether the actor follows the case."""
    with engine.store.read() as work:
        return work.desk.is_following(actor.person_id, case_id)
