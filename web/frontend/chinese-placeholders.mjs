// form-js says a few words without asking its `translate` service: these edits make it ask (and one mends a rule), and
// every edit must find its text exactly once. And every text that it does ask for must be in zh.js. So another version of form-js fails the
// build until it speaks Chinese.
import { readFile } from "node:fs/promises";
import { ZH } from "./src/form/zh.js";

const EDITS = [
  ["        placeholder: 'Search',", "        placeholder: globalThis.formWords?.search ?? 'Search',"],
  ["        children: valueLabel || 'Select'", "        children: valueLabel || (globalThis.formWords?.select ?? 'Select')"],
  ["\"aria-label\": `Remove list item ${itemIndex + 1}`,", "\"aria-label\": globalThis.formWords?.row_remove?.(itemIndex + 1) ?? `Remove list item ${itemIndex + 1}`,"],
  ["placeholder: use24h ? 'hh:mm' : 'hh:mm --',", "placeholder: globalThis.formWords?.time ?? (use24h ? 'hh:mm' : 'hh:mm --'),"],
  // what is hidden is null to the form's expressions, also where it had a value when the page was opened
  ["      ...initialData,\n      ...newData\n    };\n  }, [conditionChecker", "      ...newData\n    };\n  }, [conditionChecker"],
];
const ASKED = /translate\(\s*'((?:[^'\\]|\\.)+)'/g;
// thrown at who writes a schema, and in a comment: never shown
const NOT_SHOWN = new Set(["binding path '{value}' is already claimed", "HELLO {you}"]);

export const chinesePlaceholders = {
  name: "chinese-placeholders",
  setup(build) {
    build.onLoad({ filter: /form-js-viewer\/dist\/index\.es\.js$/ }, async ({ path }) => {
      // the editor of forms has an older one of its own: its words are those of form-words.js
      if (path.includes("form-js-editor")) return undefined;
      let contents = await readFile(path, "utf8");
      const untranslated = [...contents.matchAll(ASKED)].map((found) => found[1].replaceAll("\\'", "'"));
      const missing = untranslated.filter((text) => !(text in ZH) && !NOT_SHOWN.has(text));
      if (missing.length) throw new Error(`not in zh.js: ${missing.join(" | ")}`);
      for (const [from, to] of EDITS) {
        if (contents.split(from).length !== 2) throw new Error(`form-js changed: ${from.trim()} is not there exactly once`);
        contents = contents.replace(from, to);
      }
      return { contents, loader: "js" };
    });
  },
};
