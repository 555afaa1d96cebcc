"""A file without a drawing is drawn: nothing upon anything else, and the rest of the file untouched."""

from __future__ import annotations

import itertools
import json
import random
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from tests.unit.kernel.foreign import exports
from tests.unit.undrawn import UNDRAWN

ROOT = Path(__file__).parents[2]
LAYOUT = ROOT / "web" / "frontend" / "src" / "layout" / "write.js"
DRAW = """
const { layOut } = await import(process.argv[1]);
let all = "";
for await (const part of process.stdin) all += part;
process.stdout.write(JSON.stringify(await Promise.all(JSON.parse(all).map(layOut))));
"""
DIAGRAM = re.compile(r"<(\w+:)?BPMNDiagram\b.*</\1BPMNDiagram>\s*", re.DOTALL)
NS = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "w": "http://www.omg.org/spec/DD/20100524/DI",
}
EVENTS = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent")
NODE = (
    *EVENTS,
    "exclusiveGateway",
    "parallelGateway",
    "subProcess",
    "callActivity",
    "userTask",
    "sendTask",
    "task",
)


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    def touches(self, other: Box) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def holds(self, other: Box) -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )


class Drawing:
    """The boxes and ways of a file, and its elements, by id."""

    def __init__(self, xml: str) -> None:
        root = etree.fromstring(xml.encode())
        self.elements = {e.get("id"): e for e in root.iter() if isinstance(e.tag, str) and e.get("id")}
        self.boxes: dict[str, Box] = {}
        self.ways: dict[str, list[tuple[float, float]]] = {}
        for shape in root.iterfind(".//di:BPMNShape", NS):
            bounds = shape.find("dc:Bounds", NS)
            assert bounds is not None
            box = Box(*(float(str(bounds.get(name))) for name in ("x", "y", "width", "height")))
            self.boxes[str(shape.get("bpmnElement"))] = box
        for edge in root.iterfind(".//di:BPMNEdge", NS):
            points = [(float(str(p.get("x"))), float(str(p.get("y")))) for p in edge.iterfind("w:waypoint", NS)]
            self.ways[str(edge.get("bpmnElement"))] = points

    def named(self, *tags: str) -> list[str]:
        return [known for known, e in self.elements.items() if etree.QName(e).localname in tags]

    def siblings_upon_each_other(self) -> list[tuple[str, str]]:
        nodes = [n for n in self.named(*NODE, "textAnnotation", "dataObjectReference") if n in self.boxes]
        return [
            (one, other)
            for one, other in itertools.combinations(nodes, 2)
            if self.elements[one].getparent() is self.elements[other].getparent()
            and self.boxes[one].touches(self.boxes[other])
        ]

    def ways_through(self, flow: str) -> list[str]:
        """Nodes that a line crosses without belonging to them."""
        ends = {self.elements[flow].get("sourceRef"), self.elements[flow].get("targetRef")}
        free = ends | {self.elements[e].get("attachedToRef") for e in ends if e}
        points = self.ways[flow]
        parts = [Box(min(a, c), min(b, d), abs(a - c), abs(b - d)) for (a, b), (c, d) in itertools.pairwise(points)]
        inside = {e: self.boxes[e] for e in ends if e in self.boxes}
        return [
            node
            for node in self.named(*NODE)
            if node not in free
            and not any(self.boxes[node].holds(box) for box in inside.values())
            and any(part.touches(self.boxes[node]) for part in parts)
        ]


def drawn(files: list[str]) -> list[str]:
    command = ["node", "--input-type=module", "-e", DRAW, LAYOUT.as_uri()]
    done = subprocess.run(command, input=json.dumps(files), capture_output=True, text=True, check=True, timeout=60)
    answers: list[str] = json.loads(done.stdout)
    return answers


def any_flow(seed: int) -> str:
    """A process with branches, loops, dead ends and nodes that nothing leads to; its nodes name no flow."""
    some = random.Random(seed)
    tags = [some.choice(NODE) for _ in range(some.randint(1, 18))]
    flows = [(some.randrange(len(tags)), some.randrange(len(tags))) for _ in range(some.randint(0, 24))]
    nodes = "".join(f'<{tag} id="n{i}"/>' for i, tag in enumerate(tags))
    edges = "".join(
        f'<sequenceFlow id="f{i}" sourceRef="n{a}" targetRef="n{b}"/>' for i, (a, b) in enumerate(flows)
    )
    return f'<definitions xmlns="{NS["b"]}"><process id="p">{nodes}{edges}</process></definitions>'


@pytest.fixture(scope="module")
def collaboration() -> Drawing:
    (text,) = drawn([UNDRAWN])
    assert DIAGRAM.sub("", text) == UNDRAWN, "all but the drawing stays as it came"
    return Drawing(text)


def test_every_pool_lane_and_message_of_a_foreign_collaboration_is_drawn(collaboration: Drawing) -> None:
    found = collaboration
    everything = found.named(*NODE, "participant", "lane", "boundaryEvent", "dataObjectReference", "textAnnotation")
    assert set(everything) <= set(found.boxes)
    lines = found.named("sequenceFlow", "messageFlow", "association", "dataOutputAssociation")
    assert set(lines) == set(found.ways)
    assert found.siblings_upon_each_other() == []
    pools = [found.boxes[p] for p in ("P0", "P1", "P2")]
    assert pools == sorted(pools, key=lambda box: box.y)
    assert not any(one.touches(other) for one, other in itertools.combinations(pools, 2))
    for process, pool in (("A", "P1"), ("B", "P2")):
        inside = [n for n in found.elements[process].iterdescendants() if n.get("id") in found.boxes]
        assert [n.get("id") for n in inside if not found.boxes[pool].holds(found.boxes[str(n.get("id"))])] == []
    for lane in found.named("lane"):
        members = [ref.text for ref in found.elements[lane].iterfind("b:flowNodeRef", NS)]
        assert [m for m in members if not found.boxes[lane].holds(found.boxes[str(m)])] == []
    assert found.boxes["l22"].holds(found.boxes["a_urge"]), "what no lane names stands with what leads to it"
    crossed = {flow: found.ways_through(flow) for flow in found.named("sequenceFlow", "messageFlow")}
    assert {flow: nodes for flow, nodes in crossed.items() if nodes} == {}


def test_any_flow_is_drawn_and_nothing_stands_upon_anything() -> None:
    foreign = [
        export.content.decode("utf-8-sig") for export in exports().values() if b"UTF-8" in export.content[:60]
    ]
    ours = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "workflows").glob("[jo]*/*.bpmn"))]
    bare = [DIAGRAM.sub("", text) for text in (*foreign, *ours)]
    empty = f'<definitions xmlns="{NS["b"]}"/>'
    files = [*bare, *(any_flow(seed) for seed in range(14)), empty]
    answers = drawn(files)
    assert answers.pop() == files.pop() == empty
    for before, after in zip(files, answers, strict=True):
        drawing = Drawing(after)
        assert DIAGRAM.sub("", after) == before
        assert drawing.siblings_upon_each_other() == []
        if "participant" not in before:
            assert set(drawing.named(*NODE)) <= set(drawing.boxes)
