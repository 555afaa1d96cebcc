// One act on all ticked lines: asked for in small portions, so that numbers show how far it got and it can be
// stopped. Each line succeeds or fails by itself; those that failed stay ticked, with their reason.
import { openProgress } from "./inbox-progress.js";

const PORTION = 5;

// What only one of the acts needs cannot be required of the whole form: it is said, and does not stand in the way of
// the others.
function said(input, words) {
  if (!words) return true;
  const forget = () => input.setCustomValidity("");
  input.setCustomValidity(words);
  input.reportValidity();
  input.addEventListener("input", forget, { once: true });
  input.addEventListener("blur", forget, { once: true });
  return false;
}

const told = (input) => said(input, input.value.trim() ? "" : input.dataset.needed);

// The box of names stands before the list that is sent.
function chosen(select) {
  const field = select?.closest("[data-people]");
  return !field || Boolean(select.value) || said(field.querySelector("[role=combobox]"), field.dataset.missing);
}

export function startBatch(inbox) {
  const form = document.getElementById("batch");

  async function portion(items, given) {
    const body = new FormData();
    for (const [name, value] of given) if (name !== "item") body.append(name, value);
    items.forEach((item) => body.append("item", item));
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
    const told = await answer.json();
    if (!answer.ok) return items.map((item) => ({ item, reason: told.error || told.advice }));
    return told.outcomes;
  }

  async function run(act, title, given) {
    const names = new Map(inbox.rows().map((row) => [row.dataset.task, row.querySelector("a.title").textContent.trim()]));
    const items = inbox.ticks.keys();
    const progress = openProgress(title);
    const failed = new Set();
    let done = 0;
    while (done < items.length && !progress.isStopped()) {
      progress.at(done, items.length, progress.texts.running);
      const asked = items.slice(done, done + PORTION);
      let outcomes;
      try {
        outcomes = await portion(asked, given);
      } catch {
        outcomes = asked.map((item) => ({ item, reason: progress.texts.unknown }));
      }
      for (const { item, reason } of outcomes) {
        if (!reason) continue;
        failed.add(item);
        progress.failed(names.get(item) ?? "", reason);
      }
      done += asked.length;
    }
    const worked = done - failed.size;
    const words = failed.size
      ? progress.texts.result.replace("##", String(failed.size)).replace("#", String(worked))
      : progress.texts.allDone.replace("#", String(worked));
    const left = items.length - done;
    const closed = progress.end(left ? `${words} ${progress.texts.stopped.replace("#", String(left))}` : words);
    const remaining = new Set([...failed, ...items.slice(done)]);
    inbox.rows().forEach((row) => inbox.ticks.set(row, remaining.has(row.dataset.task)));
    inbox.ticks.show();
    form.querySelectorAll("details[open]").forEach((menu) => (menu.open = false));
    await inbox.refresh({ force: true });
    await closed;
    (inbox.current() ?? inbox.rows()[0])?.querySelector("a.title").focus({ preventScroll: true });
  }

  // Enter does what the button below the box does
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || event.target.type === "checkbox" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    event.target.closest(".menu-sheet")?.querySelector("button[name=act]")?.click();
  });

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.name !== "act") return; // the export of what is ticked is an ordinary form
    event.preventDefault();
    if (!inbox.ticks.keys().length) return;
    if (button.value === "transfer" && !(chosen(form.elements.person) && told(form.elements.reason))) return;
    const given = new FormData(form, button);
    run(button.value, button.dataset.title || button.textContent.trim(), [...given]);
  });
}
