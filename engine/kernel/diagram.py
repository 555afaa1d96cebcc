"""BPMN bytes to a `Diagram`: the entry that others use.

`read_diagram` refuses what is not well-formed BPMN by the schema; whether it would *run* right is the linter's
question (`engine.kernel.lint`), which reads leniently through `read_leniently` so as to name every mistake.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import PurePosixPath

from engine.errors import InvalidDiagram, Message
from engine.kernel.diagram_elements import BPMN, SPIFF, properties_of, read_scope, text_of
from engine.kernel.diagram_schema import schema_findings
from engine.kernel.diagram_values import (
    Diagram,
    Element,
    Flow,
    Lane,
    Loop,
    Node,
    Process,
    ServiceCall,
    Timer,
)
from engine.kernel.diagram_xml import parse_xml
from engine.kernel.findings import Finding, Severity

__all__ = [
    "BPMN",
    "SPIFF",
    "Diagram",
    "Element",
    "Flow",
    "Lane",
    "Loop",
    "Node",
    "Process",
    "ServiceCall",
    "Timer",
    "read_diagram",
    "read_leniently",
]

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def read_diagram(content: bytes, file: str = "diagram.bpmn") -> Diagram:
    """The diagram in a file. Raises InvalidDiagram with all findings of XML, schema and ids."""
    diagram, findings = read_leniently(content, file)
    if any(finding.is_error for finding in findings):
        raise InvalidDiagram(findings)
    return diagram


def read_leniently(content: bytes, file: str = "diagram.bpmn") -> tuple[Diagram, list[Finding]]:
    """The diagram as far as it can be read, and what is wrong with its form.

    Raises InvalidDiagram where nothing can be read: not XML, not BPMN, or no process.
    """
    root = parse_xml(content, file)
    processes = _processes(root, file)
    findings = schema_findings(root, file)
    main = _main(processes, file)
    nodes = {node.get("id", ""): node for node in root.iter(BPMN + "process")}
    lanes = {lane.id: lane for lane in map(_lane, nodes[main.id].iter(BPMN + "lane"))}
    elements: dict[str, Element] = {}
    flows: dict[str, Flow] = {}
    for process_id, node in nodes.items():
        read_scope(node, process_id, _lanes_of(node), elements, flows)
    diagram = Diagram(
        file=file,
        sha256=sha256(content).hexdigest(),
        process_id=main.id,
        name=main.name,
        processes=processes,
        elements=elements,
        flows=flows,
        lanes=lanes,
        messages={node.get("id", ""): node.get("name") or "" for node in root.iter(BPMN + "message")},
        has_drawing=next(root.iter(_DI + "BPMNShape"), None) is not None,
        tree=root,
    )
    return diagram, [*findings, *_duplicate_ids(root, file)]


def _processes(root: Node, file: str) -> tuple[Process, ...]:
    if root.tag != BPMN + "definitions":
        message = Message(
            f"这不是 BPMN 2.0 文件：根元素是“{_local(root)}”。请上传 BPMN 编辑器导出的 .bpmn 文件。",
            f"This is not a BPMN 2.0 file: its root is “{_local(root)}”. Upload a .bpmn file from an editor.",
        )
        raise InvalidDiagram([Finding(Severity.ERROR, "not-bpmn", message, file, root.sourceline)])
    processes = tuple(
        Process(
            node.get("id", ""),
            node.get("name") or node.get("id", ""),
            node.sourceline,
            # SpiffWorkflow's reading: a process that does not say is executable.
            node.get("isExecutable", "true").strip() in {"true", "1"},
        )
        for node in root.iter(BPMN + "process")
    )
    if not processes:
        message = Message(
            "文件里没有流程（process）。请在编辑器里画出流程后重新导出。",
            "The file has no process. Draw one in the editor and export it again.",
        )
        raise InvalidDiagram([Finding(Severity.ERROR, "no-process", message, file, root.sourceline)])
    return processes


def _main(processes: tuple[Process, ...], file: str) -> Process:
    """The executable process; of several (a finding) the one named like the file, else the first."""
    executable = [process for process in processes if process.is_executable] or [processes[0]]
    stem = PurePosixPath(file).stem
    return next((process for process in executable if process.id == stem), executable[0])


def _lane(node: Node) -> Lane:
    properties = properties_of(node)
    return Lane(
        id=node.get("id", ""),
        name=node.get("name") or "",
        line=node.sourceline,
        role=properties.get("role"),
        unit=properties.get("unit"),
        properties=properties,
        node=node,
    )


def _lanes_of(process: Node) -> dict[str, str]:
    """Lane id by element id; of nested lanes the innermost, as SpiffWorkflow reads it."""
    return {
        text_of(reference): lane.get("id", "")
        for lane in process.iter(BPMN + "lane")
        for reference in lane.findall(BPMN + "flowNodeRef")
    }


def _duplicate_ids(root: Node, file: str) -> list[Finding]:
    first: dict[str, int] = {}
    findings = []
    for node in root.iter(BPMN + "*", _DI + "*"):
        node_id = node.get("id")
        if node_id is None:
            continue
        if node_id in first:
            message = Message(
                f"标识“{node_id}”重复（第一次出现在第 {first[node_id]} 行）。请改成不同的标识。",
                f"The id “{node_id}” occurs twice (first at line {first[node_id]}). Give it another id.",
            )
            findings.append(
                Finding(
                    Severity.ERROR,
                    "duplicate-id",
                    message,
                    file,
                    node.sourceline,
                    node_id,
                    node.get("name") or None,
                )
            )
        first.setdefault(node_id, node.sourceline)
    return findings


def _local(node: Node) -> str:
    return str(node.tag).rpartition("}")[2]
