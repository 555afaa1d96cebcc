"""SpiffWorkflow as it comes, with a script engine that asks the same FEEL: what ours is measured against."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from engine.kernel.bpmn.instants import is_iso
from engine.kernel.feel import Feel


class StockScripts(PythonScriptEngine):
    """FEEL behind SpiffWorkflow's own interface; timers get the texts that it wants."""

    def __init__(self, feel: Feel, now: datetime) -> None:
        super().__init__()
        self.feel = feel
        self.now = now

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        if is_iso(expression):
            return expression
        value = self.feel.evaluate(expression, task.data, self.now)
        if isinstance(value, datetime | date):
            return value.isoformat()
        return f"PT{value.total_seconds():.0f}S" if isinstance(value, timedelta) else value

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:
        task.data.update(self.feel.evaluate(script, task.data, self.now))
        return True


class Stock:
    """Diagrams parsed once; instances of the first one's process."""

    def __init__(self, feel: Feel, now: datetime, process_id: str, *diagrams: bytes) -> None:
        self.scripts = StockScripts(feel, now)
        parser = SpiffBpmnParser()
        for diagram in diagrams:
            parser.add_bpmn_xml(etree.fromstring(diagram))
        self.spec = parser.get_spec(process_id)
        self.specs = parser.get_subprocess_specs(process_id)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))

    def start(self, data: dict[str, Any]) -> BpmnWorkflow:
        workflow = BpmnWorkflow(self.spec, dict(self.specs), script_engine=self.scripts)
        workflow.task_tree.data.update(data)
        workflow.do_engine_steps()
        return workflow

    def complete(self, workflow: BpmnWorkflow, data: dict[str, Any], task: Any = None) -> None:
        """Complete a ready manual task, by default the first."""
        chosen = task or workflow.get_next_task(state=TaskState.READY, manual=True)
        chosen.data.update(data)
        chosen.run()
        workflow.do_engine_steps()

    def save(self, workflow: BpmnWorkflow) -> str:
        return str(self.serializer.serialize_json(workflow))

    def load(self, text: str) -> BpmnWorkflow:
        workflow = self.serializer.deserialize_json(text)
        workflow.script_engine = self.scripts
        return workflow
