/** @jsxImportSource @bpmn-io/properties-panel/preact */
import { useState } from "@bpmn-io/properties-panel/preact/hooks";
import { useService } from "bpmn-js-properties-panel";

// One of a list, added with a button: nothing happens by looking through the list.
export function Adder({ id, label, options, add }) {
  const translate = useService("translate");
  const [chosen, setChosen] = useState("");
  return (
    <div class="bio-properties-panel-entry duban-field" data-entry-id={id}>
      <label class="bio-properties-panel-label" for={id}>
        {label}
      </label>
      <div class="duban-adder">
        <select id={id} class="bio-properties-panel-input" value={chosen} onChange={(event) => setChosen(event.target.value)}>
          <option value="">{translate("Choose a rule")}</option>
          {options().map(({ value, note, text }) => (
            <option key={value} value={value}>
              {text || `${value} ${note}`}
            </option>
          ))}
        </select>
        <button type="button" class="duban-adder-button" disabled={!chosen} onClick={() => (add(chosen), setChosen(""))}>
          {translate("Add")}
        </button>
      </div>
    </div>
  );
}
