"""What becomes of absences when an account is closed: nobody is away any more, and nobody stands in."""

from __future__ import annotations

from datetime import datetime

from engine.org.absence_words import word_of_closing, words_of_lost_deputy
from engine.ports.store import UnitOfWork
from engine.records.org import Person


def end_with_account(work: UnitOfWork, person: Person, now: datetime) -> None:
    """The person's own absences end, and their deputies hear of it; so do those for whom the person stood in."""
    own = work.stand_ins.absences_of(person.person_id, now)
    for absence in own:
        work.reach.end_absence(absence.absence_id, now)
    work.deliveries.add(
        [word_of_closing(absence, person, now) for absence in own] + words_of_lost_deputy(work, person, now)
    )
