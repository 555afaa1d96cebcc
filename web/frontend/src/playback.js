// Trying a draft: what is asked is played on the server and told as it goes on; the result stands beside the drawing.
import { startTimeline } from "./playback/timeline.js";
import { startTrials } from "./playback/trials.js";
import { toldLines } from "./playback/lines.js";
import { RunningScenarios } from "./playback/running.js";

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// A form that is answered line by line: progress first, then the result's HTML; it can be stopped on the way.
function startForm({ form, progress, target, told, begun, ready, ended = () => {} }) {
  if (!form) return;
  const stop = form.querySelector("[data-stop]");
  let leaving = null;
  stop.addEventListener("click", () => leaving?.abort());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = [...document.querySelectorAll(`#${form.id} button[type=submit], button[form="${form.id}"]`)];
    const busy = (is) => {
      asked.forEach((button) => (button.disabled = is));
      stop.hidden = !is;
      form.setAttribute("aria-busy", String(is));
    };
    const say = (text, isWrong) => {
      progress.textContent = text;
      progress.classList.toggle("is-wrong", isWrong);
    };
    leaving = new AbortController();
    let isDone = false;
    try {
      const lines = toldLines(form, event.submitter, leaving.signal);
      busy(true);
      say(begun(event.submitter), false);
      progress.scrollIntoView({ block: "nearest" });
      for await (const line of lines) {
        if (line.error !== undefined) say(line.error || progress.dataset.failed, true);
        else if (line.go) return location.assign(line.go);
        else if (line.html !== undefined) {
          say("", false);
          target.innerHTML = line.html;
          isDone = true;
        } else say(told(line, event.submitter), false);
      }
      if (!isDone && !progress.classList.contains("is-wrong")) say(progress.dataset.failed, true);
    } catch {
      say(leaving.signal.aborted ? progress.dataset.stopped : progress.dataset.failed, !leaving.signal.aborted);
    }
    busy(false);
    ended();
    if (isDone) ready();
    else event.submitter?.focus({ preventScroll: true });
  });
}

function start() {
  const play = document.getElementById("try-progress");
  const playing = ({ at = "", part = 1 }, button) => {
    const { recording, part1, part2 } = play.dataset;
    return fill(button?.hasAttribute("data-record") ? recording : part === 2 ? part2 : part1, { at });
  };
  startForm({
    form: document.getElementById("try-form"),
    progress: play,
    target: document.getElementById("try-result"),
    begun: () => play.dataset.begin,
    told: playing,
    ready: () => {
      startTimeline();
      document.getElementById("try-title")?.focus();
    },
  });
  const runs = document.getElementById("scenario-progress");
  const list = new RunningScenarios(document.getElementById("scenario-result"), document.getElementById("scenario-running"));
  startForm({
    form: document.getElementById("scenario-form"),
    progress: runs,
    target: document.getElementById("scenario-result"),
    begun: (button) => {
      list.begin(button?.value);
      return runs.dataset.begin;
    },
    told: (line) => {
      list.went(line);
      return fill(runs.dataset.text, line) + (list.failed ? fill(runs.dataset.wrong, { n: list.failed }) : "");
    },
    ready: () => {
      list.keep();
      startTrials();
      document.getElementById("trials-title")?.focus();
    },
    ended: () => list.end(),
  });
  startTimeline();
  startTrials();
}

start();
