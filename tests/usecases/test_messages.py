"""Messages between procedures: durable, once, and never lost."""

from __future__ import annotations

import pytest

from engine.cases.incidents import list_incidents, retry_incident
from engine.cases.messages import deliver_message, drain_messages
from engine.cases.start import start_case
from engine.errors import Conflict, Message
from engine.records.case import CaseFile, InstanceState
from engine.records.views import CaseRow, RegisterQuery
from engine.tasks.complete import complete_task
from tests.conftest import START
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.usecases.test_incidents import register_earlier_case
from tests.worlds import World

AUDITOR = "shenji"


def sender(payload: str | None = None) -> Bpmn:
    return (
        Bpmn("sender")
        .message("m", "petition.received")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .manual("go", lane="l")
        .throw_message("tell", "m", payload, lane="l")
        .end("e", lane="l")
    )


def receiver(*, case: str | None = None, failing: bool = False) -> Bpmn:
    diagram = Bpmn("receiver").message("m", "petition.received").lane("l", role="duty_leader")
    properties = {"case": case} if case else {}
    diagram.node(
        "s",
        "startEvent",
        after=(),
        properties=properties,
        lane="l",
        body='<messageEventDefinition messageRef="m" />',
    )
    if failing:
        diagram.service("link", "link_case", {"number": '"XF2025-00001"'}, lane="l")
    return diagram.manual("look", lane="l").end("e", lane="l")


def waiter(correlation: str | None = None) -> Bpmn:
    properties = {"correlation": correlation} if correlation else {}
    return (
        Bpmn("waiter")
        .message("m", "petition.received")
        .lane("l", role="registrar")
        .start("s", lane="l")
        .catch_message("wait", "m", lane="l", properties=properties)
        .manual("after", lane="l")
        .end("e", lane="l")
    )


def send(world: World) -> CaseFile:
    case = start_case(world.engine, world.actor("dengji"), "sender", {})
    complete_task(world.engine, world.actor("dengji"), world.task(case, "go").task_id, {})
    return case


def cases_of(world: World, procedure: str) -> tuple[CaseRow, ...]:
    with world.engine.store.read() as work:
        return work.cases.register(
            world.actor(AUDITOR), RegisterQuery(procedure=procedure, page_size=50), START
        ).rows


def pending(world: World) -> int:
    with world.engine.store.read() as work:
        return len(work.messages.pending(10))


def test_a_message_starts_a_procedure_in_a_case_of_its_own(world: World) -> None:
    world.deploy(receiver())
    world.deploy(sender('{title: "现场接访", persons_count: 12, accused_units: ["qsx"], extra: 1}'))

    origin = send(world)

    (row,) = cases_of(world, "receiver")
    new = row.case
    assert (new.title, new.unit, new.persons_count, new.accused_units) == ("现场接访", "xfj", 12, ("qsx",))
    assert new.facts == {"关联案件": [origin.case_id]}
    assert world.task(new, "look").data["extra"] == 1
    assert world.events(new)[0] == "CaseStarted"
    assert pending(world) == 0
    assert drain_messages(world.engine) == 0


def test_a_message_start_may_run_in_the_senders_case(world: World) -> None:
    world.deploy(receiver(case="same"))
    world.deploy(sender())

    origin = send(world)

    assert cases_of(world, "receiver") == ()
    view = world.view(origin)
    assert len(view.instances) == 2
    complete_task(world.engine, world.actor("zhiban"), world.task(origin, "look").task_id, {})
    assert {i.state for i in world.view(origin).instances} == {InstanceState.COMPLETED}


def test_a_message_reaches_who_waits_for_its_key_and_nobody_else(world: World) -> None:
    world.deploy(waiter('"K1"'))
    addressed = start_case(world.engine, world.actor("dengji"), "waiter", {})
    world.deploy(waiter('"K2"'))
    other = start_case(world.engine, world.actor("dengji"), "waiter", {})
    world.deploy(sender('{key: "K1", note: "到"}'))

    send(world)

    assert world.task(addressed, "after").data["note"] == "到"
    assert world.tasks(other) == []


def test_a_message_that_nobody_awaits_is_kept_in_the_trail(world: World) -> None:
    world.deploy(sender())

    origin = send(world)

    assert world.events(origin)[-1] == "MessageUnawaited"
    assert pending(world) == 0


def test_a_message_is_delivered_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.deploy(sender())
    world.deploy(receiver())
    with monkeypatch.context() as crashed:
        crashed.setattr("engine.cases.messages.drain_messages", lambda _engine: 0)
        send(world)
    with world.engine.store.read() as work:
        (message,) = work.messages.pending(10)

    assert deliver_message(world.engine, message.message_id)
    assert not deliver_message(world.engine, message.message_id)

    assert len(cases_of(world, "receiver")) == 1


def test_what_a_crash_left_over_the_heartbeat_delivers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.deploy(sender())
    world.deploy(receiver())
    with monkeypatch.context() as crashed:
        crashed.setattr("engine.cases.messages.drain_messages", lambda _engine: 0)
        send(world)
    assert (pending(world), cases_of(world, "receiver")) == (1, ())

    assert drain_messages(world.engine) == 1

    assert len(cases_of(world, "receiver")) == 1


def test_a_delivery_that_fails_is_an_incident_and_can_be_retried(world: World) -> None:
    world.deploy(sender())
    world.deploy(receiver(failing=True))

    origin = send(world)

    assert [t.state.value for t in world.tasks(origin, open_only=False)] == ["completed"]
    assert cases_of(world, "receiver") == ()
    (incident,) = list_incidents(world.engine, world.actor("admin"))
    assert (incident.case_id, incident.element_id) == (origin.case_id, "link")
    assert drain_messages(world.engine) == 0

    register_earlier_case(world)
    retry_incident(world.engine, world.actor("admin"), incident.incident_id)

    assert len(cases_of(world, "receiver")) == 1
    assert list_incidents(world.engine, world.actor("admin")) == ()


def test_a_receiver_that_is_busy_keeps_the_message_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.deploy(receiver())
    world.deploy(sender())

    def busy(*_: object, **__: object) -> None:
        raise Conflict(Message("忙", "busy"))

    with monkeypatch.context() as patched:
        patched.setattr("engine.cases.messages.begin", busy)
        origin = send(world)

    assert world.view(origin).case.closed_at is not None
    assert (pending(world), cases_of(world, "receiver")) == (1, ())
    assert drain_messages(world.engine) == 1
    assert len(cases_of(world, "receiver")) == 1
