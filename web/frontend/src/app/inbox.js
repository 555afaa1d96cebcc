// The inbox: a line that keys and pointer choose, a panel that follows, lines that are ticked for acts on several,
// and a refresh that never takes anything from under the hand.
import { startBatch } from "./inbox-batch.js";
import { startExport } from "./inbox-export.js";
import { startFilter } from "./inbox-filter.js";
import { startInboxKeys } from "./inbox-keys.js";
import { startRefresh } from "./inbox-refresh.js";
import { startTicks } from "./inbox-ticks.js";

const WIDE = window.matchMedia("(min-width: 1181px)");

export function startInbox(htmx) {
  const list = document.getElementById("inbox-list");
  if (!list) return;
  let current = list.dataset.selected || null;

  const inbox = {
    list,
    rows: () => [...list.querySelectorAll("tr[data-task]")],
    rowOf: (key) => inbox.rows().find((row) => row.dataset.task === key),
    current: () => inbox.rowOf(current),
    mark,
    choose,
    move(by) {
      const all = inbox.rows();
      const at = all.findIndex((row) => row.dataset.task === current);
      const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
      choose(next, { focus: true });
      return next;
    },
  };

  function mark() {
    inbox.rows().forEach((row) => {
      const on = row.dataset.task === current;
      row.classList.toggle("is-selected", on);
      const link = row.querySelector("a.title");
      if (on) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  function choose(row, { focus = false } = {}) {
    if (!row) return;
    const isNew = row.dataset.task !== current;
    current = row.dataset.task;
    mark();
    if (focus) row.querySelector("a.title").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (!isNew && document.querySelector("#panel h2")) return;
    if (WIDE.matches) htmx.ajax("GET", row.dataset.panel, { target: "#panel", swap: "innerHTML" });
    const url = new URL(window.location.href);
    url.searchParams.set("selected", current);
    window.history.replaceState(null, "", url);
  }

  list.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-task]");
    if (!row || event.target.closest("a, button, .tick") || event.ctrlKey || event.metaKey) return;
    if (WIDE.matches) choose(row);
    else window.location.assign(row.dataset.open);
  });
  inbox.ticks = startTicks(inbox);
  inbox.refresh = startRefresh(inbox);
  startBatch(inbox);
  startExport();
  startFilter();
  startInboxKeys(inbox);
  mark();
}
