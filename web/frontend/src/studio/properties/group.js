// How a group of fields is put together: fields that are null are left out, a group without fields is not there.
import { Group } from "@bpmn-io/properties-panel";
import { is, isAny } from "bpmn-js/lib/util/ModelUtil.js";
import { Check, Lines, Text } from "./fields/Text.jsx";
import { Choice } from "./fields/Choice.jsx";
import { Feel } from "./fields/Feel.jsx";
import { propertyOf } from "./extensions.js";

export { is, isAny };

export function groupOf(id, label, entries, { open = false, translate } = {}) {
  const kept = entries.filter(Boolean);
  return kept.length ? { id: `duban-${id}`, label, component: Group, entries: kept, shouldOpen: open, translate } : null;
}

const entry = (component, id, given) => ({
  component,
  id: `duban-${id}`,
  isEdited: () => Boolean(given.get?.()),
  ...given,
});

export const text = (id, given) => entry(Text, id, given);
export const choice = (id, given) => entry(Choice, id, given);
export const feel = (id, given) => entry(Feel, id, given);
export const check = (id, given) => entry(Check, id, given);
export const lines = (id, given) => entry(Lines, id, given);

// Reads and writes one of the properties of an element; `shown` keeps which of them have a field.
export const property = (element, { writer, shown }, name) => {
  shown.add(name);
  return { get: () => propertyOf(element, name), set: (value) => writer.property(element, name, value) };
};

export const PEOPLE = ["bpmn:UserTask", "bpmn:ManualTask"];
export const isWork = (element) => isAny(element, PEOPLE);
export const named = (list) => () => list.map(({ id, name }) => ({ value: id, note: name === id ? "" : name }));

export function eventOf(element, type) {
  return element.businessObject?.eventDefinitions?.find((each) => is(each, type));
}
