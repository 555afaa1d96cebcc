// Choosing colleagues: a combobox over the page's own <select>, which stays what is sent. Type a name, a unit or
// pinyin initials; arrows move, Enter chooses, Escape closes. Without this script the <select> does.
const QUIET_MS = 150;
let counter = 0;

const element = (tag, given = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

export function startPeople(root = document) {
  root.querySelectorAll("[data-people]:not([data-ready])").forEach(enhance);
}

function enhance(field) {
  field.dataset.ready = "1";
  const select = field.querySelector("select");
  const label = field.querySelector("label");
  const id = `people-${(counter += 1)}`;
  const { source, none, found, more, drop, placeholder, missing } = field.dataset;

  const input = element("input", {
    class: "input", id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder,
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`,
  });
  if (select.hasAttribute("aria-describedby")) input.setAttribute("aria-describedby", select.getAttribute("aria-describedby"));
  if (select.required) input.setAttribute("aria-required", "true");
  const list = element("ul", { class: "people-list", id: `${id}-list`, role: "listbox", "aria-labelledby": label.id });
  const chips = element("ul", { class: "people-chips" });
  const said = element("p", { class: "sr-only", role: "status" });
  list.hidden = true;
  label.htmlFor = id;
  const box = element("div", { class: "people-box" }, input, list);
  field.append(...(select.multiple ? [chips] : []), box, said);
  const isRequired = select.required;
  select.required = false;
  select.hidden = true;

  let rows = [];
  let isCut = false;
  let at = -1;
  let timer = null;
  let asked = 0;

  const chosen = () => [...select.options].filter((o) => o.selected && o.value);
  const words = (option) => option.textContent.trim();

  function showChosen() {
    if (!select.multiple) {
      const [one] = chosen();
      input.value = one ? words(one) : "";
      return;
    }
    chips.replaceChildren(
      ...chosen().map((option) => {
        const name = words(option).split(" · ")[0];
        const button = element("button", { type: "button", "aria-label": drop.replace("#", name) }, "×");
        button.addEventListener("click", () => {
          option.selected = false;
          showChosen();
          input.focus();
        });
        return element("li", { class: "people-chip" }, words(option), button);
      }),
    );
  }

  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    at = index;
    list.querySelectorAll('[role="option"]').forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    const row = list.children[at];
    if (!row) return;
    input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  function choose(person) {
    let option = [...select.options].find((o) => o.value === person.id);
    if (!option) {
      option = element("option", { value: person.id }, [person.name, person.unit_name, person.roles].filter(Boolean).join(" · "));
      select.append(option);
    }
    option.selected = true;
    input.value = "";
    input.setCustomValidity("");
    showChosen();
    close();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function draw() {
    const shown = select.multiple ? rows.filter((p) => !chosen().some((o) => o.value === p.id)) : rows;
    rows = shown;
    list.replaceChildren(
      ...(shown.length
        ? shown.map((person, index) => {
            const row = element(
              "li",
              { id: `${id}-${index}`, role: "option", "aria-selected": "false" },
              element("span", { class: "people-name" }, person.name),
              element("span", { class: "people-where" }, [person.unit_name, person.roles].filter(Boolean).join(" · ")),
            );
            row.addEventListener("pointerdown", (event) => {
              event.preventDefault();
              choose(person);
            });
            return row;
          })
        : [element("li", { class: "people-none" }, none)]),
    );
    if (!shown.length) list.firstChild.setAttribute("role", "presentation");
    if (shown.length && isCut) list.append(element("li", { class: "people-none", role: "presentation" }, more));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    said.textContent = shown.length ? found.replace("#", String(shown.length)) : none;
    if (shown.length) mark(0);
  }

  async function ask() {
    const mine = (asked += 1);
    const url = new URL(source, window.location.href);
    url.searchParams.set("q", input.value.trim());
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok || mine !== asked) return;
      const told = await answer.json();
      rows = told.people;
      isCut = told.more;
    } catch {
      return;
    }
    if (document.activeElement === input) draw();
  }

  input.addEventListener("input", () => {
    if (!select.multiple) select.value = "";
    input.setCustomValidity("");
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET_MS);
  });
  input.addEventListener("click", () => {
    if (list.hidden) {
      input.select();
      ask();
    }
  });
  input.addEventListener("blur", () => {
    close();
    if (!select.multiple) showChosen();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else if (rows.length) mark((at + (event.key === "ArrowDown" ? 1 : rows.length - 1)) % rows.length);
    } else if (event.key === "Enter" && !list.hidden && rows[at]) {
      event.preventDefault();
      choose(rows[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && select.multiple && !input.value && chosen().length) {
      chosen().at(-1).selected = false;
      showChosen();
    }
  });
  select.form?.addEventListener("submit", (event) => {
    if (!isRequired || chosen().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    input.setCustomValidity(missing);
    input.reportValidity();
  });
  showChosen();
}
