// dmn-js's `translate` service.
import { TABLE_ZH } from "./zh-table.js";

export function tableWords(language) {
  const texts = language === "zh" ? TABLE_ZH : null;
  // asked for, and not in the dictionary: a test expects none
  const missed = new Set();
  const word = (template, replacements = {}) => {
    if (texts && !(template in texts) && /[A-Za-z]/.test(template)) missed.add(template);
    return (texts?.[template] ?? template).replace(/{([^}]+)}/g, (whole, key) => replacements[key.trim()] ?? whole);
  };
  return { missed, module: { translate: ["value", word] } };
}
