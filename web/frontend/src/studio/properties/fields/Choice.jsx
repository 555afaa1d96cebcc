/** @jsxImportSource @bpmn-io/properties-panel/preact */
import { useState } from "@bpmn-io/properties-panel/preact/hooks";
import { useService } from "bpmn-js-properties-panel";
import { matching } from "../completing.js";
import { nearest } from "../feel.js";
import { Row, Suggestions, fieldId, listKey, useTyped } from "./parts.jsx";

// One of what is known, chosen from a list or typed; something unknown can be kept and is said.
// `options()` are { value, note }; `several`: words with spaces between; `loose`: what is unknown is no mistake.
export function Choice({ id, label, help, note, get, set, options, several = false, loose = false, placeholder }) {
  const translate = useService("translate");
  const isReading = useService("dubanReading", false);
  const { typed, type, flush } = useTyped(get(), set);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const [isFresh, setFresh] = useState(true);
  const all = options();
  const word = several ? typed.split(/\s+/).pop() : typed;
  const found = open ? matching(all, isFresh ? "" : word) : [];
  const close = () => setOpen(false);
  const choose = ({ value }) => {
    const words = several ? [...typed.split(/\s+/).slice(0, -1), value].filter(Boolean).join(" ") : value;
    type(words);
    flush();
    close();
  };
  const show = () => {
    if (isReading) return;
    setFresh(!several);
    setAt(Math.max(0, all.findIndex(({ value }) => value === typed)));
    setOpen(true);
  };
  const said = named(all, typed, several);
  return (
    <Row id={id} label={label} help={help} note={said || (typeof note === "function" ? note() : note)} problem={loose ? null : unknown(translate, all, typed, several)}>
      <div class="duban-choice">
        <input
          id={fieldId(id)}
          name={id}
          type="text"
          role="combobox"
          class="bio-properties-panel-input"
          autocomplete="off"
          spellcheck={false}
          aria-autocomplete="list"
          aria-expanded={open && found.length ? "true" : "false"}
          aria-controls={`${fieldId(id)}-list`}
          aria-activedescendant={open && found[at] ? `${fieldId(id)}-option-${at}` : undefined}
          aria-describedby={`${fieldId(id)}-said`}
          placeholder={placeholder}
          value={typed}
          onInput={(event) => {
            type(event.target.value);
            setFresh(false);
            setAt(0);
            setOpen(true);
          }}
          onMouseDown={() => !open && show()}
          onBlur={() => {
            close();
            flush();
          }}
          onKeyDown={(event) => {
            if (open && listKey(event, { options: found, at, setAt, choose, close })) return;
            if (!open && (event.key === "ArrowDown" || (event.ctrlKey && event.key === " "))) {
              event.preventDefault();
              show();
            }
          }}
        />
        {open && found.length > 0 && <Suggestions id={id} options={found} at={at} choose={choose} label={label} />}
      </div>
    </Row>
  );
}

function named(all, typed, several) {
  const words = several ? typed.split(/\s+/).filter(Boolean) : [typed];
  const notes = words.map((word) => all.find(({ value }) => value === word)?.note).filter(Boolean);
  return notes.join("、");
}

function unknown(translate, all, typed, several) {
  const words = several ? typed.split(/\s+/) : [typed.trim()];
  const wrong = words.find((word) => word && !all.some(({ value }) => value === word));
  if (!wrong) return null;
  const best = nearest(wrong, all.map(({ value }) => value));
  const text = best
    ? translate("There is no “{name}”. Did you mean “{best}”?", { name: wrong, best })
    : translate("There is no “{name}”. Choose one from the list.", { name: wrong });
  return { severity: "error", text };
}
