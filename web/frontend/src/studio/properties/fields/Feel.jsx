/** @jsxImportSource @bpmn-io/properties-panel/preact */
import { useEffect, useRef, useState } from "@bpmn-io/properties-panel/preact/hooks";
import { useService } from "bpmn-js-properties-panel";
import { optionsAt } from "../completing.js";
import { checkFeel, isIso, loadFeel } from "../feel.js";
import { inScope } from "../scope.js";
import { Row, Suggestions, fieldId, listKey, useTyped } from "./parts.jsx";

// A FEEL expression: checked while it is typed, completed at the caret (Ctrl+Space shows all that fits).
// `texts()`: strings that make sense here, { id, name }; `allowsIso`: a timer; `isContext`: a script.
export function Feel({ element, id, label, help, note, get, set, texts, isContext = false, allowsIso = false, required = false, rows = 1, placeholder }) {
  const translate = useService("translate");
  const isReading = useService("dubanReading", false);
  const vocabulary = useService("dubanVocabulary").current;
  const { typed, type, flush } = useTyped(get(), set);
  const [feelin, setFeelin] = useState(globalThis.feelin || null);
  // "typed": shown once there is a word to complete; "asked": all that fits
  const [open, setOpen] = useState(null);
  const [at, setAt] = useState(0);
  const [caret, setCaret] = useState(0);
  const area = useRef(null);
  useEffect(() => void loadFeel(vocabulary.feel.url).then(setFeelin), [vocabulary.feel.url]);
  const variables = inScope(element, vocabulary);
  const atCaret = open && optionsAt(typed, caret, { variables, functions: vocabulary.feel.functions, texts: texts?.() || [], rules: vocabulary.rules });
  const isShown = open === "asked" || (open === "typed" && (atCaret.isText || atCaret.from < caret));
  const offered = isShown ? atCaret : { from: 0, options: [] };
  const close = () => setOpen(null);
  const choose = ({ insert }) => {
    const text = typed.slice(0, offered.from) + insert + typed.slice(caret);
    const hole = insert.indexOf("()");
    const place = offered.from + (hole >= 0 ? hole + 1 : insert.length);
    type(text);
    close();
    requestAnimationFrame(() => area.current?.setSelectionRange(place, place));
  };
  const wrong = problemOf({ typed, required, allowsIso, isContext, feelin, variables, vocabulary });
  const problem = wrong && { severity: wrong.severity, text: translate(wrong.template, wrong.values) };
  return (
    <Row id={id} label={label} help={help} note={note} problem={problem}>
      <div class="duban-choice">
        <textarea
          id={fieldId(id)}
          name={id}
          ref={area}
          rows={Math.max(rows, Math.min(12, Math.ceil(typed.length / 34)))}
          class="bio-properties-panel-input duban-feel"
          spellcheck={false}
          autocomplete="off"
          placeholder={placeholder}
          value={typed}
          aria-autocomplete="list"
          aria-controls={offered.options.length ? `${fieldId(id)}-list` : undefined}
          aria-activedescendant={offered.options[at] ? `${fieldId(id)}-option-${at}` : undefined}
          aria-describedby={`${fieldId(id)}-said`}
          aria-invalid={problem?.severity === "error" ? "true" : undefined}
          onInput={(event) => {
            type(event.target.value);
            setCaret(event.target.selectionStart);
            setAt(0);
            setOpen("typed");
          }}
          onBlur={() => {
            close();
            flush();
          }}
          onKeyDown={(event) => {
            if (offered.options.length && listKey(event, { options: offered.options, at, setAt, choose, close })) return;
            if (event.ctrlKey && event.key === " " && !isReading) {
              event.preventDefault();
              setCaret(event.target.selectionStart);
              setAt(0);
              setOpen("asked");
            }
          }}
        />
        {offered.options.length > 0 && <Suggestions id={id} options={offered.options} at={at} choose={choose} label={label} />}
      </div>
    </Row>
  );
}

function problemOf({ typed, required, allowsIso, isContext, feelin, variables, vocabulary }) {
  if (!typed.trim()) return required ? { severity: "error", template: "This must be filled in.", values: {} } : null;
  if (allowsIso && isIso(typed.trim())) return null;
  const { names, closed } = vocabulary.variables;
  const known = names.length ? new Set(variables.map(({ id }) => id)) : null;
  return checkFeel(feelin, typed, { known, closed, isContext, reasons: vocabulary.feel.reasons });
}
