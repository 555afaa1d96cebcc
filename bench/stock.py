"""SpiffWorkflow as it comes, on the same diagrams: what ours is measured against.

Parser, specs, workflow and serializer are SpiffWorkflow's own. What it cannot do with these diagrams is shimmed as
thinly as it can be; where there was a choice, in its favour:

- its script engine asks the same `Feel`, with the same memory of answers, instead of Python;
- business rule tasks ask the same decision tables: SpiffWorkflow's are Python and know UNIQUE and COLLECT only. The
  tables stay out of its JSON, where SpiffWorkflow would write them;
- service tasks call the same actions, and hand over the JSON that SpiffWorkflow wants;
- timers get the text that it wants: the instant from the same time port, or one that never comes for null, which
  SpiffWorkflow has no word for;
- `datetime.now()` in its timers is the instant of the step: it has no clock that can be set;
- its serializer is told how to write a `date`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, tzinfo
from typing import Any, ClassVar
from unittest.mock import patch

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.helpers.registry import DefaultRegistry
from SpiffWorkflow.bpmn.specs.event_definitions import timer
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.spiff.serializer.task_spec import SpiffBpmnTaskConverter
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.util.task import TaskState

from engine.kernel import decisions
from engine.kernel.bpmn.instants import is_iso
from engine.kernel.decisions import Decision, parse_decisions
from engine.kernel.feel import Feel
from engine.kernel.ports import ActionCall, TimeRequest
from engine.kernel.run import Ports, ProcedureSource

STOCK = "SpiffWorkflow"
NEVER = "9999-12-31T00:00:00+00:00"


class _StepClock(datetime):
    """`datetime` for SpiffWorkflow's timers; now is the instant of the step."""

    instant: ClassVar[datetime] = datetime(2025, 1, 1, tzinfo=UTC)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return cls.instant.astimezone(tz)


@contextmanager
def step_clock() -> Iterator[None]:
    """While this lasts, SpiffWorkflow's timers look at the clock that `Stock` sets."""
    with patch.object(timer, "datetime", _StepClock):
        yield


class StockScripts(PythonScriptEngine):
    """FEEL, decision tables and actions behind SpiffWorkflow's own interface."""

    def __init__(self, feel: Feel, ports: Ports, tables: Mapping[str, Decision], now: datetime) -> None:
        super().__init__()
        self.feel = feel
        self.ports = ports
        self.tables = tables
        self.now = now

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        if is_iso(expression):
            return expression
        value = self.feel.evaluate(expression, task.data, self.now)
        if isinstance(value, TimeRequest):
            return self.ports.time.resolve(value, task.data, self.now).at.isoformat()
        is_timer = isinstance(getattr(task.task_spec, "event_definition", None), timer.TimerEventDefinition)
        return NEVER if value is None and is_timer else value

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:
        task.data.update(self.feel.evaluate(script, task.data, self.now))
        return True

    def decide(self, task: Any, decision_id: str) -> None:
        result = decisions.evaluate(self.tables[decision_id], task.data, self.feel, self.now)
        task.data.update({decision_id: result} if isinstance(result, list) else result)

    def call_service(self, task: Any, **operation: Any) -> str:
        spec = task.task_spec
        params = {name: given["value"] for name, given in operation["operation_params"].items()}
        name, element = operation["operation_name"], spec.bpmn_id
        call = ActionCall(name, params, task.data, element, spec.bpmn_name, task.workflow.spec.name, str(task.id))
        result = self.ports.actions.run(call)
        task.data.update(result.variables)
        return json.dumps(result.value)


class SharedRuleTask(SpiffBpmnTask):
    """A business rule task that asks our table."""

    def __init__(self, wf_spec: Any, name: str, decision_id: str = "", **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision_id = decision_id

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.script_engine.decide(my_task, self.decision_id)
        return True


class _RuleParser(SpiffTaskParser):
    def create_task(self) -> Any:
        decision_id = self.parse_extensions()["calledDecisionId"]
        return self.spec_class(self.spec, self.bpmn_id, decision_id=decision_id, **self.bpmn_attributes)

    @staticmethod
    def get_decision_ref(node: Any) -> Any:
        return SpiffTaskParser._parse_extensions(node).get("calledDecisionId")


class _RuleConverter(SpiffBpmnTaskConverter):
    def to_dict(self, spec: Any) -> Any:
        return {**super().to_dict(spec), "decision_id": spec.decision_id}


class _Parser(SpiffBpmnParser):
    OVERRIDE_PARSER_CLASSES: ClassVar = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("businessRuleTask"): (_RuleParser, SharedRuleTask),
    }


class _Registry(DefaultRegistry):
    def __init__(self) -> None:
        super().__init__()
        self.register(date, lambda v: {"value": v.isoformat()}, lambda v: date.fromisoformat(v["value"]))


class Stock:
    """Diagrams parsed once; instances of the first one's process. To be used within `step_clock`."""

    def __init__(self, feel: Feel, ports: Ports, sources: Iterable[ProcedureSource]) -> None:
        parser = _Parser()
        given = list(sources)
        for source in given:
            parser.add_bpmn_xml(etree.fromstring(source.files[f"{source.key}.bpmn"]))
        self.spec = parser.get_spec(given[0].key)
        self.specs = parser.get_subprocess_specs(given[0].key)
        self.scripts = StockScripts(feel, ports, _tables(given), _StepClock.instant)
        registry = BpmnWorkflowSerializer.configure({**SPIFF_CONFIG, SharedRuleTask: _RuleConverter}, _Registry())
        self.serializer = BpmnWorkflowSerializer(registry)

    def start(self, data: Mapping[str, Any], now: datetime) -> BpmnWorkflow:
        self._at(now)
        workflow = BpmnWorkflow(self.spec, dict(self.specs), script_engine=self.scripts)
        workflow.task_tree.data.update(data)
        workflow.do_engine_steps()
        return workflow

    def open_task(self, workflow: BpmnWorkflow, element: str) -> Any:
        """The ready task of an element, found as SpiffWorkflow finds it."""
        return workflow.get_next_task(state=TaskState.READY, spec_name=element)

    def complete(self, workflow: BpmnWorkflow, task: Any, data: Mapping[str, Any], now: datetime) -> None:
        self._at(now)
        task.data.update(data)
        task.run()
        workflow.do_engine_steps()

    def refresh(self, workflow: BpmnWorkflow, now: datetime) -> None:
        """Let timers that are due at `now` fire."""
        self._at(now)
        workflow.refresh_timers()
        workflow.do_engine_steps()

    def save(self, workflow: BpmnWorkflow) -> str:
        return str(self.serializer.serialize_json(workflow))

    def load(self, text: str) -> BpmnWorkflow:
        workflow = self.serializer.deserialize_json(text)
        workflow.script_engine = self.scripts
        return workflow

    def _at(self, now: datetime) -> None:
        self.scripts.now = _StepClock.instant = now


def _tables(sources: Iterable[ProcedureSource]) -> dict[str, Decision]:
    return {
        decision.decision_id: decision
        for source in sources
        for name, content in source.files.items()
        if name.endswith(".dmn")
        for decision in parse_decisions(content, name)
    }
