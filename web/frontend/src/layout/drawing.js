// The drawing of a file that has none: one pool below the other, or the one process.
import { flowWay, gutters, messageWay, tieWay } from "./route.js";
import { placed } from "./place.js";
import { scopeOf, ties } from "./scope.js";

const HEAD = 30;
const APART = 70;
const BLACK_BOX = 60;
const LEAST_POOL = 600;
const CORNER = { x: 160, y: 80 };

const is = (element, type) => element.$instanceOf(type);

// Which root element is drawn, and the flows in it: `{ root, pools: [{ participant, process }] }`. Null: there is none.
export function subjectOf(definitions) {
  const roots = definitions.rootElements ?? [];
  const count = (each) => each.participants?.length ?? 0;
  const [collaboration] = roots.filter((each) => is(each, "bpmn:Collaboration") && each.id && count(each)).sort((a, b) => count(b) - count(a));
  if (collaboration) {
    const pools = collaboration.participants.filter(({ id }) => id);
    return { root: collaboration, pools: pools.map((participant) => ({ participant, process: participant.processRef ?? null })) };
  }
  const processes = roots.filter((each) => is(each, "bpmn:Process") && each.id);
  const process = processes.find(({ isExecutable }) => isExecutable) ?? processes[0];
  return process ? { root: process, pools: [{ participant: null, process }] } : null;
}

// `{ shapes: [{ element, bounds, isOpen, isPool, label }], lines: [{ element, way }] }`
export async function drawn({ root, pools }) {
  const taken = new Set();
  const stack = [];
  for (const { participant, process } of pools) {
    // a process that two pools name is drawn in the first
    const flow = process && !taken.has(process) ? await placed(process) : null;
    if (flow) taken.add(process);
    stack.push({ participant, process: flow && process, flow });
  }
  const width = Math.max(LEAST_POOL, ...stack.map(({ flow, participant }) => (flow?.width ?? 0) + (participant ? 2 * HEAD : 0) + laneDepth(flow) * HEAD));
  const out = { shapes: [], lines: [], at: new Map() };
  let { y } = CORNER;
  for (const { participant, process, flow } of stack) {
    const height = flow ? Math.max(flow.height, BLACK_BOX) : BLACK_BOX;
    if (participant) shape(out, participant, { x: CORNER.x, y, width, height }, { isPool: true });
    if (flow) body(out, process, flow, { x: CORNER.x, y, width, isPool: Boolean(participant) });
    y += height + APART;
  }
  messages(out, root);
  return out;
}

const laneDepth = (flow) => Math.max(0, ...(flow?.bands ?? []).map(({ around }) => around.length + 1));

function shape(out, element, bounds, more = {}) {
  out.at.set(element, bounds);
  out.shapes.push({ element, bounds, ...more });
}

function body(out, process, flow, { x, y, width, isPool }) {
  const depth = laneDepth(flow);
  const left = x + (isPool ? HEAD : 0) + depth * HEAD;
  if (isPool || depth) lanes(out, flow, { x: x + (isPool ? HEAD : 0), y, right: x + width });
  flow.shapes.forEach((box, element) => {
    const bounds = { ...box, x: box.x + left + (isPool ? 20 : 0), y: box.y + y };
    shape(out, element, bounds, { isOpen: flow.open.has(element), label: labelOf(element, bounds) });
  });
  flows(out, process, gutters());
}

// A lane begins where the lane around it has its name, and goes to the end of the pool.
function lanes(out, { bands }, { x, y, right }) {
  const spans = new Map();
  for (const { lane, around, y: top, height } of bands) {
    [...around, lane].forEach((each, level) => {
      const span = spans.get(each) ?? { level, top, end: top };
      spans.set(each, { ...span, end: Math.max(span.end, top + height) });
    });
  }
  spans.forEach(({ level, top, end }, lane) => {
    if (lane.id) shape(out, lane, { x: x + level * HEAD, y: y + top, width: right - x - level * HEAD, height: end - top }, { isPool: true });
  });
}

// Above a gateway and beside the line that may come from there.
function labelOf(element, { x, y, width }) {
  if (!is(element, "bpmn:Gateway") || !element.name) return null;
  const letters = Math.min(7, element.name.length);
  const height = 14 * Math.min(3, Math.ceil(element.name.length / 7));
  return { x: x + width / 2 + 6, y: y - height + 4, width: letters * 12 + 6, height };
}

function flows(out, flow, apart) {
  const scope = scopeOf(flow);
  const boxes = [...scope.nodes, ...scope.boundary].filter((each) => out.at.has(each));
  for (const line of scope.flows) {
    const [source, target] = [line.sourceRef, line.targetRef];
    if (!out.at.has(source) || !out.at.has(target)) continue;
    const near = new Set([source, target, source.attachedToRef].filter(Boolean));
    const others = boxes.filter((each) => !near.has(each) && !near.has(each.attachedToRef)).map((each) => out.at.get(each));
    const how = { forks: is(source, "bpmn:Gateway"), joins: is(target, "bpmn:Gateway"), hangs: is(source, "bpmn:BoundaryEvent") };
    out.lines.push({ element: line, way: flowWay(out.at.get(source), out.at.get(target), others, apart, how) });
  }
  for (const { line, from, to } of ties(scope)) {
    if (out.at.has(from) && out.at.has(to)) out.lines.push({ element: line, way: tieWay(out.at.get(from), out.at.get(to)) });
  }
  for (const node of scope.nodes) if (is(node, "bpmn:SubProcess")) flows(out, node, apart);
}

function messages(out, root) {
  const apart = gutters();
  const stands = out.shapes.filter(({ isPool }) => !isPool);
  const pools = out.shapes.filter(({ element }) => is(element, "bpmn:Participant"));
  const holds = (outer, inner) => outer.x <= inner.x && outer.y <= inner.y && outer.x + outer.width >= inner.x + inner.width && outer.y + outer.height >= inner.y + inner.height;
  for (const line of root.messageFlows ?? []) {
    const [source, target] = [out.at.get(line.sourceRef), out.at.get(line.targetRef)];
    if (!line.id || !source || !target || source === target) continue;
    const others = stands.map(({ bounds }) => bounds).filter((each) => !holds(each, source) && !holds(each, target));
    const pool = pools.find(({ bounds, element }) => element !== line.sourceRef && holds(bounds, source))?.bounds;
    const end = (element) => (is(element, "bpmn:Participant") ? "pool" : "node");
    out.lines.push({ element: line, way: messageWay(source, target, others, apart, { source: end(line.sourceRef), target: end(line.targetRef), pool }) });
  }
}
