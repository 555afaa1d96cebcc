// In which column and row each node of a flow stands: bpmn-auto-layout's answer for a copy of the bare flow, so that nothing
// in a foreign file can trouble it. It sees a flow only where the nodes name it too, which many tools leave out.
import { layoutProcess } from "bpmn-auto-layout";

const CELL = { width: 150, height: 140 };
const PLACED = /bpmnElement="n(\d+)"[^>]*>\s*<dc:Bounds x="(-?[\d.]+)" y="(-?[\d.]+)"/g;
const TAGS = [["bpmn:Gateway", "exclusiveGateway"], ["bpmn:EndEvent", "endEvent"], ["bpmn:StartEvent", "startEvent"], ["bpmn:Event", "intermediateCatchEvent"]];

const tagOf = (node) => TAGS.find(([type]) => node.$instanceOf(type))?.[1] ?? "task";

function written({ nodes, boundary, flows }) {
  const name = new Map([...nodes, ...boundary].map((node, index) => [node, `n${index}`]));
  const ways = (node) =>
    flows
      .flatMap(({ sourceRef, targetRef }, index) => [targetRef === node && `<incoming>f${index}</incoming>`, sourceRef === node && `<outgoing>f${index}</outgoing>`])
      .filter(Boolean)
      .join("");
  const inner = [
    ...nodes.map((node) => `<${tagOf(node)} id="${name.get(node)}">${ways(node)}</${tagOf(node)}>`),
    ...boundary.map((node) => `<boundaryEvent id="${name.get(node)}" attachedToRef="${name.get(node.attachedToRef)}">${ways(node)}</boundaryEvent>`),
    ...flows.map((flow, index) => `<sequenceFlow id="f${index}" sourceRef="${name.get(flow.sourceRef)}" targetRef="${name.get(flow.targetRef)}"/>`),
  ];
  return `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">${inner.join("")}</process></definitions>`;
}

// One after the other, where the layouter gives up.
const inLine = (nodes) => new Map(nodes.map((node, index) => [node, { col: index % 8, row: Math.floor(index / 8) }]));

// node → { col, row }, both without gaps.
export async function gridOf(scope) {
  const { nodes } = scope;
  const found = new Map();
  try {
    const xml = await layoutProcess(written(scope));
    for (const [, index, x, y] of xml.matchAll(PLACED)) {
      if (nodes[index]) found.set(nodes[index], { col: Math.floor(x / CELL.width), row: Math.floor(y / CELL.height) });
    }
  } catch (error) {
    console.info(error);
  }
  return found.size === nodes.length ? found : inLine(nodes);
}
