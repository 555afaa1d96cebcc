// Every text that the editor of drawings may show. Looks where the texts are asked for: in the
// bundle as it is built (what was shaken off is not asked for), and in the catalogues whose labels are asked for later.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const STRING = String.raw`"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|` + "`([^`$]*)`";
const ASKED = new RegExp(String.raw`(?<![\w."'\x60])(?:this\.|self\d*\.)?_?(?:translate|word)\d*\(\s*(?:${STRING})`, "g");
const EITHER = new RegExp(String.raw`(?:translate|word)\d*\([^()]*(?:\([^()]*\))?[^()]*\? (?:${STRING}) : (?:${STRING})\)`, "g");
const LABEL = new RegExp(String.raw`\b(?:label|name|description): (?:${STRING})`, "g");
const CATALOGUES = [
  ["bpmn-js/lib/features/popup-menu/PopupEntries.js", /[^]*/],
  ["bpmn-js/lib/features/replace/ReplaceOptions.js", /[^]*/],
  ["bpmn-js-color-picker/colors/ColorPopupProvider.js", /[^]*/],
  ["bpmn-js-create-append-anything/dist/index.es.js", /const EVENT_GROUP[^]*?class /],
];
const ENGLISH = /[A-Za-z]{2}/;
// the beginning of six texts, each of which is there
const NOT_WHOLE = new Set(["Align elements "]);

const textOf = (groups) => {
  const text = groups.find((each) => each !== undefined);
  return text?.replace(/\\n/g, "\n").replace(/\\u\{?([0-9a-fA-F]{4})\}?/g, (_, code) => String.fromCodePoint(parseInt(code, 16))).replace(/\\(.)/g, "$1");
};

function askedIn(bundle) {
  const found = new Set();
  for (const match of bundle.matchAll(ASKED)) found.add(textOf(match.slice(1)));
  for (const match of bundle.matchAll(EITHER)) [match.slice(1, 4), match.slice(4, 7)].forEach((groups) => found.add(textOf(groups)));
  return found;
}

function askedLater(here) {
  const found = new Set();
  for (const [file, part] of CATALOGUES) {
    const source = readFileSync(join(here, "node_modules", file), "utf8").replace(/^\s*\/\/.*$/gm, "");
    const [text] = source.match(part) ?? [""];
    if (!LABEL.test(text)) throw new Error(`${file} changed: no labels are found in it`);
    LABEL.lastIndex = 0;
    for (const match of text.matchAll(LABEL)) found.add(textOf(match.slice(1)));
  }
  return found;
}

// `asked`: every text of more than a letter. `missing`: those of them that the dictionary lacks.
export function textsIn(here, bundle, dictionary) {
  const all = new Set([...askedIn(bundle), ...askedLater(here)]);
  const asked = [...all].filter((text) => text && ENGLISH.test(text) && !NOT_WHOLE.has(text)).sort();
  if (asked.length < 150) throw new Error(`only ${asked.length} texts were found in the editor: the search is broken`);
  return { asked, missing: asked.filter((text) => !(text in dictionary)) };
}
