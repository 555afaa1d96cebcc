/** @jsxImportSource @bpmn-io/properties-panel/preact */
import { useService } from "bpmn-js-properties-panel";
import { Row, fieldId, useTyped } from "./parts.jsx";

// A plain text. `get` and `set` read and write it; an empty one is taken away.
export function Text({ id, label, help, note, get, set, check, placeholder }) {
  const translate = useService("translate");
  const { typed, type, flush } = useTyped(get(), set);
  const wrong = check?.(typed);
  const problem = wrong && { severity: wrong.severity, text: translate(wrong.template, wrong.values) };
  return (
    <Row id={id} label={label} help={help} note={note} problem={problem}>
      <input
        id={fieldId(id)}
        name={id}
        type="text"
        class="bio-properties-panel-input"
        autocomplete="off"
        spellcheck={false}
        placeholder={placeholder}
        value={typed}
        aria-describedby={`${fieldId(id)}-said`}
        onInput={(event) => type(event.target.value)}
        onBlur={flush}
      />
    </Row>
  );
}

export function Check({ id, label, help, note, get, set }) {
  return (
    <Row
      id={id}
      label={label}
      help={help}
      note={note}
      checkbox={
        <label class="duban-check" for={fieldId(id)}>
          <input id={fieldId(id)} name={id} type="checkbox" checked={get()} onChange={(event) => set(event.target.checked)} />
          {label}
        </label>
      }
    />
  );
}

// What can only be read, or acted upon: lines, each with a text, a note, and perhaps a link or a button.
export function Lines({ id, label, help, note, lines }) {
  return (
    <div class="bio-properties-panel-entry duban-field" data-entry-id={id}>
      {label && (
        <div class="duban-field-head">
          <span class="bio-properties-panel-label">{label}</span>
        </div>
      )}
      {help && <p class="bio-properties-panel-description">{help}</p>}
      <ul class="duban-lines">
        {lines().map(({ key, text, more, href, act }) => (
          <li key={key}>
            {href && <a href={href}>{text}</a>}
            {act && (
              <button type="button" class="duban-line-act" onClick={act}>
                {text}
              </button>
            )}
            {!href && !act && <span>{text}</span>}
            {more && <span class="duban-suggestion-note">{more}</span>}
          </li>
        ))}
      </ul>
      {note && <p class="bio-properties-panel-description">{note}</p>}
    </div>
  );
}
