// Typed text is never lost: a draft is saved two seconds after the last key, and before the page is left.
import { forDraft } from "./values.js";

const QUIET_MS = 2000;
const LEAVE_MS = 1500;
const KEPT_ALIVE = 60000;

export function startDraft({ form, office, state, sender }) {
  const { draft_url: url, texts } = office;
  if (!url) return { stop() {}, changed() {} };
  let timer = null;
  let isDirty = false;
  let isStopped = false;
  let wasOver = false;
  let last = JSON.stringify(forDraft(form));

  async function save() {
    if (!isDirty || isStopped) return;
    isDirty = false;
    state.textContent = texts.saving;
    const typed = forDraft(form);
    const body = JSON.stringify(office.task_id ? { ...typed, $seen: office.seen } : typed);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": office.token },
        body,
        keepalive: body.length < KEPT_ALIVE,
      });
      const answer = response.ok ? await response.json() : null;
      state.textContent = answer ? texts.saved.replace("{at}", answer.saved_at) : texts.failed;
      if (!answer) isDirty = true;
      // said once: a renewed login saves again by itself
      const isOver = response.status === 401 || response.headers.get("X-Session") === "over";
      if (isOver && !wasOver) document.dispatchEvent(new CustomEvent("session-over"));
      wasOver = isOver;
    } catch {
      isDirty = true;
      state.textContent = texts.failed;
    }
  }

  function changed() {
    if (isStopped) return;
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, QUIET_MS);
  }

  form.on("changed", () => {
    const now = JSON.stringify(forDraft(form));
    if (now !== last) changed();
    last = now;
  });
  document.addEventListener("session-renewed", save);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  window.addEventListener("pagehide", save);
  const safe = () => Promise.race([save(), new Promise((done) => setTimeout(done, LEAVE_MS))]);
  // a link is followed once what was typed is safe
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target || link.getAttribute("href").startsWith("#") || !isDirty || isStopped) return;
    event.preventDefault();
    safe().then(() => {
      location.href = link.href;
    });
  });
  // so is a button beside the form: claiming or following shows this page again, with the draft that it finds
  const waited = new WeakSet();
  document.addEventListener(
    "submit",
    (event) => {
      const { target, submitter } = event;
      if (target === sender || target.method === "dialog" || target.closest("#form, #session-over") || waited.has(target) || !isDirty || isStopped) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waited.add(target);
      safe().then(() => {
        target.requestSubmit(submitter);
        waited.delete(target);
      });
    },
    true,
  );
  // what could not be saved is not left without a word
  window.addEventListener("beforeunload", (event) => {
    if (isDirty && !isStopped && state.textContent === texts.failed) event.preventDefault();
  });
  return {
    changed,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
