"""A diagram through SpiffWorkflow's parser.

Links are drawn as sequence flows first: a link is a flow that crosses a page (BPMN 2.0.2, 10.5.4), and
SpiffWorkflow would end the token at the throwing event.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask as SubWorkflowTaskMixin
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser

from engine.errors import InvalidDiagram, Message
from engine.kernel.bpmn.activities import RuleTask
from engine.kernel.diagram import BPMN, Diagram
from engine.kernel.findings import Finding, Severity


class _RuleTaskParser(SpiffTaskParser):
    """Leaves the decision to us: SpiffWorkflow's tables are Python."""

    def create_task(self) -> Any:
        extensions = self.parse_extensions()
        return self.spec_class(
            self.spec,
            self.bpmn_id,
            decision_id=(extensions.get("calledDecisionId") or "").strip(),
            prescript=extensions.get("preScript"),
            postscript=extensions.get("postScript"),
            **self.bpmn_attributes,
        )

    @staticmethod
    def get_decision_ref(node: Any) -> Any:
        return SpiffTaskParser._parse_extensions(node).get("calledDecisionId")


class _Parser(SpiffBpmnParser):
    OVERRIDE_PARSER_CLASSES: ClassVar = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("businessRuleTask"): (_RuleTaskParser, RuleTask),
    }


def parse_processes(diagram: Diagram) -> dict[str, Any]:
    """SpiffWorkflow's specs of the executable process and its embedded subprocesses, by id.

    Raises InvalidDiagram where SpiffWorkflow refuses the diagram.
    """
    tree = deepcopy(diagram.tree)
    _draw_links(tree)
    parser = _Parser()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # payloads at the message itself still work
            parser.add_bpmn_xml(tree, diagram.file)
            return dict(_specs_from(parser, diagram.process_id))
    except ValidationException as error:
        raise InvalidDiagram([_refused(diagram, str(error))]) from error


def _specs_from(parser: _Parser, name: str) -> Iterator[tuple[str, Any]]:
    """A process and what is embedded in it, at any depth; called procedures are specs of their own.

    SpiffWorkflow's own walk demands the spec of a procedure that is called inside an embedded subprocess.
    """
    spec = parser.get_spec(name, required=False)
    if spec is None:
        return
    yield name, spec
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, SubWorkflowTaskMixin):
            yield from _specs_from(parser, task_spec.spec)


def _draw_links(tree: Any) -> None:
    definition = f"{BPMN}linkEventDefinition"
    catches = {_link(node): node for node in tree.iter(f"{BPMN}intermediateCatchEvent") if _link(node)}
    for throw in tree.iter(f"{BPMN}intermediateThrowEvent"):
        target = catches.get(_link(throw))
        if target is not None:
            flow = etree.SubElement(throw.getparent(), f"{BPMN}sequenceFlow")
            flow.set("id", f"{throw.get('id')}_link")
            flow.set("sourceRef", throw.get("id"))
            flow.set("targetRef", target.get("id"))
    for node in list(tree.iter(definition)):
        node.getparent().remove(node)


def _link(node: Any) -> str | None:
    definition = node.find(f"{BPMN}linkEventDefinition")
    return None if definition is None else definition.get("name")


def _refused(diagram: Diagram, reason: str) -> Finding:
    return Finding(
        Severity.ERROR,
        "not-executable",
        Message(f"流程引擎不能执行此图：{reason}", f"the engine cannot execute this diagram: {reason}"),
        file=diagram.file,
    )
