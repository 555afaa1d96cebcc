"""To an accused unit a case does not exist: not by a second role, not by a ledger, not by an old message."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask

from engine.audit.verify import verify_chain
from engine.cases.firing import fire_timer
from engine.cases.incidents import list_incidents, retry_incident
from engine.cases.read import open_case, register
from engine.cases.start import start_case
from engine.deadlines.ledger import read_ledger
from engine.definitions.deploy import check_procedure, deploy_procedure
from engine.documents.attachments import add_attachment, open_attachment
from engine.errors import Forbidden, NotFound, StepFailed
from engine.notifications.messages import list_messages, unread_count
from engine.records.case import CaseFile
from engine.records.ledger import LedgerQuery
from engine.records.org import Actor, Grant, Person
from engine.records.views import InboxQuery, RegisterQuery
from engine.tasks.complete import complete_task
from engine.tasks.inbox import inbox
from engine.tasks.read import open_task
from tests.security.conftest import Enter
from tests.security.entering import token
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form, files_of

SECRET = "反映办公室推诿"


def watched() -> Bpmn:
    """The registrar is told; says who is accused; then another office has it, under a timer whose firing fails."""
    return (
        Bpmn("watched")
        .lane("l", role="registrar")
        .lane("o", role="joint_office", unit='"lxb"')
        .start("s", form="intake", lane="l")
        .service("tell", "notify", {"role": '"registrar"', "topic": '"task"'}, lane="l")
        .user("name", form="name", lane="l")
        .manual("other", lane="o")
        .timer_boundary("t", on="other", expression="PT1H", interrupting=False, lane="o")
        .service("link", "link_case", {"number": '"XF2025-00009"'}, lane="o")
        .end("linked", lane="o")
        .at("other")
        .end("e", lane="o")
    )


UNITS = [{"value": unit, "label": unit} for unit in ("xfj", "cgjd", "rsj")]
NAME = a_form(a_field("accused_units", "checklist", values=UNITS))


def accused(world: World, *units: str) -> CaseFile:
    """A case that has come to accuse these units."""
    world.deploy(watched(), intake=a_form(a_field("title")), name=NAME)
    case = start_case(world.engine, world.actor("dengji"), "watched", {"title": SECRET})
    assert unread_count(world.engine, world.actor("dengji")) == 1
    task_id = world.task(case, "name").task_id
    add_attachment(world.engine, world.actor("dengji"), case.case_id, "a.pdf", b"%PDF-1.7 ...")
    complete_task(world.engine, world.actor("dengji"), task_id, {"accused_units": list(units)})
    return case


def somebody(unit: str, *grants: tuple[str, str]) -> Actor:
    return Actor("p-somebody", "somebody", "某人", unit, frozenset(Grant(*grant) for grant in grants))


def sees_nothing(world: World, actor: Actor, case: CaseFile) -> None:
    with world.engine.store.read() as work:
        (attachment,) = work.registers.attachments(case.case_id)
    for attempt in (
        lambda: open_case(world.engine, actor, case.case_id),
        lambda: open_attachment(world.engine, actor, attachment.attachment_id),
        lambda: open_task(world.engine, actor, world.task(case, "other").task_id),
        lambda: complete_task(world.engine, actor, world.task(case, "other").task_id, {}),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert register(world.engine, actor).total == 0
    assert register(world.engine, actor, RegisterQuery(text=SECRET)).total == 0
    for box in ("mine", "claimable", "done"):
        found = inbox(world.engine, actor, InboxQuery(box=box))
        assert (found.total, set(found.counts.values())) == (0, {0})


@pytest.mark.parametrize(
    "actor",
    [
        somebody("cgjd", ("resp_dept", "cgjd")),
        somebody("xfj", ("registrar", "xfj"), ("resp_dept", "cgjd")),
        somebody("cgjd", ("joint_office", "lxb")),
        somebody("cgjd", ("registrar", "xfj"), ("auditor", "xfj"), ("process_admin", "xfj")),
        somebody("xfj", ("auditor", "xfj"), ("duty_desk", "cgjd")),
        somebody("cgjd"),
    ],
    ids=["of it", "also grants there", "seconded", "an auditor of it", "an auditor with a grant", "no grants"],
)
def test_whoever_belongs_to_the_accused_unit_sees_nothing(world: World, actor: Actor) -> None:
    case = accused(world, "cgjd")
    sees_nothing(world, actor, case)


def test_others_still_see_it(world: World) -> None:
    case = accused(world, "cgjd")
    for username in ("dengji", "lxb.zhuren", "shenji"):
        assert open_case(world.engine, world.actor(username), case.case_id).case.title == SECRET


def ledger_of(world: World, actor: Actor) -> list[str]:
    rows = read_ledger(world.engine, actor, LedgerQuery()).rows
    return [row.timer.element_id for row in rows]


def test_ledgers_hide_what_accuses_the_readers_unit(world: World) -> None:
    case = accused(world, "xfj")
    for username in ("admin", "duban", "shenji"):
        assert ledger_of(world, world.actor(username)) == []
    outside = somebody("lxb", ("supervisor", "lxb"), ("process_admin", "lxb"))
    assert ledger_of(world, outside) == ["t"]

    world.clock.advance(timedelta(hours=2))
    assert ledger_of(world, world.actor("admin")) == []
    assert ledger_of(world, outside) == ["t"]
    with pytest.raises(StepFailed):
        fire_timer(world.engine, world.view(case).timers[0].timer_id, "w1")

    (incident,) = list_incidents(world.engine, outside)
    assert list_incidents(world.engine, world.actor("admin")) == ()
    with pytest.raises(NotFound):
        retry_incident(world.engine, world.actor("admin"), incident.incident_id)


def test_a_message_from_before_the_accusation_is_gone(world: World) -> None:
    accused(world, "xfj")
    assert list_messages(world.engine, world.actor("dengji")) == ()
    assert unread_count(world.engine, world.actor("dengji")) == 0


def test_who_also_acts_for_the_accused_unit_is_not_told(world: World) -> None:
    with world.engine.store.write() as work:
        both = Person("p-both", "both", "两边", "xfj", "-")
        work.org.add_person(both, [Grant("registrar", "xfj"), Grant("resp_dept", "rsj")])
    form = a_form(a_field("title"), a_field("accused_units", "checklist", values=UNITS))
    world.deploy(watched(), intake=form, name=NAME)
    data = {"title": SECRET, "accused_units": ["rsj"]}
    start_case(world.engine, world.actor("dengji"), "watched", data)

    with world.engine.store.read() as work:
        assert work.registers.unread_count("p-both") == 0
        assert work.registers.unread_count("p-dengji") == 1


def test_the_admins_pages_tell_nothing_of_a_case(app: Flask, two: World, enter: Enter) -> None:
    case = accused(two, "cgjd")
    two.clock.advance(timedelta(hours=2))
    with pytest.raises(StepFailed):
        fire_timer(two.engine, two.view(case).timers[0].timer_id, "w1")
    for page in ("/timers", "/incidents"):
        answer = enter("admin").get(page)
        assert answer.status_code == 200
        assert case.case_id in answer.text
        assert SECRET not in answer.text


def test_a_retry_is_in_the_audit_trail(world: World) -> None:
    case = accused(world, "cgjd")
    world.clock.advance(timedelta(hours=2))
    complete_task(world.engine, world.actor("lxb.zhuren"), world.task(case, "other").task_id, {})
    (incident,) = list_incidents(world.engine, world.actor("admin"))
    retry_incident(world.engine, world.actor("admin"), incident.incident_id)

    (entry,) = [e for e in world.view(case).audit if e.event == "IncidentRetried"]
    assert (entry.actor, entry.detail) == ("p-admin", {"incident_id": incident.incident_id})
    assert verify_chain(world.engine, case.case_id) == []


def test_deploying_is_in_the_audit_trail_and_for_admins(two: World) -> None:
    files = files_of(watched(), intake=a_form(a_field("title")), name=NAME)
    for attempt in (
        lambda: deploy_procedure(two.engine, two.actor("dengji"), "watched", files),
        lambda: check_procedure(two.engine, "watched" * 1000, files, actor=two.actor("dengji")),
    ):
        with pytest.raises(Forbidden):
            attempt()
    deploy_procedure(two.engine, two.actor("admin"), "watched", files)
    deploy_procedure(two.engine, two.actor("admin"), "watched", files)

    with two.engine.store.read() as work:
        trail = [(e.event, e.actor, e.detail.get("procedure", "")[:9]) for e in work.registers.audit_of(None)]
    assert trail == [
        ("ProcedureDeployed", "system", "two_steps"),
        ("AccessRefused", "p-dengji", "watched"),
        ("AccessRefused", "p-dengji", "watchedwa"),
        ("ProcedureDeployed", "p-admin", "watched"),
    ]


def test_only_admins_check_an_upload(enter: Enter) -> None:
    client = enter("dengji")
    for intent in ("check", "deploy"):
        upload = {"csrf_token": token(client), "intent": intent, "file": (io.BytesIO(b"<x/>"), "x.bpmn")}
        assert client.post("/definitions", data=upload).status_code == 403
