// A few words of the panel are put on the page without being asked for: they are translated as they are made.
import { options } from "@bpmn-io/properties-panel/preact";
import { ZH } from "./zh.js";

const SPOKEN = ["title", "aria-label", "placeholder"];

export function speakPanel(language) {
  if (language !== "zh") return;
  const before = options.vnode;
  options.vnode = (vnode) => {
    before?.(vnode);
    if (typeof vnode.type !== "string") return;
    SPOKEN.forEach((name) => {
      const text = vnode.props[name];
      if (typeof text === "string" && text in ZH) vnode.props[name] = ZH[text];
    });
  };
}
