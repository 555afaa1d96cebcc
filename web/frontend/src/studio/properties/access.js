// The property `fields`: `title: readonly, Group_party: hidden, *: editable`, as the server reads it
// (engine/kernel/forms_access.py). What cannot be read is kept apart, so that nothing is lost by opening a diagram.
const ENTRY = /^([^\s:：]+)\s*[:：]\s*([a-z]+)$/;
export const MODES = ["editable", "readonly", "hidden"];

export function readAccess(text) {
  const modes = {};
  const faults = [];
  for (const part of text.split(/[,，;；\n]+/).map((each) => each.trim()).filter(Boolean)) {
    const match = ENTRY.exec(part);
    if (match && MODES.includes(match[2]) && !(match[1] in modes)) modes[match[1]] = match[2];
    else faults.push(part);
  }
  return { modes, faults };
}

// A mode of "" takes the entry away; the others stay in their order.
export function withMode(text, name, mode) {
  const { modes, faults } = readAccess(text);
  const next = { ...modes, [name]: mode };
  const entries = Object.entries(next).filter(([, each]) => each);
  return [...entries.map(([key, each]) => `${key}: ${each}`), ...faults].join(", ");
}
