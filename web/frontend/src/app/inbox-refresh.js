// Asks for the list now and then, while somebody looks at the page. What is the same stays untouched; what changed
// within a line changes in place; where lines come or go under the pointer, the focus, ticks or an open menu, the
// page only says so.
const EVERY = 25_000;

export function startRefresh(inbox) {
  const { list } = inbox;
  const holder = document.getElementById("inbox-rows");
  const notice = document.getElementById("list-changed");
  const words = document.getElementById("list-changed-words");
  const button = document.getElementById("list-changed-now");
  const served = new Map(); // what the server said of each line, to tell what has changed
  let held = null;
  let isOver = false;
  let isAsking = false;

  const rowsIn = (root) => [...root.querySelectorAll("tr[data-task]")];
  const orderOf = (root) => rowsIn(root).map((row) => row.dataset.task).join(" ");
  const remember = (root) => rowsIn(root).forEach((row) => served.set(row.dataset.task, row.innerHTML));
  const isBusy = () =>
    isOver ||
    list.contains(document.activeElement) ||
    inbox.ticks.keys().length > 0 ||
    Boolean(document.querySelector("dialog[open], #batch details[open]"));

  function tell(text, { action = false } = {}) {
    if (words.textContent !== text) words.textContent = text;
    button.hidden = !action;
    notice.hidden = false;
  }

  function facts(root) {
    const found = root.querySelector("#inbox-facts");
    if (!found) return;
    for (const [name, value] of Object.entries(found.dataset)) {
      const [, kind, key] = /^(count|light)(.+)$/.exec(name) ?? [];
      if (!kind) continue;
      document.querySelectorAll(`[data-${kind}="${key.toLowerCase()}"]`).forEach((place) => {
        if (place.textContent !== value) place.textContent = value;
        if (kind === "light") place.closest(".tile")?.classList.toggle("is-some", value !== "0");
      });
    }
    document.getElementById("inbox-total").textContent = found.dataset.total;
  }

  // The lines are the same and in the same order: only the cells that differ are replaced, ticks and focus stay.
  function patch(fresh) {
    rowsIn(fresh).forEach((row) => {
      const key = row.dataset.task;
      const shown = inbox.rowOf(key);
      if (!shown || served.get(key) === row.innerHTML) return;
      [...row.children].forEach((cell, index) => {
        const old = shown.children[index];
        if (!old || cell.classList.contains("tick") || old.innerHTML === cell.innerHTML) return;
        if (old.contains(document.activeElement)) {
          const link = old.querySelector("a.title");
          const freshLink = cell.querySelector("a.title");
          if (link && freshLink) link.innerHTML = freshLink.innerHTML;
          return;
        }
        old.innerHTML = cell.innerHTML;
      });
      shown.classList.toggle("is-unread", row.classList.contains("is-unread"));
    });
    remember(fresh);
  }

  function replace(fresh) {
    const ticked = new Set(inbox.ticks.keys());
    const inside = holder.contains(document.activeElement) ? document.activeElement.closest("tr[data-task]") : null;
    const focused = inside?.dataset.task;
    const { scrollX, scrollY } = window;
    held = null;
    notice.hidden = true;
    holder.replaceChildren(...fresh.childNodes);
    remember(holder);
    inbox.rows().forEach((row) => inbox.ticks.set(row, ticked.has(row.dataset.task)));
    inbox.ticks.show();
    inbox.mark();
    if (focused) (inbox.rowOf(focused) ?? inbox.rows()[0])?.querySelector("a.title").focus({ preventScroll: true });
    window.scrollTo(scrollX, scrollY);
  }

  function take(html, force) {
    const fresh = document.createElement("div");
    fresh.append(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    facts(fresh);
    if (orderOf(fresh) === orderOf(list)) {
      held = null;
      notice.hidden = true;
      if (force) replace(fresh);
      else patch(fresh);
    } else if (force || !isBusy()) {
      replace(fresh);
    } else {
      held = fresh;
      const shown = new Set(inbox.rows().map((row) => row.dataset.task));
      const n = rowsIn(fresh).filter((row) => !shown.has(row.dataset.task)).length;
      tell(n ? list.dataset.new.replace("#", String(n)) : list.dataset.changed, { action: true });
    }
  }

  async function ask({ force = false } = {}) {
    if (isAsking || (!force && document.visibilityState !== "visible")) return;
    isAsking = true;
    try {
      const answer = await fetch(list.dataset.rows, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (answer.status === 401) tell(list.dataset.expired);
      else if (!answer.ok) tell(list.dataset.away);
      else take(await answer.text(), force);
    } catch {
      tell(list.dataset.away);
    } finally {
      isAsking = false;
    }
  }

  list.addEventListener("pointerenter", () => (isOver = true));
  list.addEventListener("pointerleave", () => (isOver = false));
  button.addEventListener("click", () => {
    const fresh = held;
    if (!fresh) return;
    replace(fresh);
    inbox.rows()[0]?.querySelector("a.title").focus({ preventScroll: true });
  });
  holder.addEventListener("refresh", () => ask());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  setInterval(ask, EVERY);
  remember(holder);
  return (options) => ask(options);
}
