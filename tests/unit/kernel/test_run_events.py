"""Messages, signals, errors, escalations, links and the kinds of ends."""

from __future__ import annotations

import pytest

from engine.errors import InvalidState, StepFailed
from engine.kernel.changes import MessageThrown
from tests.unit.kernel.bpmn_builder import Bpmn, Scope
from tests.unit.kernel.instance import Instance

SIGNAL = '<signalEventDefinition signalRef="sig" />'
ERROR = '<errorEventDefinition errorRef="err" />'
ESCALATION = '<escalationEventDefinition escalationRef="esc" />'
TERMINATE = "<terminateEventDefinition />"


def test_a_message_is_awaited_with_its_key_and_its_entries_become_variables() -> None:
    diagram = Bpmn().message("m", "petition.replied").start()
    diagram.catch_message("wait", "m", properties={"correlation": "no"}).user("read").end()
    case = Instance(diagram, {"no": "XF-1"})
    (awaited,) = case.changes.awaited
    assert (awaited.message, awaited.key) == ("petition.replied", "XF-1")

    case.deliver("wait", answer="yes")
    assert case.tasks == ["read"]
    assert case.data == {"no": "XF-1", "answer": "yes"}


def test_a_receive_task_waits_too() -> None:
    diagram = Bpmn().message("m").start().node("wait", "receiveTask", messageRef="m").end()
    case = Instance(diagram)
    case.deliver("wait", a=1)

    assert case.run.is_ended
    assert case.data == {"a": 1}


def test_thrown_messages_leave_the_instance_and_are_not_delivered_within_it() -> None:
    diagram = Bpmn().message("m", "order.sent").start().parallel("split")
    diagram.catch_message("wait", "m", after="split").end("e1")
    diagram.user("go", after="split").throw_message("send", "m", "{ number: n }")
    diagram.node("send2", "sendTask", messageRef="m")
    diagram.end("e2", body='<messageEventDefinition messageRef="m" />')
    case = Instance(diagram, {"n": 7})
    changes = case.complete("go")

    assert changes.thrown == (
        MessageThrown("send", "order.sent", {"number": 7}),
        MessageThrown("send2", "order.sent", {}),
        MessageThrown("e2", "order.sent", {}),
    )
    assert case.awaited != {}


def test_a_message_at_the_boundary() -> None:
    diagram = Bpmn().message("m").start().user("work").end()
    diagram.message_boundary("told", on="work", message="m").user("stop", after="told").end("e2")
    case = Instance(diagram)
    case.deliver("told", why="withdrawn")

    assert case.tasks == ["stop"]
    assert case.history == ["start", "-work", "told"]


def test_start_events_are_chosen_by_message() -> None:
    diagram = Bpmn().message("m", "petition.received").start().user("by_hand").end()
    diagram.start("s2", message="m").user("by_message").end("e2")

    assert Instance(diagram).tasks == ["by_hand"]
    assert Instance(diagram, message="petition.received").tasks == ["by_message"]
    with pytest.raises(InvalidState):
        Instance(diagram, message="other")


def test_what_is_not_awaited_cannot_be_delivered_completed_or_fired() -> None:
    case = Instance(Bpmn().start().user("work").end())
    (task_id,) = case.open
    with pytest.raises(InvalidState):
        case.run.deliver(task_id, {}, case.now)
    with pytest.raises(InvalidState):
        case.run.fire(task_id + ":1", case.now)
    case.complete("work")
    with pytest.raises(InvalidState):
        case.run.complete(task_id, {}, case.now)


def test_a_signal_reaches_every_branch_and_scope_that_waits() -> None:
    def inner(scope: Scope) -> None:
        scope.start("s2").node("heard2", "intermediateCatchEvent", body=SIGNAL).end("e2")

    diagram = Bpmn().root('<signal id="sig" name="all" />').start().parallel("split")
    diagram.node("heard", "intermediateCatchEvent", body=SIGNAL, after="split").end("e1")
    diagram.subprocess("sub", inner, after="split").end("e3")
    diagram.user("go", after="split").node("call", "intermediateThrowEvent", body=SIGNAL).end("e4")
    case = Instance(diagram)
    case.complete("go")

    assert case.run.is_ended
    assert {"heard", "heard2", "call"} <= set(case.history)


def failing(end: str) -> Bpmn:
    def inner(scope: Scope) -> None:
        scope.start("s2").parallel("p2").user("other", after="p2").end("e2")
        scope.user("go", after="p2").end("broken", body=end)

    roots = '<error id="err" name="err" errorCode="42" /><escalation id="esc" name="esc" escalationCode="7" />'
    return Bpmn().root(roots).start().subprocess("sub", inner).user("after").end()


def test_an_error_end_cancels_the_subprocess_and_takes_the_boundary() -> None:
    diagram = failing(ERROR).boundary("caught", ERROR, on="sub").user("repair", after="caught").end("e9")
    case = Instance(diagram)
    case.complete("go")

    assert case.tasks == ["repair"]
    assert case.history == ["start", "s2", "p2", "go", "-other", "broken", "-sub", "caught"]


def test_an_escalation_leaves_the_subprocess_running() -> None:
    diagram = failing(ESCALATION).boundary("caught", ESCALATION, on="sub", interrupting=False)
    case = Instance(diagram.user("note", after="caught").end("e9"))
    case.complete("go")

    assert case.tasks == ["other", "note"]


def test_a_terminate_end_ends_everything_around_it() -> None:
    diagram = Bpmn().start().parallel("split").user("a", after="split").end("e1")
    diagram.user("b", after="split").end("stop", body=TERMINATE)
    case = Instance(diagram)
    case.complete("b", x=1)

    assert case.run.is_ended
    assert case.tasks == []
    assert case.data == {"x": 1}
    assert case.changes.ended is not None
    assert case.changes.ended.outcome == "stop"


def test_a_terminate_end_in_a_subprocess_ends_only_that() -> None:
    case = Instance(failing(TERMINATE))
    case.complete("go", x=1)

    assert case.tasks == ["after"]
    assert case.data == {"x": 1}


def test_a_link_goes_on_at_its_other_end() -> None:
    link = '<linkEventDefinition name="page2" />'
    diagram = Bpmn().start().node("to", "intermediateThrowEvent", body=link)
    diagram.node("from", "intermediateCatchEvent", after=(), body=link).user("far").end()
    case = Instance(diagram)

    assert case.tasks == ["far"]
    assert case.history == ["start", "to", "from"]


def test_a_conditional_event_waits_for_its_condition() -> None:
    condition = "<conditionalEventDefinition><condition>{}</condition></conditionalEventDefinition>"
    diagram = Bpmn().start().user("work").end()
    diagram.boundary("met", condition.format("big"), on="work").user("extra", after="met").end("e2")

    assert Instance(diagram, {"big": False}).tasks == ["work"]
    assert Instance(diagram, {"big": True}).tasks == ["extra"]
    with pytest.raises(StepFailed):
        Instance(diagram, {"big": None})
