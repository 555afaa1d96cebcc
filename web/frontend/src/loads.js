// The numbers of what stands at each element: how many are open, due soon, overdue; each leads to its cases.
// readable however small the drawing is
const SCALE = { min: 0.95, max: 1.2 };
const PLACE = { top: -13, right: 34 };

function part(kind, words) {
  return Object.assign(document.createElement("span"), { className: `load-${kind}`, textContent: words });
}

export function showLoads(viewer, loads) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  loads.filter(({ element }) => elements.get(element)).forEach(({ element, open, soon, late, slow, href, label }) => {
    const html = document.createElement("a");
    html.className = "load-note";
    html.href = href;
    html.setAttribute("aria-label", label);
    html.title = label;
    html.append(part("open", String(open)));
    if (soon) html.append(part("soon", `◷ ${soon}`));
    if (late) html.append(part("late", `⚠ ${late}`));
    overlays.add(element, { position: PLACE, scale: SCALE, html });
    if (slow) canvas.addMarker(element, "step-slow");
  });
}
