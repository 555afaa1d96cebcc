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

// The middle of an element, null where it is not drawn.
export function middleIn(viewer, id) {
  const element = viewer.get("elementRegistry").get(id);
  if (!element) return null;
  return element.waypoints ? middleOf(element) : { x: element.x + element.width / 2, y: element.y + element.height / 2 };
}
