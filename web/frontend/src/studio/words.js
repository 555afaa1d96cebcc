// The editor's language. Everything that bpmn-js and its extensions say goes through `word`.
import { ZH } from "./zh.js";

let texts = {};
// texts that were asked for and had no Chinese: the browser test expects none
export const missed = new Set();

export function speak(language) {
  texts = language === "zh" ? ZH : null;
}

export function word(template, replacements = {}) {
  if (texts && !(template in texts) && /[A-Za-z]/.test(template)) missed.add(template);
  return (texts?.[template] ?? template).replace(/{([^}]+)}/g, (whole, key) => replacements[key] ?? whole);
}

// diagram-js's `translate` service
export const translateModule = { translate: ["value", word] };

// A text of the page's own island, its places filled.
export const told = (page, name, values = {}) =>
  (page.words[name] ?? name).replace(/{([^}]+)}/g, (whole, key) => values[key] ?? whole);
