// Texts of timers: a deadline or days of its own, under a condition or not; or anything else.
const RULE = /^deadline\(\s*"([^"\\]+)"\s*(?:,\s*([^]+))?\)$/;
const DAYS = /^(working|calendar) days\(\s*(\d{1,5}|[A-Za-z_][A-Za-z0-9_]*)\s*(?:,\s*([^]+))?\)$/;
const CONDITIONAL = /^if\s+([^]+?)\s+then\s+((?:deadline|(?:working|calendar) days)\([^]*\))\s+else\s+null$/;
const NAMED = /\bdeadline\(\s*"([^"\\]+)"/g;
const SPAN = /\b(?:working|calendar) days\(|^\s*P\w/;
const PART = /\bshare of\(|^\s*R\d*\//;

// { rule, start, when }, each "" where absent; null where the text is of another kind.
export function readDeadline(text) {
  const { inner, when } = unwrapped(text);
  const match = RULE.exec(inner);
  return match && isBalanced(match[2] || "") ? { rule: match[1], start: (match[2] || "").trim(), when } : null;
}

// { kind, days, start, when}: `kind` is "working" or "calendar", `days` a number or a variable; null otherwise.
export function readSpan(text) {
  const { inner, when } = unwrapped(text);
  const match = DAYS.exec(inner);
  if (!match || !isBalanced(match[3] || "")) return null;
  return { kind: match[1], days: match[2], start: (match[3] || "").trim(), when };
}

export const writeDeadline = ({ rule, start, when }) => wrapped(`deadline("${rule}"${start ? `, ${start}` : ""})`, when);

export const writeSpan = ({ kind, days, start, when }) =>
  wrapped(`${kind || "working"} days(${days}${start ? `, ${start}` : ""})`, when);

export const rulesIn = (text) => [...text.matchAll(NAMED)].map(([, rule]) => rule);

// Days or hours that run as a deadline of their own (engine/kernel/spans.py).
export const givesSpan = (text) => SPAN.test(text) && !PART.test(text);

function unwrapped(text) {
  const conditional = CONDITIONAL.exec(text.trim());
  return { inner: conditional ? conditional[2] : text.trim(), when: conditional ? conditional[1].trim() : "" };
}

const wrapped = (plain, when) => (when ? `if ${when} then ${plain} else null` : plain);

function isBalanced(text) {
  let depth = 0;
  for (const character of text.replace(/"(?:\\.|[^"\\])*"/g, "")) {
    depth += "([{".includes(character) - ")]}".includes(character);
    if (depth < 0) return false;
  }
  return depth === 0;
}
