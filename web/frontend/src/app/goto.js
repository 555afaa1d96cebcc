// "g", then a letter: goes to a box or a page of the rail. The letters stand in the rail's own links.
import { isPlainKey, isTyping } from "./typing.js";

const WITHIN = 1500;

export function startGoto() {
  let timer = null;

  const end = () => {
    clearTimeout(timer);
    delete document.body.dataset.chord;
  };

  // before any other key's handler, so that the second letter does nothing else
  document.addEventListener(
    "keydown",
    (event) => {
      if (isTyping(event.target) || !isPlainKey(event) || document.querySelector("dialog[open]")) return end();
      if (document.body.dataset.chord) {
        if (event.key === "Shift") return;
        const link = document.querySelector(`#rail a[data-goto="${CSS.escape(event.key)}"]`);
        event.preventDefault();
        event.stopImmediatePropagation();
        end();
        if (link) window.location.assign(link.href);
      } else if (event.key === "g") {
        event.preventDefault();
        document.body.dataset.chord = "g";
        timer = setTimeout(end, WITHIN);
      }
    },
    { capture: true },
  );
}
