// What the kernel calls inside V8: text in, text out. Values travel in the tagged JSON of engine/values.py.
import { builtins, interpreter, InterpreterContext, parseExpression, parseUnaryTests } from "@bpmn-io/feelin";
import { describeTree } from "./names.js";
import { Fault } from "./rules.js";
import { setMoment, setZone } from "./temporal.js";
import { decode, encode } from "./values.js";
import "./patterns.js";
import "./requests.js";

const CACHE_SIZE = 5000;
const compiled = new Map();

// Only names with spaces matter to the parser: variables have none, so a parse holds for all data.
const NAMES = Object.fromEntries(Object.keys(builtins).map((name) => [name, null]));
// At the head of unary tests `not(…)` is the negation of DMN, which the parser sees only where no function hides it.
const { not: _, ...UNARY_NAMES } = NAMES;

function compile(text, unary) {
  const key = (unary ? "?" : "=") + text;
  let entry = compiled.get(key);
  if (entry) return entry;
  const tree = unary ? parseUnaryTests(text, UNARY_NAMES) : parseExpression(text, NAMES);
  const notes = new InterpreterContext();
  const { root } = interpreter._buildExecutionTree(tree, text, notes);
  entry = { text, tree, notes, root };
  if (compiled.size >= CACHE_SIZE) compiled.clear();
  compiled.set(key, entry);
  return entry;
}

function described(error) {
  if (error instanceof Fault) return { code: error.code, detail: error.detail, at: error.at };
  if (error.position) return { code: "syntax", detail: error.message, at: error.position };
  if (error instanceof RangeError) return { code: "depth", detail: error.message };
  return { code: "failed", detail: String(error.message || error) };
}

function complaint(entry) {
  const { warnings } = entry.notes;
  const first = warnings[0];
  const name = ({ position }) => entry.text.slice(position.from, position.to).replace(/\s+/g, " ");
  if (first.type === "NO_VARIABLE_FOUND") {
    const names = warnings.filter((w) => w.type === first.type).map(name);
    return { code: "unknown", detail: names[0], names: [...new Set(names)], at: first.position };
  }
  if (first.type === "NO_CONTEXT_ENTRY_FOUND" || first.type === "NO_PROPERTY_FOUND") {
    return { code: "property", detail: name(first), names: [name(first)], at: first.position };
  }
  return { code: "type", detail: first.message, at: first.position };
}

function attempt(text, unary, context) {
  let entry;
  try {
    entry = compile(text, unary);
    entry.notes.warnings.length = 0;
    let value = entry.root(context);
    if (unary) value = value(context["?"]) === true;
    return entry.notes.warnings.length ? { e: complaint(entry) } : { v: encode(value) };
  } catch (error) {
    // A name that is not there is the cause where both happened.
    return { e: entry && entry.notes.warnings.length ? complaint(entry) : described(error) };
  }
}

// [[text, unary]] -> [{names, reads, volatile, variable} | {e}]
export function describe(payload) {
  const answers = JSON.parse(payload).map(([text, unary]) => {
    try {
      return describeTree(compile(text, unary).tree, text);
    } catch (error) {
      return { e: described(error) };
    }
  });
  return JSON.stringify(answers);
}

// {now, data, jobs: [[text] | [text, tested value]]} -> [{v} | {e}]
export function run(payload) {
  const { now, data, jobs } = JSON.parse(payload);
  setMoment(now);
  const context = decode(data);
  const answers = jobs.map((job) => {
    if (job.length === 1) return attempt(job[0], false, context);
    return attempt(job[0], true, { ...context, "?": decode(job[1]) });
  });
  return JSON.stringify(answers);
}

export { setZone };
