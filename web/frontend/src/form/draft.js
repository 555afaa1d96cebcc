// Typed text is never lost: a draft is saved two seconds after the last key and when the page is left.
const QUIET_MS = 2000;

export function startDraft({ form, url, token, state, texts }) {
  if (!url) return { stop() {} };
  let timer = null;
  let dirty = false;
  let stopped = false;

  async function save() {
    if (!dirty || stopped) return;
    dirty = false;
    state.textContent = texts.saving;
    const body = JSON.stringify(form._getSubmitData());
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body,
        keepalive: body.length < 60000,
      });
      const answer = response.ok ? await response.json() : null;
      state.textContent = answer ? texts.saved.replace("{at}", answer.saved_at) : texts.failed;
      if (!answer) dirty = true;
    } catch {
      dirty = true;
      state.textContent = texts.failed;
    }
  }

  form.on("changed", () => {
    if (stopped) return;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, QUIET_MS);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
