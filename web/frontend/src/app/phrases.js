// One's own phrases: a semicolon in a text box, or the menu "常用语", offers them; choosing one writes it where the
// cursor is. Escape leaves the semicolon as it was typed.
const OPENS = [";", "；"];

export function startPhrases() {
  const menu = document.querySelector("[data-phrases-menu]");
  if (!menu) return;
  const sheet = menu.querySelector("[data-source]");
  const list = menu.querySelector(".phrases");
  menu.hidden = false;
  let phrases = null;
  let last = null;
  let popup = null;

  async function known() {
    if (phrases) return phrases;
    try {
      const answer = await fetch(sheet.dataset.source, { headers: { Accept: "application/json" }, redirect: "error" });
      phrases = answer.ok ? (await answer.json()).phrases : [];
    } catch {
      return [];
    }
    return phrases;
  }

  // fields of forms keep their own state: they hear of it as of typing
  function write(box, text, from, to) {
    box.focus();
    box.setRangeText(text, from, to, "end");
    box.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
  }

  const target = () => {
    if (last?.isConnected && !last.disabled && !last.readOnly) return last;
    return document.querySelector("#opinion, #form textarea:not([disabled]):not([readonly])");
  };

  menu.addEventListener("toggle", async () => {
    if (!menu.open) return;
    const found = await known();
    list.replaceChildren(
      ...found.map((text) => {
        const button = document.createElement("button");
        button.type = "button";
        button.setAttribute("role", "menuitem");
        button.textContent = text;
        button.addEventListener("click", () => {
          menu.open = false;
          const box = target();
          if (box) write(box, text, box.selectionStart, box.selectionEnd);
        });
        return button;
      }),
    );
    if (!found.length) {
      const note = document.createElement("p");
      note.className = "menu-note";
      note.textContent = sheet.dataset.none;
      list.append(note);
    }
  });

  function close() {
    popup?.list.remove();
    popup?.box.removeAttribute("aria-activedescendant");
    popup = null;
  }

  function mark(index) {
    popup.at = index;
    [...popup.list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === index)));
    popup.list.children[index].scrollIntoView({ block: "nearest" });
    popup.box.setAttribute("aria-activedescendant", popup.list.children[index].id);
  }

  function take(index) {
    const { box, start, shown } = popup;
    const end = box.selectionStart;
    close();
    write(box, shown[index], start, end);
  }

  function show(box, start, shown) {
    close();
    const made = document.createElement("ul");
    made.className = "phrase-popup";
    made.setAttribute("role", "listbox");
    made.setAttribute("aria-label", menu.querySelector("summary").textContent.trim());
    made.append(
      ...shown.map((text, index) => {
        const row = document.createElement("li");
        row.id = `phrase-${index}`;
        row.setAttribute("role", "option");
        row.textContent = text;
        row.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          take(index);
        });
        return row;
      }),
    );
    box.insertAdjacentElement("afterend", made);
    popup = { box, start, shown, list: made, at: 0 };
    mark(0);
  }

  // what stands between the semicolon and the cursor narrows the list
  async function look(box) {
    const upTo = box.value.slice(0, box.selectionStart);
    const start = Math.max(...OPENS.map((sign) => upTo.lastIndexOf(sign)));
    const before = start > 0 ? upTo[start - 1] : "\n";
    const typed = start < 0 ? "" : upTo.slice(start + 1);
    if (start < 0 || typed.length > 10 || /\s/.test(typed) || !/[\s，。；、：,.;:]/.test(before)) return close();
    const shown = (await known()).filter((text) => text.includes(typed)).slice(0, 8);
    if (!shown.length || document.activeElement !== box) return close();
    show(box, start, shown);
  }

  const isBox = (node) => node instanceof HTMLTextAreaElement && !("noPhrases" in node.dataset);

  document.addEventListener("focusin", (event) => {
    if (isBox(event.target)) last = event.target;
    if (popup && event.target !== popup.box) close();
  });
  document.addEventListener("input", (event) => {
    if (!isBox(event.target) || event.isComposing) return;
    if (popup || OPENS.includes(event.data)) look(event.target);
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (!popup || event.target !== popup.box || event.isComposing) return;
      const many = popup.shown.length;
      if (event.key === "ArrowDown") mark((popup.at + 1) % many);
      else if (event.key === "ArrowUp") mark((popup.at + many - 1) % many);
      else if (event.key === "Enter" || event.key === "Tab") take(popup.at);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}
