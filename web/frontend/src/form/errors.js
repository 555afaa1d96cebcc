// Errors of the server and of the viewer, at the field and as a list on top that leads to each field.
export function fieldFor(form, path) {
  const registry = form.get("formFieldRegistry");
  const key = path.replace(/\[\d+\]/g, "").split(".").pop();
  const matches = registry.getAll().filter((field) => field.key === key || field.path === key);
  return matches[0];
}

export function showServerErrors(form, errors) {
  const byField = {};
  const listed = errors.map(({ path, message }) => {
    const field = fieldFor(form, path);
    if (field) byField[field.id] = [...(byField[field.id] || []), message];
    return { label: field?.label || path, message, field };
  });
  form._setState({ errors: byField });
  return listed;
}

export function viewerErrors(form, errors) {
  const registry = form.get("formFieldRegistry");
  return Object.entries(errors).flatMap(([id, messages]) => {
    const texts = Array.isArray(messages) ? messages : Object.values(messages).flat();
    const field = registry.get(id);
    return texts.map((message) => ({ label: field?.label || id, message, field }));
  });
}

function inputOf(field, container) {
  return container.querySelector(`[id$="${CSS.escape(field.id)}"], [id*="-${CSS.escape(field.id)}-"]`);
}

export function renderErrorList(box, listed, container) {
  box.hidden = listed.length === 0;
  const list = box.querySelector("ul");
  list.replaceChildren(
    ...listed.map(({ label, message, field }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = "#form";
      link.textContent = label ? `${label}：${message}` : message;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        (field ? inputOf(field, container) : null)?.focus();
      });
      item.append(link);
      return item;
    }),
  );
  if (listed.length) box.focus();
}
