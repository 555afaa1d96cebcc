// What the form holds, as it is sent: what may not be edited stays out, and so do files that are not kept yet.
const isFresh = (entry) => entry !== null && typeof entry === "object" && "upload" in entry;

function withoutFresh(value) {
  if (Array.isArray(value)) return value.filter((entry) => !isFresh(entry)).map(withoutFresh);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutFresh(inner)]));
}

function remove(data, [step, ...rest]) {
  if (data === null || typeof data !== "object") return;
  if (rest.length) remove(data[step], rest);
  else delete data[step];
}

export function typedIn(form) {
  const data = form._getSubmitData();
  const fields = form.get("formFieldRegistry");
  for (const { id, valuePath, indexes } of form.get("formFieldInstanceRegistry").getAllKeyed()) {
    const isRow = Object.keys(indexes || {}).length > 0;
    if (fields.get(id).readonly === true && !isRow) remove(data, valuePath);
  }
  for (const field of fields.getAll()) {
    if (field.type === "dynamiclist" && field.readonly === true) remove(data, form.get("pathRegistry").getValuePath(field));
  }
  return data;
}

export const forDraft = (form) => withoutFresh(typedIn(form));
