// The timeline beside the drawing: an entry that is chosen shows where the case then stands.
import { Drawing } from "./drawing.js";

const STEP_MS = 900;
const OPENS = "opened";
const CLOSES = ["answered", "closed"];
let stop = () => {};

// What is open, done and late once an entry has happened.
function standing(entries, last) {
  const open = new Map();
  const done = new Set();
  const late = new Set();
  entries.slice(0, last + 1).forEach(({ dataset: { kind, element, process } }) => {
    if (!element) return;
    const key = `${process}/${element}`;
    if (kind === OPENS) open.set(key, (open.get(key) || 0) + 1);
    if (CLOSES.includes(kind)) {
      if (open.get(key) > 1) open.set(key, open.get(key) - 1);
      else open.delete(key);
      if (kind === "answered") done.add(key);
      late.delete(key);
    }
    if (kind === "due" && open.has(key)) late.add(key);
  });
  return { open, done, late };
}

export function startTimeline() {
  stop();
  const island = document.getElementById("try-page");
  const root = document.getElementById("try-canvas");
  const days = document.getElementById("try-days");
  if (!island || !root || !days) return;
  const page = JSON.parse(island.textContent);
  const drawing = new Drawing(root, page.texts);
  const said = document.getElementById("try-now");
  const quiet = document.getElementById("try-quiet");
  const toggle = document.querySelector("[data-play=toggle]");
  const all = [...days.querySelectorAll(".line-go")];
  const shown = () => all.filter((entry) => entry.offsetParent !== null);
  let at = -1;
  let timer = 0;

  const mark = (process) => {
    drawing.clear();
    const { open, done, late } = standing(all, at);
    const here = (key) => (key.startsWith(`${process}/`) ? key.slice(process.length + 1) : "");
    done.forEach((key) => here(key) && drawing.mark(here(key), "step-done"));
    open.forEach((_, key) => here(key) && drawing.mark(here(key), late.has(key) ? "step-late" : "step-token", late.has(key) ? `⚠ ${page.texts.late_here}` : `● ${page.texts.open_here}`));
  };

  const go = async (to, focus = true) => {
    if (to < 0 || to >= all.length) return;
    at = to;
    const entry = all[at];
    all.forEach((each) => each.removeAttribute("aria-current"));
    entry.setAttribute("aria-current", "step");
    if (focus) entry.focus({ preventScroll: true });
    entry.scrollIntoView({ block: "nearest" });
    const heading = entry.closest(".try-day").querySelector("h3");
    said.textContent = [heading, entry.querySelector("time"), entry.querySelector(".line-words")].map((each) => each.textContent.trim().replace(/\s+/g, " ")).join(" ");
    const process = entry.dataset.process && page.urls[entry.dataset.process] ? entry.dataset.process : page.own;
    if (!(await drawing.show(page.urls[process])) || at !== to) return;
    mark(process);
    if (!entry.dataset.element) return;
    drawing.mark(entry.dataset.element, "step-here");
    drawing.look(entry.dataset.element);
  };

  const step = (by) => {
    const list = shown();
    const now = list.indexOf(all[at]);
    const next = list[Math.max(0, now + by)];
    if (next) go(all.indexOf(next));
    return next !== undefined && next !== list[list.length - 1];
  };

  const halt = () => {
    clearInterval(timer);
    timer = 0;
    toggle.setAttribute("aria-pressed", "false");
  };
  stop = halt;

  const run = () => {
    if (timer) return halt();
    toggle.setAttribute("aria-pressed", "true");
    if (at >= all.length - 1) at = -1;
    timer = setInterval(() => step(1) || halt(), STEP_MS);
  };

  all.forEach((entry, index) => entry.addEventListener("click", () => (halt(), go(index))));
  // What differs leads to its entry, or where the draft has none, to its place on the drawing.
  document.querySelectorAll("[data-differs]").forEach((button) =>
    button.addEventListener("click", async () => {
      halt();
      const { differs, process } = button.dataset;
      const entry = all.findIndex(({ dataset }) => dataset.element === differs && dataset.process === process);
      if (entry >= 0) await go(entry, false);
      else if (await drawing.show(page.urls[process] || page.urls[page.own])) {
        drawing.mark(differs, "step-here");
        drawing.look(differs);
      }
      root.scrollIntoView({ block: "nearest" });
    }),
  );
  days.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    halt();
    step(by);
  });
  document.querySelector("[data-play=back]").addEventListener("click", () => (halt(), step(-1)));
  document.querySelector("[data-play=on]").addEventListener("click", () => (halt(), step(1)));
  toggle.addEventListener("click", run);
  quiet.addEventListener("change", () => document.querySelectorAll(".try-days").forEach((each) => each.classList.toggle("no-quiet", !quiet.checked)));
  go(0, false);
}
