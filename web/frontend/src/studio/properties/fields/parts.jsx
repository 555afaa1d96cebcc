/** @jsxImportSource @bpmn-io/properties-panel/preact */
// What every field of the panel has: a label, help that opens, what is wrong with it, a list of suggestions.
import { useEffect, useRef, useState } from "@bpmn-io/properties-panel/preact/hooks";
import { useService } from "bpmn-js-properties-panel";

const WAIT = 400;

export const fieldId = (id) => `bio-properties-panel-${id}`;

export function Row({ id, label, help, problem, note, children, checkbox }) {
  const translate = useService("translate");
  return (
    <div class={`bio-properties-panel-entry duban-field${problem ? ` has-${problem.severity}` : ""}`} data-entry-id={id}>
      <div class="duban-field-head">
        {checkbox || (
          <label class="bio-properties-panel-label" for={fieldId(id)}>
            {label}
          </label>
        )}
        {help && (
          <details class="duban-help">
            <summary aria-label={translate("Help on {label}", { label })}>?</summary>
            <p>{help}</p>
          </details>
        )}
      </div>
      {children}
      <div id={`${fieldId(id)}-said`} class="duban-said" aria-live="polite">
        {problem && (
          <p class={`duban-problem is-${problem.severity}`}>
            <span aria-hidden="true">{problem.severity === "error" ? "✕" : "⚠"}</span> {problem.text}
          </p>
        )}
      </div>
      {note && <p class="bio-properties-panel-description">{note}</p>}
    </div>
  );
}

// The text as typed, committed when the hand rests, or when the field is left. What changes elsewhere (undo) wins.
export function useTyped(value, commit) {
  const [typed, setTyped] = useState(value);
  const waiting = useRef(null);
  const sent = useRef(value);
  const latest = useRef({ typed, value, commit });
  latest.current = { typed, value, commit };
  // what this field wrote comes back while more is being typed: that is no news
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    if (waiting.current === null) setTyped(value);
  }, [value]);
  const flush = () => {
    clearTimeout(waiting.current);
    waiting.current = null;
    const { typed: now, value: before, commit: keep } = latest.current;
    if (now.trim() === before) return;
    sent.current = now.trim();
    keep(sent.current);
  };
  useEffect(() => () => waiting.current !== null && flush(), []);
  const type = (text) => {
    setTyped(text);
    latest.current.typed = text;
    clearTimeout(waiting.current);
    waiting.current = setTimeout(flush, WAIT);
  };
  return { typed, type, flush };
}

// Suggestions below a field. `choose` gets the option; `at` is the one that Enter would take.
export function Suggestions({ id, options, at, choose, label }) {
  const list = useRef(null);
  useEffect(() => list.current?.scrollIntoView({ block: "nearest" }), []);
  useEffect(() => list.current?.children[at]?.scrollIntoView({ block: "nearest" }), [at, options]);
  return (
    <ul id={`${fieldId(id)}-list`} class="duban-suggestions" role="listbox" aria-label={label} ref={list}>
      {options.map((each, index) => (
        <li
          key={each.value}
          id={`${fieldId(id)}-option-${index}`}
          role="option"
          aria-selected={index === at ? "true" : "false"}
          class={index === at ? "is-at" : ""}
          onMouseDown={(event) => {
            event.preventDefault();
            choose(each);
          }}
        >
          <span class="duban-suggestion">{each.label || each.value}</span>
          {each.note && <span class="duban-suggestion-note">{each.note}</span>}
        </li>
      ))}
    </ul>
  );
}

// Keys of an open list; true where the key was taken.
export function listKey(event, { options, at, setAt, choose, close }) {
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves && options.length) setAt((at + moves[event.key] + options.length) % options.length);
  else if (event.key === "Enter" && options[at]) choose(options[at]);
  else if (event.key === "Escape") close();
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}
