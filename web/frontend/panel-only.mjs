// The properties panel comes in one file with the providers of two products and with code editors, none of which is used in
// the editor of drawings: more than a megabyte. With the statements gone that hold on to them, the bundler shakes them off.
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

// Our own fields check FEEL while it is typed; the panel's code editors are never opened. They are replaced by names that do
// nothing. Not for the editor of forms, which uses them.
const CODE_EDITORS = /^(?:@codemirror\/.*|@bpmn-io\/feel-editor|@bpmn-io\/feelers-editor)$/;
const PANEL = /@bpmn-io[\\/]properties-panel[\\/]dist[\\/]index\.esm\.js$/;
const NOTHING = "const nothing = new Proxy(function () {}, { get: (_, key) => (key === Symbol.toPrimitive ? () => '' : nothing), apply: () => nothing, construct: () => nothing });";

export const withoutCodeEditors = {
  name: "without-code-editors",
  setup(build) {
    build.onResolve({ filter: CODE_EDITORS }, ({ path, importer }) => (PANEL.test(importer) ? { path, namespace: "nothing", pluginData: importer } : undefined));
    build.onLoad({ filter: /.*/, namespace: "nothing" }, async ({ path, pluginData }) => {
      const source = await readFile(pluginData, "utf8");
      const [, wanted] = source.match(new RegExp(`^import (.*) from '${path}';$`, "m"));
      const names = /\{(.*)\}/.exec(wanted)?.[1].split(",").map((name) => name.trim().split(" as ")[0]) ?? [];
      return { contents: `${NOTHING}\nexport default nothing;\n${names.map((name) => `export const ${name} = nothing;`).join("\n")}`, loader: "js" };
    });
  },
};
