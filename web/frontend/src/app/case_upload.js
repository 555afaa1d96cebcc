// Files for a case: dropped or chosen, several at once, each with its progress; sent one after the other.
// Without this script the form sends them all itself.

function line(list, file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const bar = document.createElement("progress");
  const said = document.createElement("span");
  name.textContent = file.name;
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  said.className = "quiet small";
  item.append(name, bar, said);
  list.append(item);
  return { item, bar, said };
}

function send(form, file, { bar, said }) {
  return new Promise((resolve) => {
    const data = new FormData();
    data.append("csrf_token", form.elements.csrf_token.value);
    data.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.round((event.loaded / event.total) * 100);
      said.textContent = `${bar.value} %`;
    });
    request.addEventListener("load", () => resolve(request.status < 300 ? "" : request.response?.error || form.dataset.failed));
    request.addEventListener("error", () => resolve(form.dataset.failed));
    request.send(data);
  });
}

async function sendAll(form, files, htmx) {
  const list = document.getElementById("uploads");
  const waiting = [...files].map((file) => ({ file, ...line(list, file) }));
  waiting.forEach(({ said }) => (said.textContent = form.dataset.waiting));
  let failed = 0;
  for (const upload of waiting) {
    const large = upload.file.size > Number(form.dataset.most);
    const error = large ? form.dataset.tooLarge : await send(form, upload.file, upload);
    upload.bar.value = error ? 0 : 100;
    upload.item.className = error ? "is-failed" : "is-done";
    upload.said.textContent = error ? `⚠ ${error}` : `✓ ${form.dataset.done}`;
    failed += error ? 1 : 0;
  }
  document.getElementById("uploads-said").textContent = form.dataset.allDone.replace("%1", waiting.length - failed).replace("%2", failed);
  form.reset();
  if (failed < waiting.length) htmx.ajax("GET", form.dataset.list, { target: "#attachment-list", select: "#attachment-list", swap: "outerHTML" });
}

export function startUploads(htmx) {
  const form = document.getElementById("attachment-drop");
  if (!form) return;
  const input = form.elements.file;
  let last = Promise.resolve();
  const take = (files) => {
    if (files.length) last = last.then(() => sendAll(form, files, htmx));
  };
  form.classList.add("is-live");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take([...input.files]);
  });
  input.addEventListener("change", () => take([...input.files]));
  const over = (is) => (event) => {
    event.preventDefault();
    form.classList.toggle("is-over", is);
  };
  form.addEventListener("dragover", over(true));
  form.addEventListener("dragleave", over(false));
  form.addEventListener("drop", (event) => {
    over(false)(event);
    take([...event.dataTransfer.files]);
  });
}
