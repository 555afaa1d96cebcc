// dmn-js's `translate` service; and the few texts that it puts on the page without asking it.
import { options } from "inferno";
import { TABLE_UNASKED, TABLE_ZH } from "./zh-table.js";

const SPOKEN = ["title", "aria-label"];
const TEXT = 16;
const TYPE = /^(?:input|output)-variable$/;

export function tableWords(language) {
  const texts = language === "zh" ? TABLE_ZH : null;
  // asked for, and not in the dictionary: a test expects none
  const missed = new Set();
  const word = (template, replacements = {}) => {
    if (texts && !(template in texts) && /[A-Za-z]/.test(template)) missed.add(template);
    return (texts?.[template] ?? template).replace(/{([^}]+)}/g, (whole, key) => replacements[key.trim()] ?? whole);
  };
  if (texts) listen();
  return { missed, module: { translate: ["value", word] } };
}

function listen() {
  const before = options.createVNode;
  options.createVNode = (vnode) => {
    before?.(vnode);
    const { props, children } = vnode;
    if (typeof vnode.type === "string") {
      SPOKEN.forEach((name) => {
        if (props?.[name] in TABLE_UNASKED) props[name] = TABLE_UNASKED[props[name]];
      });
    }
    const said = children?.flags === TEXT ? children.children : children;
    // a viewer writes the type as it is in the file
    const known = TYPE.test(vnode.className) ? TABLE_ZH : TABLE_UNASKED;
    if (typeof said !== "string" || !(said in known)) return;
    if (said === children) vnode.children = known[said];
    else children.children = known[said];
  };
}
