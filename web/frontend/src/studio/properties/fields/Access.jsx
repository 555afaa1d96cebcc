/** @jsxImportSource @bpmn-io/properties-panel/preact */
// Which fields of its form the task locks or hides: one line a field, what encloses it decides where it says nothing.
import { useService } from "bpmn-js-properties-panel";
import { MODES, readAccess, withMode } from "../access.js";

// What another form showed is never edited here.
const SHOWN_MODES = ["readonly", "hidden"];
const WORDS = { editable: "Editable", readonly: "Read-only", hidden: "Hidden" };

export function Access({ id, fields, get, set }) {
  const translate = useService("translate");
  const { modes, faults } = readAccess(get());
  const known = new Set(fields.flatMap(({ names }) => names));
  const strangers = Object.keys(modes).filter((name) => name !== "*" && !known.has(name));
  const nameOf = ({ names }) => names.find((name) => name in modes) || names[0];
  const choose = (name, mode) => set(withMode(get(), name, mode));
  const line = (name, label, { required = false, depth = 0, inherited = "editable", from = "" } = {}) => (
    <li key={name} class={`duban-access-line is-deep-${Math.min(depth, 3)}`}>
      <label for={`${id}-${name}`}>
        {label} <code>{from ? `${name} · ${from}` : name}</code>
      </label>
      <select id={`${id}-${name}`} value={modes[name] || ""} onChange={(event) => choose(name, event.target.value)}>
        <option value="">{translate("As around it: {mode}", { mode: translate(WORDS[from && inherited !== "hidden" ? "readonly" : inherited]) })}</option>
        {(from ? SHOWN_MODES : MODES).map((mode) => (
          <option key={mode} value={mode} disabled={required && mode === "hidden"}>
            {translate(WORDS[mode])}
          </option>
        ))}
      </select>
    </li>
  );
  const around = (field) => field.inside.map((name) => modes[name]).find(Boolean) || modes["*"] || "editable";
  return (
    <div class="bio-properties-panel-entry duban-field" data-entry-id={id}>
      <p class="bio-properties-panel-description">{translate("A required field cannot be hidden: nobody could fill it in.")}</p>
      <ul class="duban-access">
        {line("*", translate("All other fields"))}
        {fields.map((field) => line(nameOf(field), field.label || nameOf(field), { required: field.required, depth: field.inside.length, inherited: around(field), from: field.from }))}
      </ul>
      {[...strangers, ...faults].map((name) => (
        <p key={name} class="duban-problem is-error">
          <span aria-hidden="true">✕</span> {translate("The form has no field “{name}”.", { name })}{" "}
          {strangers.includes(name) && (
            <button type="button" class="duban-line-act" onClick={() => choose(name, "")}>
              {translate("Take it out")}
            </button>
          )}
        </p>
      ))}
    </div>
  );
}
