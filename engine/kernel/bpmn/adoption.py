"""Gives SpiffWorkflow's freshly parsed specs our classes and fixes their links. Nothing changes a spec later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from SpiffWorkflow.bpmn.specs import control, defaults
from SpiffWorkflow.bpmn.specs.event_definitions import (
    ConditionalEventDefinition,
    MessageEventDefinition,
    MultipleEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.spiff.specs import defaults as spiff

from engine.errors import InvalidDiagram, Message
from engine.kernel.bpmn import activities, events, gateways
from engine.kernel.bpmn.definitions import RunMessage, RunTimer
from engine.kernel.bpmn.duties import give_duties
from engine.kernel.bpmn.lean import ElementInfo
from engine.kernel.decisions import Decision
from engine.kernel.diagram import Diagram, Element
from engine.kernel.findings import Finding, Severity

_CLASSES: Final[Mapping[type, type]] = {
    control.BpmnStartTask: gateways.RunStart,
    control.SimpleBpmnTask: gateways.RunEnd,
    control._EndJoin: gateways.RunEndJoin,
    control.BoundaryEventSplit: events.RunBoundarySplit,
    defaults.ExclusiveGateway: gateways.RunExclusive,
    defaults.InclusiveGateway: gateways.RunInclusive,
    defaults.ParallelGateway: gateways.RunParallel,
    defaults.EventBasedGateway: events.RunEventGateway,
    defaults.StartEvent: events.RunStartEvent,
    defaults.EndEvent: events.RunEndEvent,
    defaults.IntermediateCatchEvent: events.RunCatch,
    defaults.IntermediateThrowEvent: events.RunThrow,
    defaults.BoundaryEvent: events.RunBoundary,
    spiff.SendTask: events.RunSend,
    spiff.ReceiveTask: events.RunReceive,
    spiff.NoneTask: activities.RunNone,
    spiff.UserTask: activities.RunUser,
    spiff.ManualTask: activities.RunManual,
    spiff.ScriptTask: activities.RunScript,
    spiff.ServiceTask: activities.RunService,
    activities.RuleTask: activities.RunRule,
    spiff.SubWorkflowTask: activities.RunSubprocess,
    spiff.TransactionSubprocess: activities.RunTransaction,
    spiff.CallActivity: activities.RunCall,
    spiff.StandardLoopTask: activities.RunLoop,
    spiff.ParallelMultiInstanceTask: activities.RunSimultaneous,
    spiff.SequentialMultiInstanceTask: activities.RunSequential,
}
_CUT: Final = (control.BoundaryEventJoin, control.StartEventJoin, control.StartEventSplit)


def adopt(spec: Any, diagram: Diagram, decisions: Mapping[str, Decision], names: Mapping[str, str]) -> None:
    """Make a parsed workflow spec executable by us. `names` are the names of nested specs by process id.

    Raises InvalidDiagram for an element that we do not execute.
    """
    _cut_out(spec)
    for task_spec in spec.task_specs.values():
        _retype(task_spec, diagram)
        element_id = task_spec.bpmn_id
        if element_id is not None:
            task_spec.element = _element(diagram, element_id)
            _keep_scripts(task_spec, diagram.elements[element_id])
    for task_spec in list(spec.task_specs.values()):
        _link(task_spec, spec)
        _settle(task_spec, diagram, decisions, names)
    give_duties(spec)
    starts = spec.start.followers
    for start in starts:
        if not isinstance(start, events.RunStartEvent):
            raise _refusal(diagram, "eventSubProcess", start.bpmn_id)
    spec.entry = next((s for s in starts if not isinstance(s.event_definition, RunMessage)), starts[0])


def _cut_out(spec: Any) -> None:
    """Remove the joins for boundary events and several starts, and the split of the latter."""
    cut = {name for name, task_spec in spec.task_specs.items() if isinstance(task_spec, _CUT)}
    split = next((s for s in spec.task_specs.values() if isinstance(s, control.StartEventSplit)), None)
    if split is not None:
        spec.start._outputs = list(split._outputs)
        for start in split.outputs:
            start._inputs = [spec.start.name]
    for name in cut:
        del spec.task_specs[name]
    for task_spec in spec.task_specs.values():
        task_spec._outputs = [name for name in task_spec._outputs if name not in cut]
        task_spec._inputs = [name for name in task_spec._inputs if name not in cut]


def _retype(task_spec: Any, diagram: Diagram) -> None:
    own = _CLASSES.get(type(task_spec))
    if own is None:
        raise _refusal(diagram, type(task_spec).__name__, task_spec.bpmn_id)
    task_spec.__class__ = own


def _refusal(diagram: Diagram, kind: str, element_id: str | None) -> InvalidDiagram:
    message = Message(f"流程引擎不执行 {kind}", f"the engine does not execute {kind}")
    return InvalidDiagram([Finding(Severity.ERROR, "not-executable", message, diagram.file, element_id=element_id)])


def _element(diagram: Diagram, element_id: str) -> ElementInfo:
    element = diagram.elements[element_id]
    lane = diagram.lane_of(element_id)
    properties = element.properties
    return ElementInfo(
        id=element_id,
        name=element.name,
        kind=element.kind,
        process_id=element.process_id,
        lane=lane.name if lane is not None else None,
        role=properties.get("role") or (lane.role if lane is not None else None),
        unit=properties.get("unit") or (lane.unit if lane is not None else None),
        properties=properties,
    )


def _keep_scripts(task_spec: Any, element: Element) -> None:
    """SpiffWorkflow reads the scripts of activities only; ours run on events too."""
    if element.kind.endswith("Event"):
        task_spec.prescript = element.extensions.get("preScript")
        task_spec.late_script = element.extensions.get("postScript")


def _link(task_spec: Any, spec: Any) -> None:
    task_spec.followers = tuple(spec.task_specs[name] for name in task_spec._outputs)
    if isinstance(task_spec, events.RunBoundarySplit):
        task_spec.followers[0].is_guarded = True
    if isinstance(task_spec, events.RunEventGateway):
        # SpiffWorkflow moves the events of the followers into the gateway; each gets its own back.
        definitions = task_spec.event_definition.event_definitions
        for follower, definition in zip(task_spec.followers, definitions, strict=True):
            follower.event_definition = definition
            follower.is_listening = True
        task_spec.event_definition = MultipleEventDefinition()


def _settle(task_spec: Any, diagram: Diagram, decisions: Mapping[str, Decision], names: Mapping[str, str]) -> None:
    if isinstance(task_spec, gateways._Choice):
        task_spec.settle()
    if isinstance(task_spec, gateways._Join):
        task_spec.needed = _needed(task_spec)
    if isinstance(task_spec, gateways.RunInclusive):
        task_spec.reach = {source: _reaching(task_spec, source) for source in task_spec.needed}
    if isinstance(task_spec, activities._Nested):
        task_spec.spec = names.get(task_spec.spec, task_spec.spec)
    if isinstance(task_spec, activities._Repeating):
        repeating: Any = task_spec
        child = repeating._wf_spec.task_specs[repeating.task_spec]
        child.completed_event.connect(repeating.merge_child)
    if isinstance(task_spec, activities.RunRule):
        task_spec.decision = decisions.get(task_spec.decision_id)
    if isinstance(task_spec, activities.RunService) and task_spec.element is not None:
        service = diagram.elements[task_spec.element.id].service
        task_spec.result_variable = service.result if service is not None else None
    if hasattr(task_spec, "event_definition"):
        _settle_event(task_spec, diagram)


def _settle_event(task_spec: Any, diagram: Diagram) -> None:
    definition = task_spec.event_definition
    if isinstance(definition, TimerEventDefinition):
        task_spec.event_definition = RunTimer(definition.name, definition.expression)
    elif isinstance(definition, MessageEventDefinition):
        element = diagram.elements[task_spec.bpmn_id]
        task_spec.event_definition = RunMessage(
            name=definition.name,
            payload=getattr(definition, "expression", None) or element.extensions.get("messagePayload"),
            variable=getattr(definition, "message_var", None) or element.extensions.get("messageVariable"),
            correlation=element.properties.get("correlation"),
        )
    elif isinstance(definition, ConditionalEventDefinition):
        task_spec.waits_for_rest = True


def _needed(join: Any) -> Counter[str]:
    """Tokens of each preceding element: as many as flows where it splits in parallel, else one."""
    flows = Counter(join._inputs)
    by_name = join._wf_spec.task_specs
    splitting = (gateways.RunParallel, gateways.RunInclusive)
    return Counter({n: count if isinstance(by_name[n], splitting) else 1 for n, count in flows.items()})


def _reaching(join: Any, source: str) -> frozenset[str]:
    """Names of the specs from which `source` can be reached without passing `join`, itself included."""
    by_name = join._wf_spec.task_specs
    found: set[str] = set()
    pending = [source]
    while pending:
        name = pending.pop()
        if name in found or name == join.name or name not in by_name:
            continue
        found.add(name)
        pending.extend(by_name[name]._inputs)
    return frozenset(found)
