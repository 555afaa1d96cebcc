// Single-letter keys never act while somebody types.
export const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

export const isPlainKey = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;
