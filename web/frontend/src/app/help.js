// "/" goes to the search box, "?" shows the keys; page buttons with data-dialog open a dialog, data-print prints.
import { isPlainKey, isTyping } from "./typing.js";

function open(dialog) {
  if (dialog && !dialog.open) dialog.showModal();
}

export function startHelp() {
  const keys = document.getElementById("keys");
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || !isPlainKey(event)) return;
    if (event.key === "?") open(keys);
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) open(document.getElementById(opener.dataset.dialog));
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-go]") && event.target.form) event.target.form.requestSubmit();
  });
}
