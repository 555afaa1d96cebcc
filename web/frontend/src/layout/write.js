// A drawing is put into its file as text: all else in the file stays as it came.
import { BpmnModdle } from "bpmn-moddle";
import { drawn, subjectOf } from "./drawing.js";

const EMPTY = /<([\w.-]+:)?BPMNDiagram\b[^>]*?(?:\/>|>[^]*?<\/\1?BPMNDiagram\s*>)\s*/g;
const END = /<\/(?:[\w.-]+:)?definitions\s*>(?![^]*<\/(?:[\w.-]+:)?definitions\s*>)/;

const whole = ({ x, y, width, height }) => ({ x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) });

function asDiagram(moddle, root, { shapes, lines }, isTaken) {
  const idOf = (name) => (isTaken(name) ? idOf(`${name}_`) : name);
  const own = (parent, ...children) => {
    children.forEach((child) => (child.$parent = parent));
    return parent;
  };
  const plane = moddle.create("bpmndi:BPMNPlane", { id: idOf(`${root.id}_plane`), bpmnElement: root });
  const all = [
    ...shapes.map(({ element, bounds, isOpen, isPool, label }) => {
      const box = moddle.create("dc:Bounds", whole(bounds));
      const made = moddle.create("bpmndi:BPMNShape", { id: idOf(`${element.id}_di`), bpmnElement: element, bounds: box });
      if (isPool) made.isHorizontal = true;
      if (element.$instanceOf("bpmn:SubProcess")) made.isExpanded = Boolean(isOpen);
      if (element.$instanceOf("bpmn:ExclusiveGateway")) made.isMarkerVisible = true;
      if (label) made.label = own(moddle.create("bpmndi:BPMNLabel", { bounds: moddle.create("dc:Bounds", whole(label)) }));
      return made;
    }),
    ...lines.map(({ element, way }) => {
      const waypoint = way.map(({ x, y }) => moddle.create("dc:Point", { x: Math.round(x), y: Math.round(y) }));
      return moddle.create("bpmndi:BPMNEdge", { id: idOf(`${element.id}_di`), bpmnElement: element, waypoint });
    }),
  ];
  plane.planeElement = all;
  own(plane, ...all);
  return own(moddle.create("bpmndi:BPMNDiagram", { id: idOf(`${root.id}_diagram`), plane }), plane);
}

// The file with a drawing; unchanged where there is nothing to draw. Rejects what is no BPMN.
export async function layOut(xml) {
  const moddle = new BpmnModdle();
  const { rootElement, elementsById } = await moddle.fromXML(xml);
  const subject = subjectOf(rootElement);
  if (!subject) return xml;
  const diagram = asDiagram(moddle, subject.root, await drawn(subject), (name) => name in elementsById);
  const { xml: text } = await moddle.toXML(diagram, { format: true, preamble: false });
  return xml.replace(EMPTY, "").replace(END, (end) => `${text.trimEnd()}\n${end}`);
}
