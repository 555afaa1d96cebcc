// The inbox: a selection that keys and pointer move, a panel that follows, and a refresh that never moves a
// list under the pointer.
import { isPlainKey, isTyping } from "./typing.js";

const WIDE = window.matchMedia("(min-width: 1181px)");

export function startInbox(htmx) {
  const list = document.getElementById("inbox-list");
  if (!list) return;
  const state = { selected: list.dataset.selected || null, held: null, over: false };

  const rows = () => [...list.querySelectorAll("tr[data-task]")];
  const rowOf = (id) => rows().find((row) => row.dataset.task === id);
  const order = (root) => [...root.querySelectorAll("tr[data-task]")].map((row) => row.dataset.task).join(" ");

  function mark() {
    rows().forEach((row) => {
      const on = row.dataset.task === state.selected;
      row.classList.toggle("is-selected", on);
      const link = row.querySelector("a.title");
      if (on) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  function select(row, { focus = false } = {}) {
    if (!row) return;
    state.selected = row.dataset.task;
    mark();
    if (focus) row.querySelector("a.title").focus();
    row.scrollIntoView({ block: "nearest" });
    if (WIDE.matches) htmx.ajax("GET", row.dataset.panel, { target: "#panel", swap: "innerHTML" });
    const url = new URL(window.location.href);
    url.searchParams.set("selected", state.selected);
    window.history.replaceState(null, "", url);
  }

  function move(by) {
    const all = rows();
    const at = all.findIndex((row) => row.dataset.task === state.selected);
    select(all[Math.min(all.length - 1, Math.max(0, at + by))], { focus: true });
  }

  function onKey(event) {
    if (isTyping(event.target) || !isPlainKey(event) || document.querySelector("dialog[open]")) return;
    const row = rowOf(state.selected);
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "Enter" && row && event.target === document.body) window.location.assign(row.dataset.open);
    else if (event.key === "c" && row) document.getElementById(`claim-${row.dataset.task}`)?.requestSubmit();
  }

  function onSwap(event) {
    if (event.detail.target?.id !== "inbox-rows" || event.detail.xhr.status !== 200) return;
    const fresh = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    const busy = state.over || list.contains(document.activeElement);
    if (busy && order(fresh) !== order(list)) {
      event.detail.shouldSwap = false;
      state.held = event.detail.serverResponse;
      document.getElementById("list-changed").hidden = false;
    }
  }

  function release() {
    if (state.held === null) return;
    const held = state.held;
    state.held = null;
    document.getElementById("list-changed").hidden = true;
    htmx.swap("#inbox-rows", held, { swapStyle: "innerHTML" });
    mark();
  }

  list.addEventListener("pointerenter", () => (state.over = true));
  list.addEventListener("pointerleave", () => (state.over = false));
  list.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-task]");
    if (!row || event.target.closest("button, form") || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("a")) return;
    if (WIDE.matches) select(row);
    else window.location.assign(row.dataset.open);
  });
  document.getElementById("list-changed-now").addEventListener("click", release);
  document.addEventListener("keydown", onKey);
  document.body.addEventListener("htmx:beforeSwap", onSwap);
  document.body.addEventListener("htmx:afterSwap", mark);
  mark();
}
