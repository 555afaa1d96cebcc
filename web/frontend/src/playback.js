// Trying a draft: what is asked is played on the server and told as it goes on; the result stands beside the drawing.
import { startTimeline } from "./playback/timeline.js";
import { startTrials } from "./playback/trials.js";
import { toldLines } from "./playback/lines.js";

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// A form that is answered line by line: progress first, then the result's HTML.
function startForm({ form, progress, target, told, ready }) {
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.hasAttribute("data-record")) return;
    event.preventDefault();
    const buttons = [...form.querySelectorAll("button[type=submit]"), ...document.querySelectorAll(`button[form="${form.id}"]`)];
    buttons.forEach((button) => (button.disabled = true));
    progress.classList.remove("is-wrong");
    progress.textContent = told({});
    const fail = (text) => {
      progress.textContent = text;
      progress.classList.add("is-wrong");
    };
    try {
      for await (const line of toldLines(form)) {
        if (line.error) fail(line.error);
        else if (line.html !== undefined) {
          progress.textContent = "";
          target.innerHTML = line.html;
          ready();
        } else progress.textContent = told(line);
      }
    } catch {
      fail(progress.dataset.failed);
    }
    buttons.forEach((button) => (button.disabled = false));
  });
}

function start() {
  const play = document.getElementById("try-progress");
  startForm({
    form: document.getElementById("try-form"),
    progress: play,
    target: document.getElementById("try-result"),
    told: ({ at = "", part = 1 }) => fill(part === 2 ? play.dataset.part2 : play.dataset.part1, { at }),
    ready: () => {
      startTimeline();
      document.getElementById("try-title")?.focus();
    },
  });
  const runs = document.getElementById("scenario-progress");
  startForm({
    form: document.getElementById("scenario-form"),
    progress: runs,
    target: document.getElementById("scenario-result"),
    told: (line) => (line.of ? fill(runs.dataset.text, line) : runs.dataset.begin),
    ready: () => {
      startTrials();
      document.getElementById("trials-title")?.focus();
    },
  });
  startTimeline();
  startTrials();
}

start();
