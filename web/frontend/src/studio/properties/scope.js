// The variables that an expression at an element may read: all that any step sets, and inside a multi-instance
// activity its item. The server's linter has the same scope, and the last word.
import { businessOf } from "./extensions.js";

export function inScope(element, vocabulary) {
  const { names, items } = vocabulary.variables;
  const inside = [];
  for (let each = businessOf(element); each; each = each.$parent) {
    for (const id of items[each.id] || []) inside.push({ id, from: each.name || each.id });
  }
  return inside.length ? [...inside, ...names] : names;
}
