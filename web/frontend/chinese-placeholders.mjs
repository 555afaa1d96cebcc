// form-js says "Select" and "Search" in two places without asking its `translate` service. These edits make it ask.
// Every edit must find its text exactly once, so that another version of form-js fails the build.
import { readFile } from "node:fs/promises";

const EDITS = [
  ["        placeholder: 'Search',", "        placeholder: globalThis.formPlaceholders?.search ?? 'Search',"],
  ["        children: valueLabel || 'Select'", "        children: valueLabel || (globalThis.formPlaceholders?.select ?? 'Select')"],
];

export const chinesePlaceholders = {
  name: "chinese-placeholders",
  setup(build) {
    build.onLoad({ filter: /form-js-viewer\/dist\/index\.es\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      for (const [from, to] of EDITS) {
        if (contents.split(from).length !== 2) throw new Error(`form-js changed: ${from.trim()} is not there exactly once`);
        contents = contents.replace(from, to);
      }
      return { contents, loader: "js" };
    });
  },
};
