// Errors of the server and of the viewer, at the field and as a list on top that leads to each field.
import { pathParse } from "@bpmn-io/form-js-viewer";

// `rows[1].item` → ["rows", 1, "item"]
const stepsOf = (path) => pathParse(path.replace(/\[(\d+)\]/g, ".$1"));
const isSame = (a, b) => a.length === b.length && a.every((step, place) => String(step) === String(b[place]));
const placeOf = ({ id, indexes }) => [id, ...Object.values(indexes || {})];
const at = (data, steps) => steps.reduce((inner, step) => inner?.[step], data);

export function instanceAt(form, path) {
  const steps = stepsOf(path);
  return form.get("formFieldInstanceRegistry").getAll().find(({ valuePath }) => valuePath && isSame(valuePath, steps));
}

// A group or list has no instance of its own that shows errors: its first field stands for it.
function nearest(form, path) {
  const exact = instanceAt(form, path);
  const isShown = exact && form.get("formFields").get(form.get("formFieldRegistry").get(exact.id).type).config.keyed;
  if (isShown || !path) return exact;
  const steps = stepsOf(path);
  const inside = form.get("formFieldInstanceRegistry").getAllKeyed();
  return inside.find(({ valuePath }) => steps.every((step, place) => String(valuePath?.[place]) === String(step)));
}

function withAt(errors, [id, ...rows], messages) {
  if (!rows.length) return { ...errors, [id]: messages };
  const copy = Array.isArray(errors[id]) ? structuredClone(errors[id]) : [];
  rows.slice(0, -1).reduce((inner, row) => (inner[row] ??= []), copy)[rows.at(-1)] = messages;
  return { ...errors, [id]: copy };
}

// form-js validates fields with values anew when it has drawn them, and forgets what only the server knows: the
// server's errors are put back until somebody changes the field.
export function showServerErrors(form, errors) {
  let pending = [];
  const listed = errors.map(({ path, message }) => {
    const instance = nearest(form, path);
    if (instance) pending.push({ instance, message });
    return { message, instance };
  });
  form.on("field.updated", ({ fieldInstance }) => {
    pending = pending.filter(({ instance }) => instance.instanceId !== fieldInstance?.instanceId);
  });
  const restore = () => {
    const { errors: shown } = form._getState();
    const missing = pending.filter(({ instance }) => !at(shown, placeOf(instance))?.length);
    if (missing.length) {
      form._setState({ errors: missing.reduce((all, { instance, message }) => withAt(all, placeOf(instance), [message]), shown) });
    }
  };
  form.on("changed", restore);
  restore();
  return listed;
}

export function viewerErrors(form, errors, { colon }) {
  const fields = form.get("formFieldRegistry");
  return form
    .get("formFieldInstanceRegistry")
    .getAllKeyed()
    .flatMap((instance) => {
      const messages = at(errors, placeOf(instance)) || [];
      const label = labelOf(fields, instance);
      return messages.map((message) => ({ message: label ? `${label}${colon}${message}` : message, instance }));
    });
}

function labelOf(fields, { id, indexes }) {
  const field = fields.get(id);
  const own = field?.label || field?.dateLabel || field?.key || "";
  const rows = Object.entries(indexes || {}).map(([list, row]) => `${fields.get(list)?.label || ""} ${row + 1}`);
  return [...rows, own].join(" · ");
}

function inputOf({ id, indexes }, container) {
  const place = [id, ...Object.values(indexes || {})].join("_");
  return container.querySelector(`[id$="-${CSS.escape(place)}"], [id*="-${CSS.escape(place)}-"]:is(input, textarea, select, [tabindex])`);
}

// Rows that are folded away come out where something is wrong in them.
function unfold(container) {
  requestAnimationFrame(() => {
    const wrong = container.querySelector(".fjs-repeat-row-collapsed .fjs-form-field-error");
    wrong?.closest(".fjs-form-field-dynamiclist, .fjs-form-field-grouplike")?.querySelector(".fjs-repeat-render-collapse")?.click();
  });
}

export function renderErrorList(box, listed, container) {
  if (listed.length) unfold(container);
  box.hidden = listed.length === 0;
  const list = box.querySelector("ul");
  list.replaceChildren(
    ...listed.map(({ message, instance }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = "#form";
      link.textContent = message;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        (instance ? inputOf(instance, container) : null)?.focus();
      });
      item.append(link);
      return item;
    }),
  );
  if (listed.length) box.focus();
}
