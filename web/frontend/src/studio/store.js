// The draft on the server: its files, the save that names the revision it saw, the findings. Nothing else talks to it.
export class Refused extends Error {
  constructor(status, answer) {
    super(answer?.error ?? `HTTP ${status}`);
    this.status = status;
    this.answer = answer ?? {};
  }
}

// the token of a login that was renewed on this page stands there
const current = (token) => document.querySelector("meta[name=csrf-token]")?.content ?? token;

async function ask(url, { method = "GET", body, token, keepalive = false } = {}) {
  const response = await fetch(url, {
    method,
    headers: {
      Accept: "application/json",
      ...(body ? { "Content-Type": "application/json" } : {}),
      ...(token ? { "X-CSRFToken": current(token) } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
    // a login page is not an answer
    redirect: "error",
    keepalive,
  });
  const answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : null;
  if (response.status === 401 || response.headers.get("X-Session") === "over") {
    // not refused: it is tried again once the login is renewed
    document.dispatchEvent(new CustomEvent("session-over"));
    throw new Refused(0, answer);
  }
  if (!response.ok || !answer) throw new Refused(response.status, answer);
  return answer;
}

export function draftStore({ urls, token }) {
  return {
    save: (revision, put, keepalive = false) => ask(urls.files, { method: "PUT", body: { revision, put, drop: [] }, token, keepalive }),
    // without a text: of what is stored
    findings: (path, text) => (text === null ? ask(urls.findings) : ask(urls.findings, { method: "POST", body: { files: { [path]: text } }, token })),
    standing: () => ask(urls.standing),
    copy: (files) => ask(urls.copies, { method: "POST", body: { files }, token }),
  };
}
