// form-js-editor has no dictionary: what it puts on the page is translated as it is made.
import { preactOptions } from "@bpmn-io/form-js-editor";
import { FORM_PATTERNS, FORM_TYPES, FORM_ZH } from "./zh-form.js";

const SPOKEN = ["title", "placeholder", "aria-label", "alt"];

export function formWords(language) {
  const word = language === "zh" ? chinese : (text) => text;
  if (language === "zh") listen(word);
  const name = language === "zh" ? (type) => FORM_TYPES[type] ?? type : (type) => type;
  return { word, name };
}

function chinese(text) {
  const bare = text.trim();
  const found = FORM_ZH[bare];
  if (found !== undefined) return text.replace(bare, () => found);
  for (const [pattern, words] of FORM_PATTERNS) {
    const match = pattern.exec(bare);
    if (match) return words.replace(/\$(\d)/g, (_, group) => chinese(match[group]));
  }
  return text;
}

function listen(word) {
  const before = preactOptions.vnode;
  preactOptions.vnode = (vnode) => {
    before?.(vnode);
    const { props, type } = vnode;
    if (!type || !props) return;
    const { children } = props;
    if (typeof children === "string") props.children = word(children);
    else if (Array.isArray(children)) props.children = children.map((child) => (typeof child === "string" ? word(child) : child));
    if (typeof type !== "string") return;
    SPOKEN.forEach((name) => {
      if (typeof props[name] === "string") props[name] = word(props[name]);
    });
  };
}
