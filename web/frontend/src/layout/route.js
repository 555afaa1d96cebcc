// The way of a line around what stands in between. Ways are tried from the plainest on; the first that is free is taken.
const MARGIN = 4;

const mid = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });
const right = ({ x, width }) => x + width;
const bottom = ({ y, height }) => y + height;

function crosses(a, b, box) {
  const [left, far] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
  const [top, low] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  return left < right(box) + MARGIN && far > box.x - MARGIN && top < bottom(box) + MARGIN && low > box.y - MARGIN;
}

const isFree = (points, boxes) => points.every((point, index) => !index || boxes.every((box) => !crosses(points[index - 1], point, box)));

// Without points that lie on the line between their neighbours.
function plain(points) {
  const kept = points.filter((each, index) => !index || each.x !== points[index - 1].x || each.y !== points[index - 1].y);
  return kept.filter((each, index) => {
    const [before, after] = [kept[index - 1], kept[index + 1]];
    return !before || !after || !((before.x === each.x && each.x === after.x) || (before.y === each.y && each.y === after.y));
  });
}

function first(ways, boxes) {
  const all = ways.filter(Boolean).map(plain);
  return all.find((way) => isFree(way, boxes)) ?? all[all.length - 1];
}

// Lines that share a gutter keep a little apart.
export function gutters() {
  const used = new Map();
  return (key) => {
    const count = used.get(key) ?? 0;
    used.set(key, count + 1);
    return ((count % 5) - 2) * 5;
  };
}

// Of a sequence flow. `forks`: the source is a gateway; `joins`: the target is; `hangs`: it leaves from a border downwards.
export function flowWay(source, target, others, apart, { forks = false, joins = false, hangs = false } = {}) {
  const [s, t] = [mid(source), mid(target)];
  const out = right(source) + 25 + apart(`x${Math.round(right(source))}`);
  const before = target.x - 25 + apart(`x${Math.round(target.x)}`);
  const under = bottom(source) + 22 + apart(`y${Math.round(bottom(source))}`);
  const over = source.y - 22;
  const isAhead = target.x > right(source);
  const exit = { x: right(source), y: s.y };
  const entry = { x: target.x, y: t.y };
  const down = { x: s.x, y: t.y > s.y ? bottom(source) : source.y };
  const vertical = [down, { x: s.x, y: t.y }, entry];
  const horizontal = [exit, { x: t.x, y: s.y }, { x: t.x, y: t.y > s.y ? target.y : bottom(target) }];
  const through = (y, from = { x: s.x, y: y > s.y ? bottom(source) : source.y }) => [from, { x: from.x, y }, { x: before, y }, { x: before, y: t.y }, entry];
  const back = (y) => [{ x: s.x, y: y > s.y ? bottom(source) : source.y }, { x: s.x, y }, { x: t.x, y }, { x: t.x, y: y > t.y ? bottom(target) : target.y }];
  const farUnder = Math.max(bottom(source), bottom(target)) + 22 + apart(`y${Math.round(bottom(target))}`);
  const farOver = Math.min(source.y, target.y) - 22;
  if (source === target) return [exit, { x: out, y: s.y }, { x: out, y: over }, { x: s.x, y: over }, { x: s.x, y: source.y }];
  if (hangs) return first([target.y > under && isAheadOf(s.x, target) && [{ x: s.x, y: bottom(source) }, { x: s.x, y: t.y }, entry], s.x === t.x && [down, { x: t.x, y: target.y }], through(under), back(farUnder), through(farUnder)], others);
  const straight = s.y === t.y && isAhead && [exit, entry];
  const upright = s.x === t.x && [down, { x: t.x, y: t.y > s.y ? target.y : bottom(target) }];
  const bent = (x) => isAhead && [exit, { x, y: s.y }, { x, y: t.y }, entry];
  const around = (y) => isAhead && [exit, { x: out, y: s.y }, { x: out, y }, { x: before, y }, { x: before, y: t.y }, entry];
  const ahead = [straight, upright, isAhead && forks && vertical, isAhead && joins && horizontal, bent(before), bent(out), isAhead && vertical, isAhead && horizontal];
  const detours = [around(target.y - 22), around(bottom(target) + 22), around(under), around(over), through(under), through(over)];
  return first([...ahead, ...(isAhead ? detours : []), back(farUnder), back(farOver), through(under), through(over), isAhead ? around(under) : back(farUnder)], others);
}

const isAheadOf = (x, target) => target.x > x;

// Of a message between pools, leaving and arriving up- or downwards.
export function messageWay(source, target, others, apart, ends = {}) {
  const isDown = mid(source).y < mid(target).y;
  const sx = ends.source === "pool" ? clamp(mid(target).x, source) : mid(source).x;
  const tx = ends.target === "pool" ? clamp(mid(source).x, target) : mid(target).x;
  const start = { x: sx, y: isDown ? bottom(source) : source.y };
  const end = { x: tx, y: isDown ? target.y : bottom(target) };
  const step = (isDown ? 1 : -1) * (16 + apart(`m${Math.round(start.y)}`));
  const over = (x) => [start, { x: sx, y: start.y + step }, { x, y: start.y + step }, { x, y: end.y - step }, { x: tx, y: end.y - step }, end];
  // between the pools there is nothing in the way
  const across = (x, y) => [start, { x: sx, y }, { x, y }, { x, y: end.y - step }, { x: tx, y: end.y - step }, end];
  const gap = ends.pool && (isDown ? bottom(ends.pool) + 20 : ends.pool.y - 20) + apart("gap");
  const columns = [tx, sx, right(source) + 22, source.x - 22, right(target) + 22, target.x - 22];
  return first([sx === tx && [start, end], ...(ends.pool ? columns.map((x) => across(x, gap)) : []), ...columns.map(over)], others);
}

const clamp = (x, { x: left, width }) => Math.min(Math.max(x, left + 60), left + width - 20);

// A short line to a note or a piece of data.
export function tieWay(source, target) {
  const [s, t] = [mid(source), mid(target)];
  const edge = (box, to) => ({ x: mid(box).x, y: to.y < mid(box).y ? box.y : bottom(box) });
  return [edge(source, t), edge(target, s)];
}
