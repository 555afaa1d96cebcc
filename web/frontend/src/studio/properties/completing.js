// What may be written at the caret of an expression: variables in scope, functions, and the texts that fit there.
const NAME = /[\p{L}\p{N}_]*$/u;
const RULE = /\bdeadline\(\s*"([^"]*)$/;
const MOST = 40;

// { from, isText, options: [{ value, label, note, insert }] }: `from` is where the word at the caret begins, `isText`
// that it stands in quotes.
export function optionsAt(text, caret, { variables, functions, texts = [], rules = [] }) {
  const before = text.slice(0, caret);
  const rule = RULE.exec(before);
  if (rule) return found(rule[1], caret, rules.map((each) => option(each.id, each.name, '"', text, caret)), true);
  if (isInsideText(before)) {
    const word = before.slice(before.lastIndexOf('"') + 1);
    return found(word, caret, texts.map((each) => option(each.id, each.name, '"', text, caret)), true);
  }
  const word = NAME.exec(before)[0];
  const all = [
    ...texts.map((each) => ({ value: `"${each.id}"`, label: `"${each.id}"`, note: each.name, insert: `"${each.id}"` })),
    ...variables.map((each) => ({ value: each.id, label: each.id, note: each.from, insert: each.id })),
    ...functions.map((each) => ({ value: each.name, label: each.name, note: each.help, insert: each.insert, isFunction: true })),
  ];
  return found(word, caret, all);
}

const isInsideText = (before) => (before.replace(/\\./g, "").match(/"/g) || []).length % 2 === 1;

function option(id, name, closing, text, caret) {
  return { value: id, label: id, note: name, insert: text[caret] === closing ? id : id + closing };
}

function found(word, caret, all, isText = false) {
  return { from: caret - word.length, isText, options: matching(all, word) };
}

// First what begins with the word, then what contains it, in its value or its note.
export function matching(options, word) {
  const wanted = word.toLowerCase();
  const rank = ({ value, label, note }) => {
    const id = String(value).toLowerCase().replace(/^"/, "");
    if (id.startsWith(wanted)) return 0;
    return `${id} ${label || ""} ${note || ""}`.toLowerCase().includes(wanted) ? 1 : 2;
  };
  return options.map((each) => [rank(each), each]).filter(([at]) => at < 2).sort(([a], [b]) => a - b).slice(0, MOST).map(([, each]) => each);
}
