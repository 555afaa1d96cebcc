// A drawing: where the token stands, what is done, what is late; zoomed with buttons as well as the wheel.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer.js";
import { lookAtLoads, showLoads } from "./loads.js";

const READABLE = 0.6;
const NOTE_OFFSET = { top: -26, left: 0 };

// A token in a called process stands, on this drawing, on the call activity.
function tokensOf(viewer, page) {
  const calls = viewer.get("elementRegistry").filter((element) => element.type === "bpmn:CallActivity");
  const called = (page.calls || []).flatMap(({ process, late, note }) =>
    calls.filter((call) => call.businessObject.calledElement === process).map(({ id }) => ({ element: id, late, note })),
  );
  return [...(page.tokens || []), ...called];
}

function mark(viewer, page) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  const each = (ids, marker) => ids.filter((id) => elements.get(id)).forEach((id) => canvas.addMarker(id, marker));
  each(page.done || [], "step-done");
  each(page.findings || [], "finding-here");
  each(page.ahead || [], "step-next");
  tokensOf(viewer, page).filter(({ element }) => elements.get(element)).forEach(({ element, late, note }) => {
    canvas.addMarker(element, late ? "step-late" : "step-token");
    const html = document.createElement("div");
    html.className = late ? "token-note is-late" : "token-note";
    html.textContent = `${late ? "⚠" : "●"} ${note}`;
    overlays.add(element, { position: NOTE_OFFSET, html });
  });
}

// The whole drawing where it can be read so; else the first token, near enough to read.
function look(viewer, page) {
  const canvas = viewer.get("canvas");
  const first = tokensOf(viewer, page).map(({ element }) => viewer.get("elementRegistry").get(element)).find(Boolean);
  canvas.zoom("fit-viewport", "auto");
  if (!first || canvas.zoom() >= READABLE) return;
  canvas.zoom(READABLE, { x: first.x + first.width / 2, y: first.y + first.height / 2 });
  canvas.scrollToElement(first, 160);
}

// Who did a step and when: shown while the pointer or the focus is on it, and its label for screen readers.
function tell(viewer, page, root) {
  const told = page.told || {};
  const tip = document.createElement("div");
  tip.className = "step-tip";
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  root.append(tip);
  const elements = viewer.get("elementRegistry");
  const hide = () => (tip.hidden = true);
  const show = (element, graphics) => {
    const name = document.createElement("strong");
    name.textContent = element.businessObject.name || element.id;
    tip.replaceChildren(name, ...told[element.id].map((line) => Object.assign(document.createElement("p"), { textContent: line })));
    tip.hidden = false;
    const box = graphics.getBoundingClientRect();
    const frame = root.getBoundingClientRect();
    const left = Math.min(Math.max(box.left - frame.left, 8), Math.max(frame.width - tip.offsetWidth - 8, 8));
    const below = box.bottom - frame.top + 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${below + tip.offsetHeight < frame.height ? below : Math.max(box.top - frame.top - tip.offsetHeight - 8, 8)}px`;
  };
  const shown = Object.keys(told).map((id) => elements.get(id)).filter(Boolean).sort((a, b) => a.x - b.x || a.y - b.y);
  shown.forEach((element) => {
    const graphics = elements.getGraphics(element);
    graphics.setAttribute("tabindex", "0");
    graphics.setAttribute("role", "img");
    graphics.setAttribute("aria-label", [element.businessObject.name || element.id, ...told[element.id]].join("，"));
    ["mouseenter", "focus"].forEach((event) => graphics.addEventListener(event, () => show(element, graphics)));
    ["mouseleave", "blur"].forEach((event) => graphics.addEventListener(event, hide));
  });
  root.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  viewer.on("canvas.viewbox.changing", hide);
}

function startTools(viewer, root) {
  const canvas = viewer.get("canvas");
  const by = { in: () => canvas.zoom(canvas.zoom() * 1.25), out: () => canvas.zoom(canvas.zoom() / 1.25), fit: () => canvas.zoom("fit-viewport", "auto") };
  root.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => by[button.dataset.zoom]()));
}

async function start() {
  const root = document.getElementById("canvas");
  const island = document.getElementById("diagram-page");
  if (!root || !island) return;
  const page = JSON.parse(island.textContent);
  const response = await fetch(page.url);
  if (!response.ok) {
    root.textContent = page.failed;
    return;
  }
  const viewer = new NavigatedViewer({ container: root.querySelector(".canvas-paper") });
  await viewer.importXML(await response.text());
  look(viewer, page);
  mark(viewer, page);
  showLoads(viewer, page.loads || []);
  lookAtLoads(viewer, page.loads || []);
  tell(viewer, page, root);
  startTools(viewer, root);
  root.dataset.ready = "1";
}

start();
