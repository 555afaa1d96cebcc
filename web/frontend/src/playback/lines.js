// The answer to a form, one JSON object a line, as they come.
export async function* toldLines(form) {
  const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/x-ndjson" } });
  if (!response.ok || !response.body) {
    const said = await response.json().catch(() => ({}));
    yield { error: said.error || `${response.status}` };
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
