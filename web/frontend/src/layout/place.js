// Where the shapes of a flow stand: columns as wide as their widest, rows as high as their highest, a band of rows for each
// lane, subprocesses opened around what is in them, notes above, data below. Coordinates begin at the flow's own corner.
import { gridOf } from "./grid.js";
import { leafLanes, scopeOf, ties } from "./scope.js";

const GAP = { col: 60, row: 50 };
const LEAST_BAND = 110;
const AROUND = { side: 30, top: 40, bottom: 30 };
const EVENT = 36;
const NAMED = 100;
const DEEPEST = 12;
const NOTE = { width: 160, line: 16, letters: 13 };

const is = (element, type) => element.$instanceOf(type);

function plainSize(node) {
  if (is(node, "bpmn:Event")) return { width: EVENT, height: EVENT };
  if (is(node, "bpmn:Gateway")) return { width: 50, height: 50 };
  return { width: 100, height: 80 };
}

// Numbers in order, without those that nobody uses.
function ranks(values) {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  return new Map(sorted.map((value, index) => [value, index]));
}

// Sizes laid side by side: where each begins, and where the last ends.
function stacked(sizes, from = 0) {
  let at = from;
  const starts = sizes.map((size) => {
    const start = at;
    at += size;
    return start;
  });
  return { starts, end: at };
}

// `{ width, height, shapes: Map element → bounds, open: Set of opened subprocesses, bands: [{ lane, around, y, height }] }`
export async function placed(flow, depth = 0) {
  const scope = scopeOf(flow);
  const inner = new Map();
  for (const node of scope.nodes) {
    if (is(node, "bpmn:SubProcess") && node.flowElements?.length && depth < DEEPEST) inner.set(node, await placed(node, depth + 1));
  }
  const sizes = new Map(scope.nodes.map((node) => [node, sizeOf(node, inner.get(node))]));
  const notes = scope.artifacts.filter((each) => is(each, "bpmn:TextAnnotation")).map((note) => ({ element: note, ...noteSize(note) }));
  const data = scope.data.map((each) => ({ element: each, width: is(each, "bpmn:DataStoreReference") ? 50 : 36, height: 50 }));
  // what is written below a piece of data needs a line
  const strips = { top: stripHeight(notes), bottom: data.length ? stripHeight(data) + NOTE.line : 0 };
  const leaves = depth ? [] : leafLanes(flow);
  const { cells, cols, rows, bands } = tabled(await gridOf(scope), { nodes: scope.nodes, sizes, leaves, strips, bandOf: banded(scope, leaves) });
  const shapes = new Map();
  for (const node of scope.nodes) {
    const { width, height } = sizes.get(node);
    const { col, row } = cells.get(node);
    shapes.set(node, { x: cols.starts[col] + (cols.sizes[col] - width) / 2, y: rows.starts[row] + (rows.sizes[row] - height) / 2, width, height });
  }
  border(scope.boundary, shapes);
  const bound = ties(scope);
  const width = Math.max(cols.end, strip(notes, shapes, bound, 10), strip(data, shapes, bound, rows.end - strips.bottom + 10));
  const open = new Set(inner.keys());
  for (const [node, { shapes: inside, open: opened }] of inner) {
    const { x, y } = shapes.get(node);
    inside.forEach((box, element) => shapes.set(element, { ...box, x: box.x + x + AROUND.side, y: box.y + y + AROUND.top }));
    opened.forEach((each) => open.add(each));
  }
  return { width, height: rows.end, shapes, open, bands };
}

function sizeOf(node, inner) {
  if (!inner) return plainSize(node);
  return { width: Math.max(140, inner.width + 2 * AROUND.side), height: Math.max(100, inner.height + AROUND.top + AROUND.bottom) };
}

function noteSize(note) {
  const lines = Math.max(1, Math.ceil((note.text ?? "").length / NOTE.letters));
  return { width: NOTE.width, height: Math.min(160, lines * NOTE.line + 14) };
}

const stripHeight = (things) => (things.length ? Math.max(...things.map(({ height }) => height)) + 20 : 0);

// The lane of each node; where none names it, that of what comes before it.
function banded({ nodes, boundary, flows }, leaves) {
  const own = (node) => leaves.findIndex(({ lane }) => lane.flowNodeRef?.includes(node));
  const found = new Map([...nodes, ...boundary].map((node) => [node, own(node.attachedToRef ?? node)]));
  for (let again = true; again; ) {
    again = false;
    for (const { sourceRef, targetRef } of flows) {
      if (found.get(targetRef) >= 0 || found.get(sourceRef) < 0) continue;
      found.set(targetRef, found.get(sourceRef));
      again = true;
    }
  }
  return (node) => Math.max(0, found.get(node));
}

// The grid with its measures; the rows of a lane stand together, and no lane is without one.
function tabled(grid, { nodes, sizes, leaves, strips, bandOf }) {
  const colRank = ranks(nodes.map((node) => grid.get(node).col));
  const rowKey = (node) => bandOf(node) * 100000 + grid.get(node).row;
  const empty = leaves.map((_, band) => band).filter((band) => !nodes.some((node) => bandOf(node) === band));
  const rowRank = ranks([...nodes.map(rowKey), ...empty.map((band) => band * 100000)]);
  const cells = new Map(nodes.map((node) => [node, { col: colRank.get(grid.get(node).col), row: rowRank.get(rowKey(node)) }]));
  const measured = (count, at, size, gap) =>
    Array.from({ length: count }, (_, index) => Math.max(...nodes.filter((node) => cells.get(node)[at] === index).map((node) => sizes.get(node)[size]), 50) + gap);
  const colSizes = measured(colRank.size, "col", "width", GAP.col);
  const rowSizes = measured(rowRank.size, "row", "height", GAP.row).map((size) => Math.max(size, leaves.length ? LEAST_BAND : 0));
  const rowsOut = stacked(rowSizes, strips.top);
  const last = rowsOut.end + strips.bottom;
  const bands = leaves.map((leaf, band) => {
    const own = [...rowRank].filter(([key]) => Math.floor(key / 100000) === band).map(([, index]) => index);
    const y = band ? rowsOut.starts[Math.min(...own)] : 0;
    const end = band === leaves.length - 1 ? last : rowsOut.starts[Math.max(...own)] + rowSizes[Math.max(...own)];
    return { ...leaf, y, height: end - y };
  });
  return { cells, cols: { ...stacked(colSizes), sizes: colSizes }, rows: { ...rowsOut, end: last, sizes: rowSizes }, bands };
}

// Events on the lower border of what they belong to, from the right, where no arrow leaves downwards.
function border(events, shapes) {
  const hung = new Map();
  events.forEach((event) => hung.set(event.attachedToRef, [...(hung.get(event.attachedToRef) ?? []), event]));
  hung.forEach((own, element) => {
    const host = shapes.get(element);
    // room for their names, where there is
    const step = Math.min(NAMED, (host.width - EVENT / 2) / own.length);
    own.forEach((event, index) => {
      const x = host.x + host.width - EVENT - 6 - step * index;
      shapes.set(event, { x, y: host.y + host.height - EVENT / 2, width: EVENT, height: EVENT });
    });
  });
}

// A row of things, each as near as there is room to what it is tied to. Gives where the last ends.
function strip(things, shapes, bound, y) {
  let free = 10;
  const beside = ({ element }) => {
    const tie = bound.find(({ from, to }) => from === element || to === element);
    const other = tie && shapes.get(tie.from === element ? tie.to : tie.from);
    return other ? other.x + other.width / 2 : 0;
  };
  for (const thing of [...things].sort((a, b) => beside(a) - beside(b))) {
    const x = Math.max(free, beside(thing) - thing.width / 2);
    shapes.set(thing.element, { x, y, width: thing.width, height: thing.height });
    free = x + thing.width + (thing.element.name ? 60 : 20);
  }
  return free;
}
