// A login ends while somebody writes: the page stays as it is, asks for the password, and then does what was asked.
// Others hear of it: `session-renewed` brings the new token; whoever is refused with 401 says `session-over`.
const LOOK_MS = 20_000;

export function startSession() {
  const dialog = document.getElementById("session-over");
  if (!dialog) return;
  const asking = dialog.querySelector("form");
  const password = asking.elements.password;
  const alert = dialog.querySelector("[role=alert]");
  const me = dialog.dataset.person;
  const lasting = (seconds) => Date.now() + seconds * 1000;
  let endsAt = lasting(Number(dialog.dataset.left));
  let token = "";
  let waiting = null;

  const isOver = () => Date.now() >= endsAt;

  function say(words) {
    alert.textContent = words;
    alert.hidden = !words;
  }

  async function ask(url, options = {}) {
    const answer = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers }, redirect: "error" });
    return { ok: answer.ok, found: await answer.json() };
  }

  function goOn(found) {
    endsAt = lasting(found.left);
    document.querySelector("meta[name=csrf-token]").content = found.token;
    document.querySelectorAll("input[name=csrf_token]").forEach((input) => (input.value = found.token));
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": found.token }));
    if (dialog.open) dialog.close();
    document.dispatchEvent(new CustomEvent("session-renewed", { detail: { token: found.token } }));
    const held = waiting;
    waiting = null;
    held?.form.requestSubmit(held.submitter);
  }

  // Perhaps the person has logged in again in another window: then there is nothing to ask.
  async function open() {
    endsAt = 0;
    if (dialog.open) return;
    let words = "";
    try {
      const { found } = await ask(dialog.dataset.standing);
      if (found.person === me) return goOn(found);
      if (found.person) words = dialog.dataset.other;
      token = found.token;
    } catch {
      words = dialog.dataset.away;
    }
    if (dialog.open) return;
    say(words);
    password.value = "";
    dialog.showModal();
    password.focus();
  }

  document.addEventListener(
    "submit",
    (event) => {
      if (event.target === asking || event.target.method !== "post" || !isOver()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = { form: event.target, submitter: event.submitter };
      open();
    },
    true,
  );

  asking.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    try {
      if (!token) ({ token } = (await ask(dialog.dataset.standing)).found);
      const { ok, found } = await ask(asking.action, { method: "POST", headers: { "X-CSRFToken": token }, body: new FormData(asking) });
      if (ok) return goOn(found);
      say(found.error ?? dialog.dataset.away);
    } catch {
      token = "";
      say(dialog.dataset.away);
    }
    password.select();
  });

  dialog.addEventListener("close", () => {
    password.value = "";
    waiting = null;
  });
  document.addEventListener("session-over", open);
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    event.preventDefault();
    open();
  });
  const look = () => document.visibilityState === "visible" && isOver() && !dialog.open && open();
  setInterval(look, LOOK_MS);
  document.addEventListener("visibilitychange", look);
}
