// The properties panel comes in one file with the providers of two products that are not used here: half a megabyte. With
// the statements gone that hold on to them, the bundler shakes them off.
import { readFile } from "node:fs/promises";

const HOLDS = /^(?:Zeebe|CamundaPlatform)PropertiesProvider\.\$inject = .*$/gm;

export const panelOnly = {
  name: "panel-only",
  setup(build) {
    build.onLoad({ filter: /bpmn-js-properties-panel[\\/]dist[\\/]index\.esm\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source
        .replace(HOLDS, "")
        .replace(/= (with\w+\()/g, "= /* @__PURE__ */ $1")
        .replace(/= (createContext\(|new Set\()/g, "= /* @__PURE__ */ $1")
        .replace(/(?<![\w.])(jsxs?\()/g, "/* @__PURE__ */ $1");
      if (source.match(HOLDS)?.length !== 2) throw new Error("bpmn-js-properties-panel changed: its two providers are not found");
      return { contents, loader: "js" };
    });
  },
};
