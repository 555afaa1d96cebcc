// The mistakes that feelin would turn into null, as faults with a code that the kernel words for people.
import { getType, Range, strict } from "@bpmn-io/feelin";
import { DateTime, Duration, SystemZone } from "luxon";
import { normalized } from "./durations.js";

const LONGEST_RANGE = 10000;
const nil = (value) => value === null || value === undefined;

export class Fault extends Error {
  constructor(code, detail, node) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
    this.at = node && node.position;
  }
}

strict.logical = (value, node) => {
  if (nil(value)) return null;
  if (typeof value !== "boolean") throw new Fault("logical", getType(value), node);
  return value;
};

strict.condition = (value, node) => strict.logical(value, node) === true;

strict.rounded = (value, node) => {
  if (nil(value)) throw new Fault("arithmetic", node.input, node);
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  if (!Number.isFinite(value)) throw new Fault("arithmetic", node.input, node);
  return parseFloat(value.toPrecision(15));
};

const local = (date) => date.setZone(SystemZone.instance, { keepLocalTime: true });

function shifted(moment, by, sign) {
  const result = sign === "+" ? moment.plus(by) : moment.minus(by);
  const isTime = getType(moment) === "time";
  if (isTime) return result.set({ year: 1900, month: 1, day: 1 });
  return getType(moment) === "date" && getType(result) !== "date" ? shifted(local(moment), by, sign) : result;
}

function between(left, right) {
  const types = [getType(left), getType(right)];
  if (types[0] === types[1]) return normalized(left.diff(right));
  if (types.includes("time")) return undefined;
  const [a, b] = [left, right].map((each) => (getType(each) === "date" ? local(each) : each));
  return normalized(a.diff(b));
}

function scaled(duration, factor) {
  const months = duration.as("months");
  const whole = duration.months || duration.years;
  return whole
    ? normalized(Duration.fromObject({ months: Math.trunc(months * factor) }))
    : normalized(Duration.fromMillis(duration.toMillis() * factor));
}

// Answers for dates and durations; undefined leaves the rest to feelin.
strict.arithmetic = (node, left, right) => {
  const [a, b, op] = [getType(left), getType(right), node.input];
  const moments = DateTime.isDateTime(left) + DateTime.isDateTime(right);
  if (!moments && a !== "duration" && b !== "duration") return undefined;
  let result;
  if ((op === "+" || op === "-") && DateTime.isDateTime(left) && b === "duration") result = shifted(left, right, op);
  else if (op === "+" && a === "duration" && DateTime.isDateTime(right)) result = shifted(right, left, "+");
  else if (op === "-" && moments === 2) result = between(left, right);
  else if (a === "duration" && b === "duration" && "+-".includes(op)) result = normalized(op === "+" ? left.plus(right) : left.minus(right));
  else if (a === "duration" && b === "duration" && op === "/" && right.toMillis()) result = left.toMillis() / right.toMillis();
  else if (op === "*" && a === "duration" && b === "number") result = scaled(left, right);
  else if (op === "*" && a === "number" && b === "duration") result = scaled(right, left);
  else if (op === "/" && a === "duration" && b === "number" && right) result = scaled(left, 1 / right);
  else if (op === "-" && left === 0 && b === "duration") result = right.negate();
  if (result === undefined) throw new Fault("operands", `${a} ${op} ${b}`, node);
  return result;
};

const single = (value) => (Array.isArray(value) && value.length === 1 ? value[0] : value);

strict.comparable = (left, right, node) => {
  const [a, b] = [getType(single(left)), getType(single(right))];
  if (a === b || a === "nil" || b === "nil") return;
  if (Array.isArray(left) && Array.isArray(right)) return;
  throw new Fault("compare", `${a}, ${b}`, node);
};

strict.testable = (test, value) => {
  if (typeof test === "function" || nil(value) || nil(test)) return;
  if (test instanceof Range) {
    const bound = nil(test.start) ? test.end : test.start;
    if (!nil(bound)) strict.comparable(bound, value);
  } else {
    strict.comparable(test, value);
  }
};

strict.iterable = (target) => {
  const type = getType(target);
  if (type !== "list" && type !== "range") throw new Fault("iterate", type);
  return target;
};

strict.span = (start, end) => {
  if (!Number.isInteger(start) || !Number.isInteger(end) || Math.abs(end - start) >= LONGEST_RANGE) {
    throw new Fault("range", `${start}..${end}`);
  }
};

// A boolean for every item selects; anything else is an index.
strict.filtered = (filter, context, items) => {
  const verdicts = items.map((item) => filter({ ...context, item, ...(getType(item) === "context" ? item : {}) }));
  const selects = verdicts.some((v) => typeof v === "boolean") && verdicts.every((v) => nil(v) || typeof v === "boolean");
  return selects ? items.filter((_, index) => verdicts[index] === true) : filter(context);
};

// Null in, null out, as the standard has it; a wrong type is a mistake.
strict.unsuitable = (args, parameters) => {
  if (args.some((arg) => arg === null)) return null;
  throw new Fault("arguments", `(${parameters.join(", ")})`);
};

const NAMED_TYPES = new Set(["number", "string", "boolean", "date", "time", "date time", "duration", "context", "list", "function"]);

strict.instance = (value, node) => {
  const named = node.input.split(/\binstance\s+of\s+/).pop().trim().replace("date and time", "date time");
  const type = /duration$/.test(named) ? "duration" : named;
  if (named !== "Any" && !NAMED_TYPES.has(type)) throw new Fault("instance", named, node);
  return !nil(value) && (named === "Any" || getType(value) === type);
};

strict.defined = (evaluate, notes) => {
  const before = notes.warnings.length;
  evaluate();
  const isDefined = notes.warnings.length === before;
  notes.warnings.length = before;
  return isDefined;
};
