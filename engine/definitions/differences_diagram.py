"""A BPMN file as things that can be compared: each element with what it says and where it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from engine.definitions.differences import Thing
from engine.kernel.diagram import BPMN, SPIFF
from engine.kernel.diagram_elements import FLOW_NODES, text_of
from engine.kernel.diagram_xml import parse_xml

_DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_ITEMS: Final = FLOW_NODES | {
    "sequenceFlow", "lane", "participant", "process", "message", "messageFlow", "signal", "error", "escalation",
    "textAnnotation", "association", "group", "dataObjectReference", "dataStoreReference", "dataObject",
}  # fmt: skip
REFERENCES: Final = frozenset(
    {"sourceRef", "targetRef", "attachedToRef", "default", "messageRef", "processRef", "lane", "scope"}
)
"""Last parts of the codes of aspects whose values are ids of other elements."""
_TOLD_ELSEWHERE: Final = frozenset({"incoming", "outgoing", "flowNodeRef", "childLaneSet", "laneSet"})
"""Said by the flows and by the elements themselves."""
_DEEPEST: Final = 12


def diagram_things(content: bytes, file: str) -> dict[str, Thing]:
    """By id, in the order of the file; the first of two that share an id. Raises InvalidDiagram."""
    root = parse_xml(content, file)
    nodes = {node.get("id"): node for node in reversed(list(_items(root)))}
    lanes = _lanes(root)
    places = _places(root)
    return {
        item_id: Thing(
            kind=_local(node),
            name=node.get("name") or text_of(node.find(f"{BPMN}text")) or item_id,
            facts={name: value for name, value in _facts(node, lanes) if value},
            place=places.get(item_id),
        )
        for item_id, node in reversed(nodes.items())
    }


def _items(root: Any) -> Iterator[Any]:
    for node in root.iter(f"{BPMN}*"):
        if node.get("id") and _local(node) in _ITEMS:
            yield node


def _lanes(root: Any) -> dict[str, str]:
    """The id of the lane that holds an element directly, by the element's id."""
    return {
        text_of(reference): lane.get("id", "")
        for lane in root.iter(f"{BPMN}lane")
        for reference in lane.findall(f"{BPMN}flowNodeRef")
    }


def _places(root: Any) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Bounds and waypoints as written, by the id of what they draw; a shape also with its colours."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for drawn in (*root.iter(f"{_DI}BPMNShape"), *root.iter(f"{_DI}BPMNEdge")):
        points = [
            tuple(_number(point.get(name)) for name in ("x", "y", "width", "height"))
            for point in drawn
            if _local(point) in {"Bounds", "waypoint"}
        ]
        found.setdefault(drawn.get("bpmnElement", ""), tuple(points))
    return found


def _number(written: str | None) -> str:
    """`120` and `120.0` are one place."""
    try:
        return "" if written is None else str(round(float(written)))
    except (ValueError, OverflowError):
        return written or ""


def _facts(node: Any, lanes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    item_id = node.get("id", "")
    yield "lane", lanes.get(item_id, "")
    parent = node.getparent()
    if parent is not None and _local(parent) in {"subProcess", "transaction", "adHocSubProcess"}:
        yield "scope", parent.get("id", "")
    for name, value in node.attrib.items():
        if etree.QName(name).localname != "id":
            yield _code(name), value
    for child in node:
        yield from _facts_of(child)


def _facts_of(child: Any) -> Iterator[tuple[str, str]]:
    """What a child that is no item of its own says about its parent."""
    local = _local(child)
    if local in _TOLD_ELSEWHERE or (child.tag.startswith(BPMN) and local in _ITEMS):
        return
    if local == "extensionElements":
        for extension in child:
            yield from _extension(extension)
    elif local == "conditionExpression":
        yield "condition", text_of(child)
    elif local.endswith("EventDefinition"):
        event = local.removesuffix("EventDefinition")
        yield f"event:{event}", "✓"
        yield from _inner(child, f"event:{event}", 0)
    else:
        yield from _inner(child, local, 0)


def _inner(node: Any, code: str, depth: int) -> Iterator[tuple[str, str]]:
    """Texts and attributes below, each under its path: `event:timer.timeDuration`, `loop….loopCardinality`."""
    for name, value in node.attrib.items():
        local = etree.QName(name).localname
        if local not in {"id", "type"}:
            yield f"{code}.{local}", value
    text = (node.text or "").strip()
    if text:
        yield code, text
    if depth < _DEEPEST:
        for child in node:
            if _local(child) == "extensionElements":
                for extension in child:
                    yield from _extension(extension)
            else:
                yield from _inner(child, f"{code}.{_local(child)}", depth + 1)


def _extension(node: Any) -> Iterator[tuple[str, str]]:
    local = _local(node)
    if not node.tag.startswith(SPIFF):
        # another tool's: it means nothing here, and is kept
        yield f"foreign:{local}", etree.tostring(node, method="c14n", with_comments=False).decode().strip()
    elif local == "properties":
        for item in node:
            yield f"property:{item.get('name', '')}", item.get("value", "")
    elif local == "serviceTaskOperator":
        yield "action", node.get("id", "")
        yield "action_result", node.get("resultVariable", "")
        for parameter in node.iter(f"{SPIFF}parameter"):
            yield f"parameter:{parameter.get('id', '')}", parameter.get("value", "")
    else:
        yield f"extension:{local}", text_of(node) or etree.tostring(node, method="c14n").decode()


def _code(attribute: str) -> str:
    name = etree.QName(attribute)
    return name.localname if name.namespace is None else f"foreign:{name.localname}"


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]
