// Properties of the element that no field above shows: of another kind of element, misspelt, or another tool's.
import { propertiesOf } from "../extensions.js";
import { groupOf, property, text } from "../group.js";

export function otherGroup(element, context) {
  const { translate: t, shown } = context;
  const others = Object.keys(propertiesOf(element)).filter((name) => !shown.has(name));
  const field = (name) =>
    text(`other-${name}`, {
      label: name,
      help: t("Nothing reads this here. Empty it to delete it."),
      ...property(element, context, name),
    });
  return groupOf("other", t("Extension properties"), others.map(field), { open: true, translate: t });
}
