"""An office with two registrars and a case that waits for one of them: what the tests of acts start from."""

from __future__ import annotations

from dataclasses import dataclass

from engine.cases.start import start_case
from engine.records.case import CaseFile
from engine.records.org import Actor, Grant, Person
from engine.records.step import OutboxEntry
from engine.records.task import UserTask
from engine.tasks.claim import claim_task
from tests.worlds import World, two_step_forms, two_steps

DONE = {"opinion": "属实"}


@dataclass(frozen=True)
class Desk:
    """A case whose step 核对 周雨 (dengji) has claimed; 白露 (dengji2) could have it as well."""

    world: World
    case: CaseFile

    @property
    def task(self) -> UserTask:
        """The step's, not a signer's of it."""
        found = self.world.tasks(self.case, element="check", open_only=False)
        return [task for task in found if task.parent_id is None][-1]

    def actor(self, username: str) -> Actor:
        return self.world.actor(username)

    def signer(self, username: str) -> UserTask:
        """The newest request for that person's opinion."""
        asked = [t for t in self.world.view(self.case).tasks if t.parent_id and t.assignee == f"p-{username}"]
        return max(asked, key=lambda task: (task.opened_at, task.state.value == "open"))

    def notices(self, username: str) -> list[OutboxEntry]:
        """Newest first."""
        with self.world.engine.store.read() as work:
            return list(work.registers.inbox_messages(f"p-{username}", unread_only=True, limit=20))

    def topics(self, username: str) -> list[str]:
        return sorted(entry.topic for entry in self.notices(username) if entry.task_id)

    def step_is(self, element: str) -> bool:
        """Whether only this step is open."""
        steps = [t for t in self.world.tasks(self.case) if t.parent_id is None]
        return [t.element_id for t in steps] == [element]


def hire(world: World, username: str, name: str, unit: str, role: str) -> None:
    with world.engine.store.write() as work:
        person = Person(f"p-{username}", username, name, unit, "-")
        work.org.add_person(person, [Grant(role, unit)])


def a_desk(world: World, *, claimed: bool = True, **fields: object) -> Desk:
    """`fields` are further fields of the form that starts the case."""
    world.deploy(two_steps(), **two_step_forms())
    hire(world, "dengji2", "白露", "xfj", "registrar")
    given = {"title": "占道经营", "name": "张三", **fields}
    case = start_case(world.engine, world.actor("jiedai"), "two_steps", given)
    desk = Desk(world, case)
    if claimed:
        claim_task(world.engine, world.actor("dengji"), desk.task.task_id)
    return desk
