// form-js-editor brings a Preact of its own: its options are handed out, so that its words can be translated.
import { readFile } from "node:fs/promises";

export const formEditorWords = {
  name: "form-editor-words",
  setup(build) {
    build.onLoad({ filter: /form-js-editor\/dist\/index\.es\.js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, "utf8")}\nexport { options as preactOptions } from "preact";\n`,
      loader: "js",
    }));
  },
};
