// Everything that the filter finds as one file. Above a few hundred lines the server tells how far it got.
import { openProgress } from "./inbox-progress.js";

const AT_ONCE = 200;

export function startExport() {
  const form = document.querySelector("[data-export]");
  form?.addEventListener("submit", (event) => {
    const all = Number(form.dataset.total);
    if (all <= AT_ONCE) return;
    event.preventDefault();
    run(form, event.submitter, all);
  });
}

async function run(form, button, all) {
  const progress = openProgress(button.textContent.trim());
  const stop = new AbortController();
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/x-ndjson" },
      signal: stop.signal,
      redirect: "error",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    let told = {};
    for await (const line of linesOf(answer.body)) {
      told = JSON.parse(line);
      if (told.file) break;
      progress.at(told.done, Math.max(all, told.done), progress.texts.exporting);
      if (progress.isStopped()) {
        stop.abort();
        break;
      }
    }
    if (told.file) {
      save(told);
      await progress.end(told.name);
    } else await progress.end(progress.texts.cancelled);
  } catch {
    await progress.end(progress.texts.failed);
  }
  button.focus();
}

async function* linesOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

function save({ file, name, type }) {
  const bytes = Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
