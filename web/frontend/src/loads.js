// The numbers of what stands at each element: how many are open, due soon, overdue; each leads to its cases.
// readable however small the drawing is
const SCALE = { min: 0.95, max: 1.2 };
const NARROW = 700;
const READABLE = 0.9;
const PLACE = { top: -13, right: 34 };

function part(kind, words) {
  return Object.assign(document.createElement("span"), { className: `load-${kind}`, textContent: words });
}

// On a phone the whole drawing would be all numbers: it starts at the busiest element, near enough to read.
export function lookAtLoads(viewer, loads) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  const busiest = [...loads].sort((a, b) => b.late - a.late || b.open - a.open).map(({ element }) => elements.get(element)).find(Boolean);
  if (!busiest || canvas.getSize().width > NARROW || canvas.zoom() >= READABLE) return;
  canvas.zoom(READABLE, { x: busiest.x + busiest.width / 2, y: busiest.y + busiest.height / 2 });
  canvas.scrollToElement(busiest, 120);
}

export function showLoads(viewer, loads) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  loads.filter(({ element }) => elements.get(element)).forEach(({ element, open, soon, late, slow, href, label }) => {
    const html = document.createElement("a");
    html.className = "load-note";
    html.href = href;
    html.title = label;
    html.append(part("open", String(open)));
    if (soon) html.append(part("soon", `◷ ${soon}`));
    if (late) html.append(part("late", `⚠ ${late}`));
    // the numbers are for the eye, the words for whoever listens
    [...html.children].forEach((number) => number.setAttribute("aria-hidden", "true"));
    html.append(Object.assign(document.createElement("span"), { className: "sr-only", textContent: label }));
    overlays.add(element, { position: PLACE, scale: SCALE, html });
    if (slow) canvas.addMarker(element, "step-slow");
  });
}
