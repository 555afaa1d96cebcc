"""A whole engine in one line: temporary database, sample office, a clock moved by hand, small procedures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.bootstrap import build
from engine.cases.standing import SYSTEM
from engine.clock.fixed import ManualClock
from engine.config import Settings
from engine.deadlines.calendar import seed_calendar
from engine.definitions.content import executable_files
from engine.definitions.deploy import deploy_procedure
from engine.definitions.publishing import Upload, store_version
from engine.ports.engine import Engine
from engine.records.case import CaseFile
from engine.records.definition import Definition
from engine.records.org import Actor, Person
from engine.records.task import UserTask
from engine.records.views import CaseView
from engine.sample.office import sample_office
from engine.store.unit_of_work import SqlStore
from tests.conftest import START
from tests.unit.kernel.bpmn_builder import Bpmn


@dataclass(frozen=True)
class World:
    """An engine and those who work with it. Nobody logs in: actors come straight from the store."""

    engine: Engine
    clock: ManualClock

    def actor(self, username: str) -> Actor:
        with self.engine.store.read() as work:
            person = work.org.person_by_username(username)
            actor = work.org.actor(person.person_id, self.clock.now()) if person else None
        assert actor is not None, username
        return actor

    def close(self) -> None:
        """Lets go of the database."""
        assert isinstance(self.engine.store, SqlStore)
        self.engine.store.close()

    def deploy(self, diagram: Bpmn, **forms: Mapping[str, Any]) -> Definition:
        """Deploys as the system; forms by name."""
        return deploy_procedure(self.engine, None, diagram.process_id, files_of(diagram, **forms))

    def keep(self, diagram: Bpmn, **forms: Mapping[str, Any]) -> Definition:
        """A version as it may stand from times before a check existed: nothing is checked."""
        own = executable_files(files_of(diagram, **forms))
        with self.engine.store.write() as work:
            return store_version(work, Upload(diagram.process_id, own, SYSTEM, self.engine.clock.now()))

    def tasks(self, case: CaseFile, *, element: str | None = None, open_only: bool = True) -> list[UserTask]:
        found = self.view(case).tasks
        return [
            t
            for t in found
            if (element is None or t.element_id == element) and (not open_only or t.state.value == "open")
        ]

    def task(self, case: CaseFile, element: str) -> UserTask:
        """The newest task of that element, open or not."""
        return self.tasks(case, element=element, open_only=False)[-1]

    def view(self, case: CaseFile) -> CaseView:
        with self.engine.store.read() as work:
            view = work.cases.view(case.case_id)
        assert view is not None
        return view

    def events(self, case: CaseFile) -> list[str]:
        return [entry.event for entry in self.view(case).audit]


def enter_world(home: Path, now: datetime = START, *, database_url: str = "") -> World:
    """An installation that is set up already, as another process would open it."""
    clock = ManualClock(now)
    return World(build(Settings(home=home, database_url=database_url), clock), clock)


def a_world(home: Path, now: datetime = START, *, database_url: str = "") -> World:
    """A fresh installation with the sample office and the working calendar."""
    world = enter_world(home, now, database_url=database_url)
    seed_calendar(world.engine)
    office = sample_office()
    with world.engine.store.write() as work:
        work.org.add_units(office.units)
        for member in office.people:
            person = Person(f"p-{member.username}", member.username, member.name, member.unit, "-")
            work.org.add_person(person, member.grants)
    return world


def files_of(diagram: Bpmn, **forms: Mapping[str, Any]) -> dict[str, bytes]:
    """A procedure's folder."""
    files = {f"{diagram.process_id}.bpmn": diagram.xml()}
    files |= {f"forms/{name}.form.json": json.dumps(form).encode() for name, form in forms.items()}
    return files


def a_form(*fields: Mapping[str, Any]) -> dict[str, Any]:
    """A form-js schema of these components."""
    return {"type": "default", "id": "form", "schemaVersion": 19, "components": list(fields)}


def a_field(key: str, kind: str = "textfield", *, required: bool = False, **more: Any) -> dict[str, Any]:
    component = {"type": kind, "id": f"f_{key}", "key": key, "label": more.pop("label", key), **more}
    return {**component, "validate": {"required": True}} if required else component


def two_steps(process_id: str = "two_steps") -> Bpmn:
    """start (receptionist) → check (registrar) → sign (duty_leader) → end."""
    return (
        Bpmn(process_id, name="两步办理")
        .lane("reception", role="receptionist")
        .lane("registry", role="registrar")
        .lane("leader", role="duty_leader")
        .start("start", form="intake", lane="reception", name="来访")
        .user("check", name="核对", form="check", lane="registry")
        .user("sign", name="签批", form="sign", lane="leader")
        .end("end", name="办结", lane="leader")
    )


def two_step_forms() -> dict[str, dict[str, Any]]:
    return {
        "intake": a_form(
            a_field("title", label="标题", required=True),
            a_field("demand", label="主要诉求"),
            a_field("name", label="姓名", properties={"store": "party"}),
            a_field("contact", label="电话", properties={"store": "party"}),
        ),
        "check": a_form(a_field("opinion", "textarea", label="意见", required=True)),
        "sign": a_form(a_field("agreed", "checkbox", label="同意")),
    }
