// FEEL checked while typing by the very bundle that the server runs (engine/kernel/feelin.js, served as feelin.js).
let loading = null;

// Resolves once the bundle is there; a page without it goes on without checks, the server's findings remain.
export function loadFeel(url) {
  if (globalThis.feelin) return Promise.resolve(globalThis.feelin);
  if (!url) return Promise.resolve(null);
  loading ||= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(globalThis.feelin || null);
    script.onerror = () => resolve(null);
    document.head.append(script);
  });
  return loading;
}

const ISO = /^(R\d*\/)?(P(?=.)(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?|\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?)$/;
const STRING = /"(?:\\.|[^"\\])*"/g;
const CONTEXT = /^(\{|(if|for|get value|context|context put|context merge)\b|\()/;

// Timers may be ISO 8601 texts, which are no FEEL.
export const isIso = (text) => ISO.test(text);

// What is wrong with an expression: null, or { severity, text, at }. `said` words it: { template, values }.
export function checkFeel(feelin, text, { known, closed, isContext = false, reasons = {} }) {
  const plain = text.trim();
  if (!plain) return null;
  if (plain.startsWith("=")) return wrong("Leave out the “=” at the beginning.");
  if (plain.replace(STRING, '""').includes("==")) return wrong("FEEL writes one “=” for equal, not two.");
  if (!feelin) return null;
  const [answer] = JSON.parse(feelin.describe(JSON.stringify([[plain, false]])));
  if (answer.e) return fault(answer.e, reasons);
  if (isContext && !CONTEXT.test(plain)) return wrong("This sets no variable. Write { variable: value }.");
  const unknown = known ? answer.names.filter((name) => !known.has(name)) : [];
  return unknown.length ? unset(unknown[0], known, closed) : null;
}

const wrong = (template) => ({ severity: "error", template, values: {} });

function fault({ code, detail = "", at }, reasons) {
  const reason = (reasons[code] || reasons.failed || "{}").replace("{}", detail);
  const place = at ? at.from + 1 : null;
  return place
    ? { severity: "error", template: "At character {place}: {reason}", values: { place, reason } }
    : { severity: "error", template: "{reason}", values: { reason } };
}

function unset(name, known, closed) {
  const best = nearest(name, known);
  return {
    severity: closed ? "error" : "warning",
    template: best ? "No step sets “{name}”. Did you mean “{best}”?" : "No step sets “{name}”. Set it in a form, script or table.",
    values: { name, best },
  };
}

// The known name that a typing error most likely meant, null where none is near.
export function nearest(name, known) {
  let best = null;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const other of known) {
    const far = distance(name.toLowerCase(), other.toLowerCase());
    if (far < least) [best, least] = [other, far];
  }
  return best;
}

function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
