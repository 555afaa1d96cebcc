// The dialog that shows how far something got, and at last what did not go well and why.
export function openProgress(title) {
  const dialog = document.getElementById("progress");
  const heading = document.getElementById("progress-title");
  const words = document.getElementById("progress-words");
  const bar = document.getElementById("progress-bar");
  const failures = document.getElementById("progress-failures");
  const stop = document.getElementById("progress-stop");
  const close = document.getElementById("progress-close");
  let isRunning = true;
  let isStopped = false;

  heading.textContent = title;
  words.textContent = "";
  failures.replaceChildren();
  bar.hidden = false;
  bar.removeAttribute("value");
  stop.hidden = false;
  close.hidden = true;
  const onStop = () => (isStopped = true);
  const onCancel = (event) => {
    if (!isRunning) return;
    event.preventDefault();
    isStopped = true;
  };
  stop.addEventListener("click", onStop);
  dialog.addEventListener("cancel", onCancel);
  if (!dialog.open) dialog.showModal();
  heading.focus();

  return {
    texts: dialog.dataset,
    isStopped: () => isStopped,
    at(done, all, text) {
      bar.max = Math.max(all, 1);
      bar.value = Math.min(done, all);
      words.textContent = text.replace("##", String(all)).replace("#", String(done));
    },
    failed(name, reason) {
      const item = document.createElement("li");
      const strong = document.createElement("strong");
      const span = document.createElement("span");
      strong.textContent = name;
      span.textContent = reason;
      item.append(strong, span);
      failures.append(item);
    },
    end(text) {
      isRunning = false;
      words.textContent = text;
      bar.hidden = true;
      stop.hidden = true;
      close.hidden = false;
      close.focus();
      stop.removeEventListener("click", onStop);
      return new Promise((resolve) => {
        close.addEventListener("click", () => dialog.close(), { once: true });
        dialog.addEventListener(
          "close",
          () => {
            dialog.removeEventListener("cancel", onCancel);
            resolve();
          },
          { once: true },
        );
      });
    },
  };
}
