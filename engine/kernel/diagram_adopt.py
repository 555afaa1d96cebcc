"""Diagrams that other tools have drawn, made ready to be worked on here: nothing of theirs is dropped.

What is changed: the encoding becomes UTF-8, one process is the executable one, and it may get another id. Foreign
extensions, comments and drawings stay as they are; whether it runs is the linter's question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from engine.errors import InvalidDiagram, Message
from engine.kernel.diagram_elements import BPMN, FLOW_NODES
from engine.kernel.diagram_values import Node
from engine.kernel.diagram_xml import parse_xml
from engine.kernel.findings import Finding, Severity

_DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,60}")
_TOOLS: Final = (
    *(("camunda.org/schema", "Camunda 7"), ("camunda.org/schema/zeebe", "Camunda 8"), ("flowable.org", "Flowable")),
    *(
        ("activiti.org", "Activiti"),
        ("signavio.com", "Signavio"),
        ("bizagi.com", "Bizagi"),
        ("boc-eu.com", "ADONIS"),
    ),
    *(("boc-group", "ADONIS"), ("omgroup.jbpm", "jBPM"), ("jboss.org/drools", "jBPM"), ("trisotech", "Trisotech")),
)
"""What a tool's namespaces have in common, and its name; the longest that fits."""


@dataclass(frozen=True)
class DrawnProcess:
    """A process of a file. `name` is that of its pool, where it has one. `steps` counts its flow nodes."""

    id: str
    name: str
    steps: int


@dataclass(frozen=True)
class Adopted:
    """`content` is UTF-8. `process_id` is the executable process, under its new id."""

    content: bytes
    process_id: str
    name: str
    tool: str
    processes: tuple[DrawnProcess, ...]
    is_drawn: bool


def processes_of(content: bytes, file: str) -> tuple[DrawnProcess, ...]:
    """The processes of a file, the fullest first. Raises InvalidDiagram for what is no BPMN, or has none."""
    return _processes(_root(content, file))


def is_key(text: str) -> bool:
    """Whether it can be the id of a process."""
    return _KEY.fullmatch(text) is not None


def adopt_diagram(content: bytes, file: str, *, process: str | None = None, key: str | None = None) -> Adopted:
    """The file with `process` (None: the fullest) as its executable one, called `key` (None: as it is).

    Raises InvalidDiagram for what is no BPMN or has no process, and for a key that is none or is taken in the file.
    """
    root = _root(content, file)
    processes = _processes(root)
    chosen = next((each for each in processes if each.id == process), processes[0])
    new_id = key or chosen.id
    if not is_key(new_id):
        raise _refused(
            "process-id",
            file,
            f"流程标识“{new_id[:60]}”不可用：以字母或下划线开头，只含字母、数字、下划线、点和短横。请另取一个。",
            f"“{new_id[:60]}” cannot be a process id: begin with a letter or “_”; then also digits, “.”, “-”.",
        )
    taken = {node.get("id") for node in root.iter() if node.get("id") is not None}
    if new_id != chosen.id and new_id in taken:
        raise _refused(
            "process-id",
            file,
            f"标识“{new_id}”在文件中已被别的元素使用。请另取一个。",
            f"The id “{new_id}” is used by another element of the file. Choose another.",
        )
    for node in root.iter(BPMN + "process"):
        node.set("isExecutable", "true" if node.get("id") == chosen.id else "false")
    if new_id != chosen.id:
        _rename(root, chosen.id, new_id)
    return Adopted(
        content=etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"),
        process_id=new_id,
        name=chosen.name,
        tool=_tool(root),
        processes=processes,
        is_drawn=next(root.iter(_DI + "BPMNShape"), None) is not None,
    )


def _root(content: bytes, file: str) -> Node:
    root = parse_xml(content, file, keep_comments=True)
    if root.tag != BPMN + "definitions":
        raise _refused(
            "not-bpmn",
            file,
            "这不是 BPMN 2.0 文件。请在原工具中选择“导出为 BPMN 2.0 XML”后重新上传。",
            "This is not BPMN 2.0. In the other tool choose “export as BPMN 2.0 XML”, and upload that.",
            root.sourceline,
        )
    if not _processes(root):
        raise _refused(
            "no-process",
            file,
            "文件里没有流程（process），或流程没有标识。请在原工具中画出流程后重新导出。",
            "The file has no process, or one without an id. Draw one in the other tool and export again.",
            root.sourceline,
        )
    return root


def _processes(root: Node) -> tuple[DrawnProcess, ...]:
    pools = {node.get("processRef"): node.get("name") for node in root.iter(BPMN + "participant")}
    found = [
        DrawnProcess(
            node.get("id"),
            (pools.get(node.get("id")) or node.get("name") or node.get("id")).strip(),
            sum(1 for each in node.iter(BPMN + "*") if each.tag.removeprefix(BPMN) in FLOW_NODES),
        )
        for node in root.iter(BPMN + "process")
        if node.get("id")
    ]
    return tuple(sorted(found, key=lambda each: -each.steps))


def _rename(root: Node, old: str, new: str) -> None:
    """In the process and in all that refers to it: pools, planes and shapes, calls."""
    for node in root.iter(etree.Element):
        for attribute in ("id", "processRef", "bpmnElement", "calledElement"):
            if node.get(attribute) == old and (attribute != "id" or node.tag == BPMN + "process"):
                node.set(attribute, new)


def _tool(root: Node) -> str:
    """What drew it, as it says itself or as its namespaces do; "" where nothing tells."""
    spaces = {uri for node in root.iter(etree.Element) for uri in node.nsmap.values() if uri}
    fits = [(mark, name) for mark, name in _TOOLS if any(mark in uri for uri in spaces)]
    said = (root.get("exporter") or "").split(",")[0].strip()[:60]
    return said or (max(fits, key=lambda fit: len(fit[0]))[1] if fits else "")


def _refused(rule: str, file: str, zh: str, en: str, line: int | None = None) -> InvalidDiagram:
    return InvalidDiagram([Finding(Severity.ERROR, rule, Message(zh, en), file, line)])
