// What the scenarios found, on the draft's own drawing.
import { Drawing } from "./drawing.js";

export async function startTrials() {
  const island = document.getElementById("trial-page");
  const root = document.getElementById("trial-canvas");
  if (!island || !root) return;
  const page = JSON.parse(island.textContent);
  const drawing = new Drawing(root, page.texts);
  if (!(await drawing.show(page.url))) return;
  const mark = () => {
    drawing.clear();
    page.passed.forEach((id) => drawing.mark(id, "step-done"));
    page.faults.forEach((id) => drawing.mark(id, "finding-here", `⚠ ${page.texts.fault_here}`));
  };
  mark();
  document.querySelectorAll("[data-trial-element]").forEach((button) =>
    button.addEventListener("click", () => {
      mark();
      drawing.mark(button.dataset.trialElement, "step-here");
      drawing.look(button.dataset.trialElement);
      root.scrollIntoView({ block: "nearest" });
    }),
  );
}
