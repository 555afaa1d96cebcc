// The answer to a form, one JSON object a line, as they come. `button` is the one that was pressed.
export async function* toldLines(form, button, signal) {
  const fields = new URLSearchParams(new FormData(form));
  if (button?.name) fields.set(button.name, button.value);
  const response = await fetch(button?.hasAttribute("formaction") ? button.formAction : form.action, { method: "POST", body: fields, headers: { Accept: "application/x-ndjson" }, signal });
  if (!response.ok || !response.body) {
    const said = await response.json().catch(() => ({}));
    yield { error: said.error || "" };
    return;
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    rest += decoder.decode(value || new Uint8Array(), { stream: !done });
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines.filter(Boolean)) yield JSON.parse(line);
    if (done) return;
  }
}
