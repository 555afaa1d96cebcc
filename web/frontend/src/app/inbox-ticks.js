// Which lines are ticked: by the box, by a range with Shift, all of the page; kept through a refresh.
export function startTicks(inbox) {
  const form = document.getElementById("batch");
  const all = document.getElementById("select-all");
  const acts = document.getElementById("batch-acts");
  const words = document.getElementById("batch-chosen");
  const box = (row) => row?.querySelector("input[name=item]");
  let last = null;

  const ticked = () => inbox.rows().filter((row) => box(row)?.checked);

  function show() {
    const rows = inbox.rows();
    const n = ticked().length;
    rows.forEach((row) => row.classList.toggle("is-ticked", Boolean(box(row)?.checked)));
    all.checked = n > 0 && n === rows.length;
    all.indeterminate = n > 0 && n < rows.length;
    all.disabled = rows.length === 0;
    form.classList.toggle("has-some", n > 0);
    words.textContent = n ? form.dataset.some.replace("#", String(n)) : "";
    // the buttons stay where they are, so that nothing moves; without a choice they only say that there is none
    acts.querySelectorAll(":scope > button, :scope > details > summary").forEach((control) => {
      if (n) control.removeAttribute("aria-disabled");
      else control.setAttribute("aria-disabled", "true");
    });
    if (!n) acts.querySelectorAll("details[open]").forEach((menu) => (menu.open = false));
  }

  function set(row, on) {
    if (!box(row)) return;
    box(row).checked = on;
    last = row.dataset.task;
  }

  function toggle(row) {
    if (row) set(row, !box(row).checked);
    show();
  }

  function range(from, to, on) {
    const rows = inbox.rows();
    const ends = [rows.findIndex((row) => row.dataset.task === from), rows.indexOf(to)];
    if (ends.includes(-1)) return;
    rows.slice(Math.min(...ends), Math.max(...ends) + 1).forEach((row) => (box(row).checked = on));
  }

  function every(on) {
    inbox.rows().forEach((row) => (box(row).checked = on));
    show();
  }

  inbox.list.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-task]");
    if (!row || !event.target.closest(".tick")) return;
    const input = box(row);
    if (event.target !== input) {
      input.checked = !input.checked; // the whole cell is the target
    }
    if (event.shiftKey && last) range(last, row, input.checked);
    last = row.dataset.task;
    show();
  });
  acts.addEventListener("click", (event) => {
    const control = event.target.closest("[aria-disabled=true]");
    if (!control) return;
    event.preventDefault();
    words.textContent = form.dataset.none;
  });
  all.hidden = false;
  all.addEventListener("change", () => every(all.checked));
  show();
  return { ticked, keys: () => ticked().map((row) => row.dataset.task), toggle, set, every, show };
}
