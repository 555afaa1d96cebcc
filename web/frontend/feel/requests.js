// The project's time functions. They compute nothing: the instant is worked out on the working calendar, outside.
import { builtins, getType } from "@bpmn-io/feelin";
import { Fault } from "./rules.js";

export class TimeRequest {
  constructor(fields) {
    Object.assign(this, { amount: null, rule: null, start: null, share: 1 }, fields);
  }
}

function startOf(start, name) {
  if (start === undefined) return null;
  if (!["date", "date time"].includes(getType(start))) throw new Fault("start", `${name}: ${getType(start)}`);
  return start;
}

function define(name, parameters, make) {
  builtins[name] = Object.assign((...args) => make(...args), { $args: parameters });
}

function days(name) {
  define(name, ["days", "start"], (amount, start) => {
    if (!Number.isInteger(amount)) throw new Fault("days", name);
    return new TimeRequest({ kind: name, amount, start: startOf(start, name) });
  });
}

days("working days");
days("calendar days");

define("deadline", ["rule", "start"], (rule, start) => {
  if (typeof rule !== "string" || !rule) throw new Fault("rule", "deadline");
  return new TimeRequest({ kind: "deadline", rule, start: startOf(start, "deadline") });
});

define("end of month", ["start"], (start) => new TimeRequest({ kind: "end of month", start: startOf(start, "end of month") }));

define("share of", ["request", "share"], (request, share) => {
  const fits = request instanceof TimeRequest && typeof share === "number" && share > 0 && share <= 1;
  if (!fits) throw new Fault("share", "share of");
  return new TimeRequest({ ...request, share: request.share * share });
});
