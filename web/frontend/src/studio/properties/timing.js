// Texts of timers: a plain deadline, a deadline under a condition, or anything else.
const PLAIN = /^deadline\(\s*"([^"\\]+)"\s*(?:,\s*([^]+))?\)$/;
const CONDITIONAL = /^if\s+([^]+?)\s+then\s+(deadline\([^]*\))\s+else\s+null$/;
const NAMED = /\bdeadline\(\s*"([^"\\]+)"/g;

// { rule, start, when }, each "" where absent; null where the text is of another kind.
export function readDeadline(text) {
  const conditional = CONDITIONAL.exec(text.trim());
  const match = PLAIN.exec(conditional ? conditional[2] : text.trim());
  if (!match || !isBalanced(match[2] || "")) return null;
  return { rule: match[1], start: (match[2] || "").trim(), when: conditional ? conditional[1].trim() : "" };
}

export function writeDeadline({ rule, start, when }) {
  const plain = `deadline("${rule}"${start ? `, ${start}` : ""})`;
  return when ? `if ${when} then ${plain} else null` : plain;
}

export const rulesIn = (text) => [...text.matchAll(NAMED)].map(([, rule]) => rule);

function isBalanced(text) {
  let depth = 0;
  for (const character of text.replace(/"(?:\\.|[^"\\])*"/g, "")) {
    depth += "([{".includes(character) - ")]}".includes(character);
    if (depth < 0) return false;
  }
  return depth === 0;
}
