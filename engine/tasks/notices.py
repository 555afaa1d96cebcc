"""Telling people about what was done with a task: neutral words, nobody who must not know, never oneself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.cases.collector import Collector
from engine.notifications.receivers import told_of
from engine.records.org import Person
from engine.records.task import UserTask
from engine.tasks.acting import Acting


def people_to_tell(
    acting: Acting, person_ids: Sequence[str | None] = (), posts: Sequence[tuple[str, str | None]] = ()
) -> tuple[Person, ...]:
    """The persons and the holders of the posts, with whoever stands in; without accused, recused, and the actor."""
    ids = tuple(dict.fromkeys(person_id for person_id in person_ids if person_id))
    if not ids and not posts:
        return ()
    people = acting.work.org.addressees(tuple(posts), ids)
    told = told_of(acting.work, people, acting.case, acting.now, [acting.task.procedure])
    return tuple(person for person in told if person.person_id != acting.actor.person_id)


def holders_of(acting: Acting, task: UserTask) -> tuple[Person, ...]:
    """Whoever has the task, else who may claim it."""
    if task.assignee:
        return people_to_tell(acting, [task.assignee])
    return people_to_tell(acting, posts=[(task.role, task.unit)] if task.role else [])


def notice(
    acting: Acting,
    people: Sequence[Person],
    topic: str,
    zh: str,
    en: str,
    *,
    level: str = "info",
    task_id: str | None = None,
) -> Callable[[Collector], None]:
    """One text for each person: what was done with which step of which case, by whom. Nothing of the matter."""
    number = acting.case.number
    zh = f"{number} {zh}" if number else zh
    en = f"{number}: {en}" if number else en
    about = task_id or acting.task.task_id
    # the version makes it once for each step, and again where it is done again
    source = f"{topic}:{about}:{acting.held.instance.version}"

    def tell(collector: Collector) -> None:
        collector.notify(people, source_id=source, topic=topic, zh=zh, en=en, level=level, task_id=about)

    return tell
