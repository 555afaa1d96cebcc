// The filter's address says only what is asked for; a step of another procedure goes with the procedure.
export function startFilter() {
  const form = document.getElementById("inbox-filter");
  if (!form) return;
  const element = form.elements.element;
  form.elements.procedure?.addEventListener("change", () => {
    element.value = "";
  }, { capture: true });
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value === "" || (name === "order" && value === "due")) event.formData.delete(name);
    }
  });
}
