"""Who is told: the persons meant, and whoever stands in for those who are away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile
from engine.records.org import Person


def told(work: UnitOfWork, people: Sequence[Person], now: datetime) -> tuple[Person, ...]:
    """Of what belongs to no case: the persons, then the deputies of those who are away from everything at `now`.

    Nobody twice. At most one statement. An absence adds a person and takes none away.
    """
    if not people:
        return ()
    deputies = work.reach.deputies([person.person_id for person in people], now)
    return tuple({person.person_id: person for person in (*people, *deputies)}.values())


def told_of(
    work: UnitOfWork, people: Sequence[Person], case: CaseFile, now: datetime, procedures: Collection[str] = ()
) -> tuple[Person, ...]:
    """Of a case: the persons who may know of it, then the deputies who may of those among them who are away.

    `procedures` are those in question, without any the case's own. Nobody hears who acts for a unit that the case
    complains of, or stands aside from it; nor does a deputy on account of such a person. At most two statements.
    Source: 信访工作条例 art. 28, 30, 46(5).
    """
    meant = _unbiased(work, people, case)
    if not meant:
        return ()
    ids = [person.person_id for person in meant]
    deputies, aside = work.stand_ins.told(ids, case.case_id, procedures or (case.procedure,), now)
    known = {p.person_id for p in meant}
    more = _unbiased(work, [p for p in deputies if p.person_id not in known], case)
    return tuple(p for p in (*meant, *more) if p.person_id not in aside)


def _unbiased(work: UnitOfWork, people: Sequence[Person], case: CaseFile) -> tuple[Person, ...]:
    """Without those who are on the side of an accused unit, by a grant or by their own unit."""
    accused = set(case.accused_units)
    if not accused or not people:
        return tuple(people)
    grants = work.org.grants()
    return tuple(p for p in people if accused.isdisjoint({p.unit, *(g.unit for g in grants.get(p.person_id, ()))}))
