// Single-letter keys never act while somebody types.
const MARKED = ["checkbox", "radio", "button", "submit"];

export const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    ["TEXTAREA", "SELECT"].includes(target.tagName) ||
    (target.tagName === "INPUT" && !MARKED.includes(target.type)));

export const isPlainKey = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;
