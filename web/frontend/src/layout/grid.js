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

// Where the layouter gives up: each as far right as the longest way to it that does not go round, one below the other.
function inRanks({ nodes, boundary, flows }) {
  const host = new Map(boundary.map((event) => [event, event.attachedToRef]));
  const next = new Map(nodes.map((node) => [node, []]));
  flows.forEach(({ sourceRef, targetRef }) => next.get(host.get(sourceRef) ?? sourceRef).push(targetRef));
  const ranks = new Map();
  const order = [];
  const under = new Set();
  const back = new Set();
  const visit = (node) => {
    under.add(node);
    next.get(node).forEach((target, index) => {
      if (under.has(target)) back.add(`${nodes.indexOf(node)} ${index}`);
      else if (!ranks.has(target)) visit(target);
    });
    under.delete(node);
    ranks.set(node, 0);
    order.unshift(node);
  };
  const isReached = (node) => flows.some(({ targetRef }) => targetRef === node);
  [...nodes.filter((node) => !isReached(node)), ...nodes].forEach((node) => ranks.has(node) || visit(node));
  order.forEach((node) =>
    next.get(node).forEach((target, index) => {
      if (!back.has(`${nodes.indexOf(node)} ${index}`)) ranks.set(target, Math.max(ranks.get(target), ranks.get(node) + 1));
    }),
  );
  const filled = new Map();
  return new Map(
    order.map((node) => {
      const col = ranks.get(node);
      filled.set(col, (filled.get(col) ?? -1) + 1);
      return [node, { col, row: filled.get(col) }];
    }),
  );
}

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
    console.warn(error);
  }
  return found.size === nodes.length ? found : inRanks(scope);
}
