// form-js-editor brings a Preact of its own: its options are handed out, so that its words can be translated. And the field on
// the canvas takes the keys with every change: it leaves them to who is writing into the field's properties.
import { readFile } from "node:fs/promises";

const TAKES_KEYS = "    if (selection.isSelected(field)) {\n      ref.current.focus();\n";
const LEAVES_KEYS = TAKES_KEYS.replace("(field))", "(field) && !document.activeElement?.closest('.bio-properties-panel, .bio-properties-panel-popup'))");

export const formEditorWords = {
  name: "form-editor-words",
  setup(build) {
    build.onLoad({ filter: /form-js-editor\/dist\/index\.es\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (source.split(TAKES_KEYS).length !== 2) throw new Error("form-js-editor changed: where it takes the keys is not there exactly once");
      return { contents: `${source.replace(TAKES_KEYS, LEAVES_KEYS)}\nexport { options as preactOptions } from "preact";\n`, loader: "js" };
    });
  },
};
