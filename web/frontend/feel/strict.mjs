// Makes feelin strict while it is bundled: where FEEL's reference says "null" for a mistake, the kernel must be told.
// Every edit must find its text exactly as often as stated, so that another version of feelin fails the build.
import { readFile } from "node:fs/promises";

const EDITS = [
  // What a condition does with a non-boolean, and short-circuit, so that `x != null and x > 3` never trips.
  [1, "case 'Disjunction': return tag((context) => {\n            const left = args[0](context);", "$&\n            if (left === true) return true;"],
  [1, "case 'Conjunction': return tag((context) => {\n            const left = args[0](context);", "$&\n            if (left === false) return false;"],
  [2, "const a = typeof left === 'boolean' ? left : null;", "const a = strict.logical(left, node);"],
  [2, "const b = typeof right === 'boolean' ? right : null;", "const b = strict.logical(right, node);"],
  [1, "isTruthy(ifCondition(context))", "strict.condition(ifCondition(context), node)"],
  [2, "isTruthy(_condition(ctx))", "strict.condition(_condition(ctx), node)"],
  // Arithmetic: dates and durations by the standard, decimals rounded to what a double can hold.
  [1, "const right = b(context);\n                if (isArray(left)", "const right = b(context);\n                const special = strict.arithmetic(node, left, right);\n                if (special !== undefined) return special;\n                if (isArray(left)"],
  [1, "return op(left, right);", "return strict.rounded(op(left, right), node);"],
  // Comparison of different types is a mistake, not a null.
  [1, "const test = operator()(right);", "strict.comparable(left, right, node);\n            $&"],
  [1, "function compareValue(test, value) {", "$&\n    strict.testable(test, value);"],
  [1, "return test.includes(value);\n                    }\n                    if (typeof test === 'boolean')", "return test.some(t => compareValue(t, value));\n                    }\n                    if (typeof test === 'boolean')"],
  [1, "return createRange(start, end).includes(args[0](context));", "return compareValue(createRange(start, end), args[0](context));"],
  // Iteration: finite, over lists and ranges only; zero is a bound like any other.
  [1, "return b ? createRange(a, b) : a;", "return args[1] ? createRange(a, b) : a;"],
  [1, "const target = _target(context);\n    if (['list', 'range']", "const target = strict.iterable(_target(context));\n    if (['list', 'range']"],
  [1, "function numberMap(start, end, startIncluded, endIncluded) {", "$&\n    strict.span(start, end);"],
  // A filter may be any boolean expression over `item`, a function call included.
  [1, "const idx = filterFn(context);", "const idx = type === 'any' ? strict.filtered(filterFn, context, filterTarget) : filterFn(context);\n                if (isArray(idx)) return idx;"],
  // Built-in functions with unsuitable arguments.
  [1, "if (!convertedArgs) {\n            return null;", "if (!convertedArgs) {\n            return strict.unsuitable(args, parameterNames);"],
  [1, "if (!args.every(arg => tester(arg) !== FALSE)) {\n            return null;", "if (!args.every(arg => tester(arg) !== FALSE)) {\n            return strict.unsuitable(args, wrappedFn.$args);"],
  [1, "const b = args[3](context);\n            return a instanceof b;", "return strict.instance(a, node);"],
  // is defined(x)
  [1, "case 'FunctionInvocation': return tag((context) => {\n            const target = args[0](context);", "$&\n            if (target === builtins['is defined']) return strict.defined(() => args[2](context), interpreterContext);"],
];

const EXPORTS = `
const strict = {};
export { strict, builtins, interpreter, InterpreterContext, FunctionWrapper, Range, getType };
`;

function edit(source) {
  for (const [times, find, replacement] of EDITS) {
    const parts = source.split(find);
    if (parts.length !== times + 1) throw new Error(`feelin has changed: ${parts.length - 1} instead of ${times} of: ${find}`);
    source = parts.join(replacement.replace("$&", () => find));
  }
  return source + EXPORTS;
}

export const strictFeelin = {
  name: "strict-feelin",
  setup(build) {
    build.onLoad({ filter: /@bpmn-io\/feelin\/dist\/index\.js$/ }, async ({ path }) => ({
      contents: edit(await readFile(path, "utf8")),
      loader: "js",
    }));
  },
};
