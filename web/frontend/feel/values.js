// The tagged JSON of engine/values.py, in and out; `$request` and `$months` are the kernel's own additions.
import { getType } from "@bpmn-io/feelin";
import { DateTime, Duration, FixedOffsetZone, SystemZone } from "luxon";
import { isCalendar, isMixed, normalized } from "./durations.js";
import { TimeRequest } from "./requests.js";
import { Fault } from "./rules.js";

const revivers = {
  $date: (text) => DateTime.fromISO(text, { zone: FixedOffsetZone.utcInstance }),
  $datetime: (text) => DateTime.fromISO(text).setZone(SystemZone.instance),
  $time: (text) => DateTime.fromISO(`1900-01-01T${text}`, /[+-]\d\d:\d\d$/.test(text) ? { setZone: true } : { zone: SystemZone.instance }),
  $duration: (seconds) => normalized(Duration.fromMillis(seconds * 1000)),
  $months: (months) => normalized(Duration.fromObject({ months })),
  $decimal: (text) => Number(text),
};

export function decode(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(decode);
  const entries = Object.entries(value);
  if (entries.length === 1 && Object.hasOwn(revivers, entries[0][0])) return revivers[entries[0][0]](entries[0][1]);
  return Object.fromEntries(entries.map(([key, item]) => [key.startsWith("$") ? key.slice(1) : key, decode(item)]));
}

function duration(value) {
  if (isMixed(value)) throw new Fault("result", "duration");
  return isCalendar(value) ? { $months: Math.round(value.as("months")) } : { $duration: value.toMillis() / 1000 };
}

function temporal(value, type) {
  if (!value.isValid) throw new Fault("date", "");
  if (type === "date") return { $date: value.toISODate() };
  if (type === "date time") return { $datetime: value.toISO() };
  return { $time: value.toISOTime({ includeOffset: value.zone !== SystemZone.instance }) };
}

function request(value) {
  const { kind, amount, rule, start, share } = value;
  return { $request: { kind, amount, rule, start: encode(start), share } };
}

export function encode(value) {
  const type = getType(value);
  if (type === "nil") return null;
  if (type === "boolean" || type === "string") return value;
  if (type === "number" && Number.isFinite(value)) return Number.isInteger(value) ? value : parseFloat(value.toPrecision(15));
  if (type === "list") return value.map(encode);
  if (type === "duration") return duration(value);
  if (DateTime.isDateTime(value)) return temporal(value, type);
  if (value instanceof TimeRequest) return request(value);
  if (type !== "context") throw new Fault("result", typeof value === "function" ? "function" : type);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.startsWith("$") ? "$" + key : key, encode(item)]));
}
