"""Records for tests, made in one line: every field has a plausible value, and any can be given."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from engine.ports.store import Store
from engine.records.case import CaseFile, Instance, InstanceState, Party
from engine.records.definition import Definition, DefinitionFile
from engine.records.org import Actor, Grant, Person, Unit
from engine.records.step import OutboxEntry, OutgoingMessage, StepBatch
from engine.records.task import CASE_COLUMNS, TaskState, UserTask
from engine.records.time import Deadline, Timer
from tests.conftest import START

UNITS = (
    Unit("xfj", "青山县信访局", "Petition Office"),
    Unit("zrzyj", "自然资源局", "Natural Resources", parent="xfj"),
    Unit("cgjd", "城关街道办事处", "Chengguan Subdistrict", parent="xfj"),
)


def a_person(username: str = "jingban", unit: str = "xfj", **given: Any) -> Person:
    return replace(Person(f"p-{username}", username, f"{username}同志", unit, "-"), **given)


def an_actor(username: str = "jingban", unit: str = "xfj", *roles: str) -> Actor:
    grants = frozenset(Grant(role, unit) for role in roles)
    return Actor(f"p-{username}", username, f"{username}同志", unit, grants)


def a_definition(key: str = "petition_main", version: int = 1, **given: Any) -> Definition:
    files = (DefinitionFile("forms/登记.form.json", b"{}"), DefinitionFile(f"{key}.bpmn", "<信访/>".encode()))
    made = Definition(f"d-{key}-{version}", key, version, "信访办理", "0" * 64, files, {}, START, "system", START)
    return replace(made, **given)


def a_case(case_id: str = "c1", **given: Any) -> CaseFile:
    made = CaseFile(case_id, "petition_main", "征地补偿款未足额发放", "xfj", "open", START, "p-jingban")
    return replace(made, **given)


def a_party(case_id: str = "c1", party_id: str = "party-1", **given: Any) -> Party:
    made = Party(party_id, case_id, True, "陈某某", "13800000000", "110101199003070010", "青山县城关街道")
    return replace(made, **given)


def an_instance(instance_id: str = "i1", case_id: str = "c1", **given: Any) -> Instance:
    made = Instance(instance_id, case_id, "d-petition_main-1", InstanceState.RUNNING, b"\x00snapshot", 1, "", START)
    return replace(made, **given)


def a_task(task_id: str = "t1", case_id: str = "c1", instance_id: str = "i1", **given: Any) -> UserTask:
    made = UserTask(
        task_id=task_id,
        instance_id=instance_id,
        case_id=case_id,
        definition_id="d-petition_main-1",
        procedure="petition_main",
        element_id="register",
        name="信访登记",
        role="registrar",
        unit="xfj",
        assignee=None,
        state=TaskState.OPEN,
        form="forms/register.form.json",
        opened_at=START,
    )
    return replace(made, **given)


def a_timer(timer_id: str = "m1", case_id: str = "c1", instance_id: str = "i1", **given: Any) -> Timer:
    due_at = START + timedelta(hours=3)
    return replace(Timer(timer_id, instance_id, case_id, "urge", "催办", None, False, due_at), **given)


def a_deadline(deadline_id: str = "l1", case_id: str = "c1", instance_id: str = "i1", **given: Any) -> Deadline:
    due = START + timedelta(days=15)
    made = Deadline(
        deadline_id=deadline_id,
        instance_id=instance_id,
        case_id=case_id,
        attached_to="t1",
        rule="forward",
        name="转送",
        name_en="Forwarding",
        source="条例 22",
        clock="D",
        amount=15,
        started_at=START,
        raw_due=due,
        legal_due=due,
        target_due=due,
        blue_at=START + timedelta(days=7),
        yellow_at=due - timedelta(days=1),
        red_at=due + timedelta(microseconds=1),
        calendar_version=1,
        provisional=False,
    )
    return replace(made, **given)


def a_notice(key: str = "n1", recipient: str = "p-jingban", **given: Any) -> OutboxEntry:
    made = OutboxEntry(f"o-{key}", key, recipient, "c1", None, "task", "您有一项新任务", "You have a task", START)
    return replace(made, **given)


def a_message(message_id: str = "x1", **given: Any) -> OutgoingMessage:
    made = OutgoingMessage(message_id, "i1", "c1", "throw", "order.overdue", "K1", {"次数": 2}, START)
    return replace(made, **given)


def add_office(store: Store) -> None:
    """Units, one person a unit, one definition."""
    with store.write() as work:
        work.org.add_units(UNITS)
        work.org.add_person(a_person(), [Grant("case_officer", "xfj"), Grant("registrar", "xfj")])
        work.org.add_person(a_person("zrzyj.banli", "zrzyj"), [Grant("resp_dept", "zrzyj")])
        work.org.add_person(a_person("cgjd.banli", "cgjd"), [Grant("resp_dept", "cgjd")])
        work.definitions.add(a_definition())


def add_case(store: Store, case: CaseFile | None = None, *parties: Party, **fields: Any) -> Instance:
    """A case with a running instance at version 1; `fields` are those of its first step's batch."""
    case = case or a_case()
    instance = an_instance(f"i{case.case_id.removeprefix('c')}", case.case_id)
    repeated = {name: getattr(case, name) for name in CASE_COLUMNS}
    if "tasks_opened" in fields:
        fields["tasks_opened"] = tuple(
            replace(t, **repeated) if t.case_id == case.case_id else t for t in fields["tasks_opened"]
        )
    with store.write() as work:
        work.cases.add(case, parties)
        work.instances.save_step(StepBatch(instance, is_new=True, **fields))
    return instance


def next_step(instance: Instance, at: datetime | None = None, **fields: Any) -> StepBatch:
    """The batch of the step after `instance`."""
    ended = {"ended_at": at} if at else {}
    return StepBatch(replace(instance, version=instance.version + 1, **ended), **fields)
