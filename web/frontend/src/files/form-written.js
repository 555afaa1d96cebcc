// The schema as it is kept: in the order of the file, without what the editor puts in by itself and means nothing.
const CHOICES = new Set(["select", "radio", "checklist", "taglist"]);
const INVENTED = JSON.stringify([{ label: "Value", value: "value" }]);

// A choice that takes its options from a list of the office, a variable or an expression lists none of its own.
const listsElsewhere = ({ properties, valuesKey, valuesExpression }) => Boolean(properties?.options || valuesKey || valuesExpression);

function bare(component, had) {
  const kept = { ...component };
  const isInvented = CHOICES.has(kept.type) && JSON.stringify(kept.values) === INVENTED;
  const hadNone = had.has(kept.id) && had.get(kept.id).values === undefined;
  if (isInvented && (hadNone || listsElsewhere(kept))) delete kept.values;
  if (kept.components) kept.components = kept.components.map((child) => bare(child, had));
  return kept;
}

function remember(components = [], had = new Map()) {
  components.forEach((component) => {
    had.set(component.id, component);
    remember(component.components, had);
  });
  return had;
}

export function written(schema, before) {
  const order = [...Object.keys(before), ...Object.keys(schema)];
  const kept = Object.fromEntries([...new Set(order)].filter((name) => schema[name] !== undefined).map((name) => [name, schema[name]]));
  const had = remember(before.components);
  kept.components = (schema.components ?? []).map((component) => bare(component, had));
  return `${JSON.stringify(kept, null, 2)}\n`;
}
