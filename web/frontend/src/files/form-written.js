// The schema as it is kept: two spaces, and no entry that the form did not have and that says nothing.
const NOTHING = { schemaVersion: 19 };

export function written(schema, before) {
  const { components, type, id, ...rest } = schema;
  const kept = Object.fromEntries(Object.entries(rest).filter(([name, value]) => name in before || NOTHING[name] !== undefined || value !== undefined));
  return `${JSON.stringify({ ...pick(before, schema), ...kept, type, id, components }, null, 2)}\n`;
}

// in the order that the file had
function pick(before, schema) {
  return Object.fromEntries(Object.keys(before).filter((name) => name in schema).map((name) => [name, schema[name]]));
}
