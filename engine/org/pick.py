"""Choosing a colleague: by name, user name, unit or pinyin initials; only those who may be given what is meant.

Whoever acts for an accused unit, or stands aside from the case, is never offered. The use case that hands
something over asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeAlias

from engine.casework.initials import initials_of
from engine.errors import InvalidState, Message, NotFound
from engine.org.sought import sought_in
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.directory import Looking
from engine.records.org import Actor
from engine.records.task import TaskKind, UserTask
from engine.tasks.receivers import home_of, may_be_asked, may_be_delegated, may_be_handed
from engine.tasks.rights import is_accused, is_handler

OF_TASK = ("transfer", "delegate", "sign")
OF_CASE = ("copy", "mention")
PURPOSES = (*OF_TASK, *OF_CASE, "deputy")
SHOWN = 20
"""Colleagues in one answer; whoever looks for another types more."""
MOST_PORTIONS = 5
"""Portions of the staff that are looked through where hardly anybody is fit for the purpose."""
LONGEST = 50

_Test: TypeAlias = Callable[[Actor], bool]


@dataclass(frozen=True)
class Pick:
    """A colleague to choose. `roles` are the keys of the roles held, `initials` those of the name in pinyin."""

    person_id: str
    name: str
    unit: str
    unit_name: str
    roles: tuple[str, ...]
    initials: str


def pick_people(
    engine: Engine,
    actor: Actor,
    *,
    purpose: str,
    text: str = "",
    task_id: str | None = None,
    case_id: str | None = None,
    limit: int = SHOWN,
) -> tuple[Pick, ...]:
    """Colleagues for a purpose: of a task (transfer, delegate, sign), of a case (copy, mention), or deputy.

    The actor's own unit comes first. Each word of `text` must fit. Raises InvalidState for a purpose that is none,
    NotFound where the task or the case is unknown to the actor.
    """
    if purpose not in PURPOSES or len(text) > LONGEST:
        raise InvalidState(
            Message("找人的方式不对。请刷新页面后重试。", "Nobody can be looked for in this way. Reload the page.")
        )
    with engine.store.read() as work:
        task, case = _meant(work, actor, purpose, task_id, case_id)
        units = work.org.units()
        looking = Looking(actor.unit, sought_in(text, units), _near(actor, purpose, task))
        people: Iterable[Actor] = _nearest_first(work, looking)
        if case is not None:
            people = _told_apart(people, case, work.desk.stands_aside(case.case_id))
        fits = _test(work, actor, purpose, task, case)
        names = {unit.code: unit.name for unit in units}
        found = (each for each in people if fits(each))
        return tuple(_pick(each, names) for each in islice(found, min(limit, 200)))


def _nearest_first(work: UnitOfWork, looking: Looking) -> Iterator[Actor]:
    """Portion by portion, no more than are needed, and never more than `MOST_PORTIONS`."""
    for _ in range(MOST_PORTIONS):
        portion = work.desk.colleagues(looking)
        yield from portion
        if len(portion) < looking.limit:
            return
        looking = replace(looking, after=portion[-1])


def _meant(
    work: UnitOfWork, actor: Actor, purpose: str, task_id: str | None, case_id: str | None
) -> tuple[UserTask | None, CaseFile | None]:
    if purpose == "deputy":
        return None, None
    task = work.tasks.get(task_id) if task_id else None
    if task_id and task is None:
        raise NotFound(Message("任务", "task"), task_id)
    if purpose in OF_TASK and (task is None or task.kind is not TaskKind.STEP):
        raise NotFound(Message("任务", "task"), task_id or "")
    meant = task.case_id if task is not None else case_id or ""
    case = work.cases.get(meant)
    if case is None or is_accused(actor, case) or not _knows(work, actor, task, meant):
        raise NotFound(Message("案件", "case"), meant)
    return task, case


def _knows(work: UnitOfWork, actor: Actor, task: UserTask | None, case_id: str) -> bool:
    return (task is not None and is_handler(actor, task)) or work.cases.may_see(actor, case_id)


def _near(actor: Actor, purpose: str, task: UserTask | None) -> tuple[str, ...] | None:
    """The units to look in, None: all."""
    if purpose == "deputy":
        return (actor.unit,)
    if purpose in {"transfer", "delegate"} and task is not None:
        return (home_of(task, actor),)
    return None


def _test(work: UnitOfWork, actor: Actor, purpose: str, task: UserTask | None, case: CaseFile | None) -> _Test:
    def fits(person: Actor) -> bool:
        if person.person_id == actor.person_id:
            return False
        if case is None:
            return True
        if task is not None and purpose in OF_TASK:
            match purpose:
                case "transfer":
                    return may_be_handed(person, task, case, actor)
                case "delegate":
                    return may_be_delegated(person, task, case, actor)
                case _:
                    return may_be_asked(person, task, case)
        if is_accused(person, case):
            return False
        # a mention tells somebody of the case who can open it; a confidential one is copied to nobody else either
        is_open = purpose == "copy" and not case.confidential
        return is_open or work.cases.may_see(person, case.case_id)

    return fits


def _told_apart(people: Iterable[Actor], case: CaseFile, aside: frozenset[str]) -> Iterator[Actor]:
    stands = frozenset({case.case_id})
    return (replace(each, recused=stands) if each.person_id in aside else each for each in people)


def _pick(person: Actor, units: Mapping[str, str]) -> Pick:
    roles = tuple(sorted({grant.role for grant in person.grants}))
    return Pick(
        person.person_id,
        person.name,
        person.unit,
        units.get(person.unit, person.unit),
        roles,
        initials_of(person.name),
    )
