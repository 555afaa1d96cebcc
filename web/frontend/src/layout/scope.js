// What is drawn of a process or subprocess, and what of it hangs together.
const is = (element, type) => element.$instanceOf(type);

export const isDataRef = (element) => is(element, "bpmn:DataObjectReference") || is(element, "bpmn:DataStoreReference");

export function scopeOf(flow) {
  const elements = (flow.flowElements ?? []).filter((each) => each.id);
  const all = elements.filter((each) => is(each, "bpmn:FlowNode"));
  const nodes = all.filter((each) => !is(each, "bpmn:BoundaryEvent"));
  const boundary = all.filter((each) => is(each, "bpmn:BoundaryEvent") && nodes.includes(each.attachedToRef));
  const known = new Set([...nodes, ...boundary]);
  const flows = elements.filter((each) => is(each, "bpmn:SequenceFlow") && known.has(each.sourceRef) && known.has(each.targetRef));
  return { nodes, boundary, flows, data: elements.filter(isDataRef), artifacts: (flow.artifacts ?? []).filter((each) => each.id) };
}

// The lanes that hold no lanes, from top to bottom, each with the lanes around it.
export function leafLanes(process) {
  const walk = (set, around) =>
    (set?.lanes ?? []).flatMap((lane) => (lane.childLaneSet?.lanes?.length ? walk(lane.childLaneSet, [...around, lane]) : [{ lane, around }]));
  return (process.laneSets ?? []).flatMap((set) => walk(set, [])).filter(({ lane }) => lane.id);
}

// Lines that are no flow: from a node to its data, from a note to what it says something about.
export function ties({ nodes, artifacts }) {
  const data = nodes.flatMap((node) => [
    ...(node.dataInputAssociations ?? []).flatMap((each) => (each.sourceRef ?? []).map((from) => ({ line: each, from, to: node }))),
    ...(node.dataOutputAssociations ?? []).filter((each) => each.targetRef).map((each) => ({ line: each, from: node, to: each.targetRef })),
  ]);
  const notes = artifacts.filter((each) => is(each, "bpmn:Association")).map((each) => ({ line: each, from: each.sourceRef, to: each.targetRef }));
  return [...data, ...notes].filter(({ line, from, to }) => line.id && from && to);
}
