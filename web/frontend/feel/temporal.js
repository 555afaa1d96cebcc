// Dates and times on the office's clock: the moment is injected, "local" is the zone of the settings.
import { builtins, getType } from "@bpmn-io/feelin";
import { DateTime, Duration, FixedOffsetZone, IANAZone, Settings, SystemZone } from "luxon";
import { isMixed, normalized } from "./durations.js";
import { Fault } from "./rules.js";

const UTC = FixedOffsetZone.utcInstance;
const EARLIEST = Date.UTC(1970, 0, 1); // times of day live in 1900, before zones had whole offsets
let zone = UTC;
let moment = null;

Settings.defaultLocale = "en";
Object.defineProperty(SystemZone.prototype, "name", { get: () => zone.name });
SystemZone.prototype.offset = (ts) => zone.offset(Math.max(ts, EARLIEST));

export function setZone(name) {
  zone = IANAZone.create(name);
  if (!zone.isValid) throw new Error(`unknown time zone ${name}`);
}

export function setMoment(iso) {
  moment = DateTime.fromISO(iso).setZone(SystemZone.instance);
}

function feelFunction(names, body) {
  return Object.assign(body, { $args: names });
}

function dayOf(value) {
  if (getType(value) === "date") return value;
  return value.setZone(SystemZone.instance).setZone(UTC, { keepLocalTime: true }).startOf("day");
}

function valid(result, text) {
  if (!result || !result.isValid) throw new Fault("date", text);
  return result;
}

function parseDate(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw new Fault("date", text);
  return valid(DateTime.fromISO(text, { zone: UTC }), text);
}

function parseMoment(text) {
  const shape = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d|@[\w/+-]+)?)?$/i;
  if (!shape.test(text)) throw new Fault("date", text);
  const [stamp, named] = text.split("@");
  return valid(DateTime.fromISO(stamp, { zone: named || SystemZone.instance }).setZone(SystemZone.instance), text);
}

function parseDuration(text) {
  const result = builtins.duration.original(text);
  return normalized(valid(result && !isMixed(result) ? result : null, text));
}

function anyLiteral(text) {
  if (/^-?P/.test(text)) return parseDuration(text);
  if (text.includes("T")) return parseMoment(text);
  return text.includes(":") ? valid(originals.time(text), text) : parseDate(text);
}

const originals = { ...builtins };

builtins.now = feelFunction([], () => moment);
builtins.today = feelFunction([], () => dayOf(moment));

builtins.date = feelFunction(["year", "month", "day", "from"], (year, month, day, from) => {
  const source = from ?? (typeof year === "number" ? undefined : year);
  if (source === null || (source === undefined && [year, month, day].includes(null))) return null;
  if (typeof source === "string") return parseDate(source);
  if (DateTime.isDateTime(source) && getType(source) !== "time") return dayOf(source);
  if (source !== undefined) throw new Fault("arguments", "(from)");
  return valid(DateTime.fromObject({ year, month, day }, { zone: UTC }), `${year}-${month}-${day}`);
});

builtins["date and time"] = feelFunction(["date", "time", "from"], (day, time, from) => {
  const source = from ?? (time === undefined ? day : undefined);
  if (source === null || (source === undefined && (day === null || time === null))) return null;
  if (typeof source === "string") return parseMoment(source);
  if (source !== undefined && getType(source) === "date") return source.setZone(SystemZone.instance, { keepLocalTime: true });
  if (source !== undefined && getType(source) === "date time") return source;
  if (!DateTime.isDateTime(day) || getType(time) !== "time") throw new Fault("arguments", "(date, time)");
  const { year, month, day: dayOfMonth } = dayOf(day);
  return time.set({ year, month, day: dayOfMonth }).setZone(SystemZone.instance);
});

builtins.time = feelFunction(originals.time.$args, (hour, minute, second, offset, from) => {
  const source = from ?? hour;
  if (source === null) return null;
  const shown = typeof source === "number" ? [hour, minute, second].join(":") : String(source);
  if (typeof source === "number" && !(hour < 24 && minute < 60 && second < 60)) throw new Fault("date", shown);
  return valid(originals.time(hour, minute, second, offset, from), shown);
});

builtins.duration = feelFunction(["from"], (from) => {
  if (from === null) return null;
  if (typeof from !== "string") throw new Fault("arguments", "(from)");
  return parseDuration(from);
});
builtins.duration.original = originals.duration;

builtins["years and months duration"] = feelFunction(["from", "to"], (from, to) => {
  if (from === null || to === null) return null;
  if (![from, to].every((each) => ["date", "date time"].includes(getType(each)))) throw new Fault("arguments", "(from, to)");
  return normalized(Duration.fromObject({ months: Math.trunc(dayOf(to).diff(dayOf(from), "months").months) }));
});

builtins["@"] = feelFunction(["string"], anyLiteral);

// feelin parses the name of the context function with its own table; this is for the look-up at run time.
builtins["is defined"] = feelFunction(["value"], () => true);
