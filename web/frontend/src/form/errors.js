// Errors of the server and of the viewer, at the field and as a list on top that leads to each field.
export function fieldFor(form, path) {
  const registry = form.get("formFieldRegistry");
  const key = path.replace(/\[\d+\]/g, "").split(".").pop();
  const matches = registry.getAll().filter((field) => field.key === key || field.path === key);
  return matches[0];
}

// form-js validates fields with values anew when it has drawn them, and forgets what only the server knows: the
// server's errors are put back until somebody types in the field.
export function showServerErrors(form, errors, container) {
  const pending = {};
  const listed = errors.map(({ path, message }) => {
    const field = fieldFor(form, path);
    if (field) pending[field.id] = [...(pending[field.id] || []), message];
    return { label: field?.label || path, message, field };
  });
  const restore = () => {
    const { errors: shown } = form._getState();
    const missing = Object.keys(pending).filter((id) => !shown[id]);
    if (missing.length) form._setState({ errors: { ...shown, ...Object.fromEntries(missing.map((id) => [id, pending[id]])) } });
  };
  container.addEventListener("input", ({ target }) => {
    Object.keys(pending).filter((id) => target.id.includes(`-${id}`)).forEach((id) => delete pending[id]);
  });
  form.on("changed", restore);
  restore();
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
