// What can be done with a task: a link with data-act opens its dialog here; without this script it is a page.
import { startPeople } from "./people.js";

export function startActs() {
  const dialog = document.getElementById("act-dialog");
  if (!dialog) return;
  let opener = null;

  async function open(link) {
    let body;
    try {
      const answer = await fetch(link.href, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      body = await answer.text();
    } catch {
      window.location.assign(link.href);
      return;
    }
    dialog.innerHTML = body;
    startPeople(dialog);
    const menu = link.closest("details");
    menu?.removeAttribute("open");
    opener = menu?.querySelector("summary") ?? link;
    dialog.showModal();
    (dialog.querySelector("input:not([type=hidden]):not([type=radio]), textarea") ?? dialog.querySelector("button")).focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-act]");
    if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      open(link);
    } else if (event.target.closest("[data-close]") && dialog.open) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    // a link in a menu that has closed cannot take the focus back
    opener?.focus();
  });
}
