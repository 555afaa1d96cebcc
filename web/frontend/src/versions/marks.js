// What differs, marked on a drawing: an outline, a sign and a word; never colour alone.
const SIGNS = { added: "＋", removed: "－", changed: "≠", moved: "↕" };
const ABOVE = { top: -22, left: -4 };

function middleOf(connection) {
  const points = connection.waypoints;
  const half = Math.floor((points.length - 1) / 2);
  const [from, to] = [points[half], points[half + 1]];
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}

// Lines are overlaid from their bounds' corner: the note goes to the middle of the line.
function positionOf(element) {
  if (!element.waypoints) return ABOVE;
  const xs = element.waypoints.map(({ x }) => x);
  const ys = element.waypoints.map(({ y }) => y);
  const middle = middleOf(element);
  return { left: middle.x - Math.min(...xs) - 10, top: middle.y - Math.min(...ys) - 9 };
}

export function markAll(viewer, page) {
  const elements = viewer.get("elementRegistry");
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  page.items.forEach(({ id, change }) => {
    const element = elements.get(id);
    if (!element || element === canvas.getRootElement()) return;
    canvas.addMarker(element, `is-${change}`);
    // a line that only runs elsewhere is told by its stroke
    if (element.waypoints && change === "moved") return;
    const note = document.createElement("div");
    note.className = `compare-note is-${change}`;
    note.textContent = element.waypoints ? SIGNS[change] : `${SIGNS[change]} ${page.words[change]}`;
    overlays.add(element, { position: positionOf(element), html: note, show: { minZoom: 0.25 } });
  });
}

// Centres an element, at a scale at which it can be read.
export function putBeside(viewer, id, zoom) {
  const canvas = viewer.get("canvas");
  const element = viewer.get("elementRegistry").get(id);
  const box = element.waypoints ? { ...middleOf(element), width: 0, height: 0 } : element;
  const { outer } = canvas.viewbox();
  const [width, height] = [outer.width / zoom, outer.height / zoom];
  canvas.viewbox({ x: box.x + box.width / 2 - width / 2, y: box.y + box.height / 2 - height / 2, width, height });
}
