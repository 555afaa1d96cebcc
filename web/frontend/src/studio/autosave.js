// What is drawn is saved a moment after the last change. A save names the revision it saw: where somebody else saved in the
// meantime nothing is written, and the page asks.
const QUIET_MS = 1500;
const RETRY_MS = [3000, 10000, 30000];
const LOOK_MS = 30000;
const KEPT_ALIVE = 60000;
const LEAVE_MS = 2500;

export function startAutosave({ store, path, revision, content, read, tell, onSaved, onConflict, onOthers }) {
  let seen = revision;
  let saved = content;
  let timer = null;
  let failures = 0;
  let isDirty = false;
  let isStopped = false;
  let running = null;

  async function write() {
    const now = await read();
    if (now === saved) {
      isDirty = false;
      tell("unchanged", {});
      return;
    }
    isDirty = false;
    tell("saving", {});
    try {
      const answer = await store.save(seen, { [path]: now }, now.length < KEPT_ALIVE);
      seen = answer.revision;
      saved = now;
      failures = 0;
      tell(isDirty ? "changed" : "saved", { at: answer.changed_clock });
      onSaved(now);
    } catch (error) {
      isDirty = true;
      if (error.status === 409) {
        isStopped = true;
        tell("conflict", {});
        onConflict({ ...error.answer, mine: now });
      } else if (error.status >= 400 && error.status < 500) {
        // refused for good (the draft is in review, the right is gone): trying again changes nothing
        isStopped = true;
        tell("refused", { reason: error.message });
      } else {
        tell("failed", {});
        timer = setTimeout(save, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
        failures += 1;
      }
    }
  }

  function save() {
    clearTimeout(timer);
    if (!isDirty || isStopped) return Promise.resolve();
    running = (running ?? Promise.resolve()).then(write).finally(() => {
      running = null;
    });
    return running;
  }

  function changed() {
    if (isStopped) return;
    isDirty = true;
    tell("changed", {});
    clearTimeout(timer);
    timer = setTimeout(save, QUIET_MS);
  }

  // Somebody else's save shows before the first change is made, not only when it collides.
  async function look() {
    if (isStopped || document.hidden || running) return;
    try {
      const standing = await store.standing();
      if (standing.revision > seen && !running) await (isDirty ? save() : onOthers(standing));
    } catch {
      // the next look, or the next save, tells
    }
  }

  const looking = setInterval(look, LOOK_MS);
  window.addEventListener("focus", look);
  document.addEventListener("session-renewed", save);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) save();
    else look();
  });
  window.addEventListener("beforeunload", (event) => {
    if (isDirty && !isStopped) event.preventDefault();
  });
  // a link is followed once what was drawn is safe
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target || link.download || link.getAttribute("href").startsWith("#")) return;
    if (!isDirty || isStopped) return;
    event.preventDefault();
    Promise.race([save(), new Promise((done) => setTimeout(done, LEAVE_MS))]).then(() => location.assign(link.href));
  });

  return {
    changed,
    save,
    look,
    stop() {
      isStopped = true;
      isDirty = false;
      clearTimeout(timer);
      clearInterval(looking);
    },
  };
}
