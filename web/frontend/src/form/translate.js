// form-js's `translate` service: the Chinese of a text, or the text itself.
import { ZH } from "./zh.js";

export function translateModule(language) {
  const texts = language === "zh" ? ZH : {};
  const translate = (template, replacements = {}) =>
    (texts[template] ?? template).replace(/{([^}]+)}/g, (whole, key) => replacements[key] ?? whole);
  return { translate: ["value", translate] };
}
