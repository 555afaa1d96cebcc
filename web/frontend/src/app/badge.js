// How many messages are unread: asked every half minute, while somebody looks at the page. An answer that is not a
// number (a login page, a server that is away) changes nothing: whoever is typing goes on typing.
const EVERY = 30_000;

export function startBadge() {
  const words = document.getElementById("unread-words");
  if (!words?.dataset.ask) return;
  const badges = document.querySelectorAll("[data-unread]");
  let known = Number(badges[0]?.textContent ?? 0);

  async function ask() {
    if (document.visibilityState !== "visible") return;
    let unread;
    try {
      const answer = await fetch(words.dataset.ask, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.status === 401) document.dispatchEvent(new CustomEvent("session-over"));
      if (!answer.ok) return;
      ({ unread } = await answer.json());
    } catch {
      return;
    }
    if (!Number.isInteger(unread) || unread === known) return;
    for (const badge of badges) {
      badge.textContent = String(unread);
      badge.hidden = unread === 0;
    }
    // said aloud only where there is something new
    words.textContent = unread > known ? words.dataset.words.replace("#", String(unread)) : "";
    known = unread;
  }

  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
