// Two drawings side by side: what differs is marked on both, and they are moved and zoomed as one.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer.js";
import { markAll, middleIn } from "./versions/marks.js";
import { synchronise } from "./versions/together.js";

const NEAR = 0.75;
const AROUND = 1.25;

async function draw(name, url, page) {
  const root = document.getElementById(`canvas-${name}`);
  const paper = root.querySelector(".canvas-paper");
  const say = (words) => {
    root.classList.add("is-empty");
    paper.textContent = words;
    return null;
  };
  if (!url) return say(page.words.no_drawing);
  const response = await fetch(url);
  if (!response.ok) return say(page.words.failed);
  const viewer = new NavigatedViewer({ container: paper });
  try {
    await viewer.importXML(await response.text());
  } catch {
    // a draft may be half of a drawing
    viewer.destroy();
    return say(page.words.no_drawing);
  }
  viewer.get("canvas").zoom("fit-viewport", "auto");
  return viewer;
}

// Begins at the first difference: a whole procedure is too wide to be read.
function startSteps(viewers, together, page, root) {
  const place = document.getElementById("compare-place");
  const items = page.items.filter(({ id }) => viewers.some((viewer) => viewer.get("elementRegistry").get(id)));
  let at = -1;
  function show(index) {
    at = (index + items.length) % items.length;
    const item = items[at];
    viewers.forEach((viewer) => {
      viewer.get("canvas").getContainer().querySelectorAll(".is-pointed-at").forEach((each) => each.classList.remove("is-pointed-at"));
    });
    const middles = viewers.map((viewer) => middleIn(viewer, item.id));
    together.centre(middles, Math.max(viewers[0].get("canvas").zoom(), NEAR));
    viewers.forEach((viewer) => viewer.get("elementRegistry").get(item.id) && viewer.get("canvas").addMarker(item.id, "is-pointed-at"));
    const words = { n: at + 1, total: items.length, change: page.words[item.change], kind: item.kind, name: item.name };
    place.textContent = page.words.place.replace(/{(\w+)}/g, (_, key) => words[key]);
  }
  if (!items.length) {
    place.textContent = page.words.nothing_drawn;
    root.querySelectorAll("[data-step]").forEach((button) => (button.disabled = true));
    return;
  }
  root.querySelectorAll("[data-step]").forEach((button) => button.addEventListener("click", () => show(at + Number(button.dataset.step))));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show]");
    const index = button ? items.findIndex(({ id }) => id === button.dataset.show) : -1;
    if (index < 0) return;
    show(index);
    root.scrollIntoView({ block: "start" });
    root.querySelector("[data-step='1']").focus({ preventScroll: true });
  });
  // what stands on neither drawing cannot be shown
  const known = new Set(items.map(({ id }) => id));
  document.querySelectorAll("[data-show]").forEach((button) => known.has(button.dataset.show) || button.remove());
  show(0);
}

function startZoom(viewers, together, root) {
  const lead = viewers[0].get("canvas");
  const fit = () => {
    together.level();
    lead.zoom("fit-viewport", "auto");
  };
  const by = { in: () => lead.zoom(lead.zoom() * AROUND), out: () => lead.zoom(lead.zoom() / AROUND), fit };
  root.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => by[button.dataset.zoom]()));
}

async function start() {
  const root = document.getElementById("compare");
  const island = document.getElementById("compare-page");
  if (!root || !island) return;
  const page = JSON.parse(island.textContent);
  const drawn = await Promise.all(["left", "right"].map((name) => draw(name, page[name], page)));
  const viewers = drawn.filter(Boolean);
  if (viewers.length) {
    viewers.forEach((viewer) => markAll(viewer, page));
    const together = synchronise(viewers);
    startZoom(viewers, together, root);
    startSteps(viewers, together, page, root);
  }
  root.dataset.ready = "1";
}

start();
