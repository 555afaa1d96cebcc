// What others changed while somebody filled in the form: both values side by side, and a choice for each.
import { optionsOf } from "./options.js";

const LONGEST = 300;

function worded(form, office, key, value) {
  const { texts } = office;
  const field = form.get("formFieldRegistry").getAll().find((each) => each.key === key || each.path === key);
  const offered = field ? optionsOf(field, { office: { ...office, lists: { ...office.lists, units: office.lists.all_units } }, form, evaluate: () => null }) : null;
  const one = (each) => {
    if (each === null || each === undefined || each === "") return texts.empty;
    if (typeof each === "boolean") return each ? texts.yes : texts.no;
    if (typeof each === "object") return Object.values(each).map(one).join(texts.comma);
    return offered?.find((option) => option.value === each)?.label ?? String(each);
  };
  const text = Array.isArray(value) ? value.map(one).join(texts.semicolon) || texts.empty : one(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

export function startConflicts({ form, office, box, draft }) {
  const { texts } = office;
  const open = new Map(office.changes.map((change) => [change.key, change]));
  if (!box || !open.size) return { isOpen: () => false };

  function settle(change, takeTheirs) {
    office.seen[change.key] = change.now;
    open.delete(change.key);
    if (takeTheirs) form._setState({ data: { ...form._getState().data, [change.key]: change.now } });
    draft.changed();
    draw();
    (box.querySelector("button") || box).focus();
  }

  function row(change) {
    const item = element("li");
    const both = element("dl");
    const yours = worded(form, office, change.key, form._getState().data[change.key]);
    both.append(element("dt", texts.changes_yours), element("dd", yours), element("dt", texts.changes_now), element("dd", worded(form, office, change.key, change.now)));
    const acts = element("div", "", "form-changes-acts");
    [["changes_mine", false], ["changes_theirs", true]].forEach(([name, takeTheirs]) => {
      const button = element("button", texts[name], "button");
      button.type = "button";
      button.setAttribute("aria-label", `${change.label}${texts.colon}${texts[name]}`);
      button.addEventListener("click", () => settle(change, takeTheirs));
      acts.append(button);
    });
    item.append(element("strong", change.label), both, acts);
    return item;
  }

  function draw() {
    box.hidden = false;
    box.tabIndex = -1;
    if (!open.size) {
      box.replaceChildren(element("p", texts.changes_settled));
      return;
    }
    const list = element("ul");
    list.append(...[...open.values()].map(row));
    box.replaceChildren(element("h2", texts.changes_title), element("p", texts.changes_help), list);
  }

  draw();
  return {
    isOpen: () => open.size > 0,
    focus() {
      box.scrollIntoView({ block: "start" });
      box.querySelector("button")?.focus();
    },
  };
}
