// The inbox from the keyboard. No key acts while somebody types, or while a dialog is open.
import { isPlainKey, isTyping } from "./typing.js";

export function startInboxKeys(inbox) {
  const { ticks } = inbox;
  const isHere = (target) => target === document.body || inbox.list.contains(target) || target.id === "main";
  const isBox = (target) => target instanceof HTMLInputElement && target.type === "checkbox";
  const openMenu = (selector) => {
    const menu = document.querySelector(selector);
    if (!menu) return;
    menu.open = true;
    menu.querySelector("[role=combobox], select:not([hidden]), input:not([type=hidden]), button")?.focus();
  };
  const page = (rel) => document.querySelector(`#inbox-rows a[rel=${rel}]`)?.click();

  function extend(by) {
    const from = inbox.current();
    if (from) ticks.set(from, true);
    const next = inbox.move(by);
    if (next) ticks.set(next, true);
    ticks.show();
  }

  const anywhere = {
    j: () => inbox.move(1),
    k: () => inbox.move(-1),
    J: () => extend(1),
    K: () => extend(-1),
    x: () => ticks.toggle(inbox.current()),
    a: () => ticks.every(true),
    c: () => inbox.current()?.querySelector("[data-claim]")?.click(),
    e: () => complete(inbox.current()),
    o: () => open(inbox.current()),
    f: () => document.getElementById("within")?.focus(),
    r: () => inbox.refresh({ force: true }),
    t: () => ticks.keys().length && openMenu("#batch-transfer"),
    v: () => openMenu(".view-menu"),
    "[": () => page("prev"),
    "]": () => page("next"),
  };
  const inList = {
    ArrowDown: (event) => (event.shiftKey ? extend(1) : inbox.move(1)),
    ArrowUp: (event) => (event.shiftKey ? extend(-1) : inbox.move(-1)),
    Home: () => inbox.choose(inbox.rows()[0], { focus: true }),
    End: () => inbox.choose(inbox.rows().at(-1), { focus: true }),
    " ": () => ticks.toggle(inbox.current()),
  };

  function open(row) {
    if (row) window.location.assign(row.dataset.open);
  }

  function complete(row) {
    if (row) window.location.assign(`${row.dataset.open}#completion`);
  }

  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (!isPlainKey(event) || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (isTyping(target)) {
      if (key === "Escape" && target.id === "within") target.blur();
      return;
    }
    if (key === "Escape") {
      if (!document.querySelector("details.menu[open], .rail.is-open")) ticks.every(false);
      return;
    }
    if (key === "Enter" && target === document.body) return open(inbox.current());
    const onLine = inbox.list.contains(target) && !isBox(target) && target.tagName !== "BUTTON";
    const act = anywhere[key] ?? ((onLine || (target === document.body && key !== " ")) && isHere(target) ? inList[key] : null);
    if (!act || event.repeat && !["j", "k", "ArrowDown", "ArrowUp", "J", "K"].includes(key)) return;
    if (document.body.dataset.chord) return; // g has been typed: the next letter goes somewhere
    event.preventDefault();
    act(event);
  });
}
