// The deadlines of a step: the timers on its border that name a rule, and what each does before and after its day.
import { groupOf, is, isAny, isWork, lines, property, text } from "../group.js";
import { Adder } from "../fields/Adder.jsx";
import { givesSpan, rulesIn } from "../timing.js";
import { propertyOf } from "../extensions.js";
import { timerOf, writeTimer } from "./timer.js";

const WAITING = ["bpmn:UserTask", "bpmn:ManualTask", "bpmn:ReceiveTask", "bpmn:SubProcess", "bpmn:CallActivity"];
const APART = 60;
const OWN = { working: "Working days of its own", calendar: "Calendar days of its own" };
const DAYS_AT_FIRST = 5;

export function deadlineGroup(element, context) {
  if (!isAny(element, WAITING)) return null;
  const { translate: t, vocabulary } = context;
  const timers = (element.attachers || []).filter(timerOf);
  const around = timersAround(element, context.registry);
  const rules = timers.flatMap((each) => rulesIn(timerOf(each).text));
  const label = (each) => each.businessObject.name || timerOf(each).text || each.id;
  const excuse = property(element, context, "no_deadline");
  return groupOf(
    "deadline",
    t("Deadline and escalation"),
    [
      lines("deadlines", {
        get: () => timers.length,
        label: t("Timers on its border"),
        help: timers.length || around.length ? "" : t("None. Somebody could leave this step lying for ever."),
        lines: () => timers.map((each) => ({ key: each.id, text: label(each), more: timerOf(each).text, act: () => context.select(each.id) })),
      }),
      around.length &&
        lines("deadlines-around", {
          label: t("Deadlines that it stands under"),
          lines: () => around.map((each) => ({ key: each.id, text: label(each), more: timerOf(each).text, act: () => context.select(each.id) })),
        }),
      {
        id: "duban-deadline-add",
        component: Adder,
        label: t("Add a deadline"),
        options: () => [
          ...Object.keys(OWN).map((kind) => ({ value: kind, text: t(OWN[kind]) })),
          ...vocabulary.current.rules.map((each) => ({ value: each.id, note: `${each.name} · ${each.term}` })),
        ],
        add: (chosen) => addDeadline(element, context, chosen),
      },
      isWork(element) && ((!timers.length && !around.length) || excuse.get()) &&
        text("no-deadline", {
          label: t("Why it needs no deadline"),
          help: t("Said here, the check does not ask for one. Between registration and reply a deadline is needed all the same."),
          ...excuse,
        }),
      ...[...new Set(rules)].map((rule) => lines(`ladder-${rule}`, ladderOf(context, rule))),
    ],
    { open: false, translate: t },
  );
}

// Timers on the border of the subprocesses that it stands in.
function timersAround(element, registry) {
  const found = [];
  for (let each = element.businessObject.$parent; each && is(each, "bpmn:SubProcess"); each = each.$parent) {
    found.push(...(registry.get(each.id)?.attachers || []).filter(isDeadline));
  }
  return found;
}

// A timer that says how long its step has: by a rule, or in days or hours.
function isDeadline(event) {
  const timer = timerOf(event);
  return timer && (rulesIn(timer.text).length > 0 || (givesSpan(timer.text) && !propertyOf(event, "only_reminds")));
}

// The rungs of a rule, as the table of escalations has them.
export function ladderOf({ translate: t, vocabulary }, id) {
  const rule = vocabulary.find("rules", id);
  const rungs = rule?.ladder || [];
  const { escalations } = vocabulary.current.urls;
  return {
    label: t("Escalation of {rule}", { rule: rule ? `${id} ${rule.name}` : id }),
    help: rule ? [rule.term, rule.source].filter(Boolean).join(" · ") : t("There is no “{name}”. Choose one from the list.", { name: id }),
    note: rule && !rungs.length ? t("No rung: nobody is told when it is due.") : "",
    lines: () => [
      ...rungs.map((rung) => ({ key: rung.id, text: `${rung.when} · ${rung.name}`, more: rung.what })),
      ...(escalations && rule ? [{ key: "table", text: t("Open the table of escalations"), href: escalations }] : []),
    ],
  };
}

// A timer on the border that does not end the step, and the end event that its path needs.
function addDeadline(element, context, chosen) {
  const { factory, modeling, vocabulary } = context;
  const host = element;
  const taken = (host.attachers || []).length;
  const x = host.x + Math.min(host.width - 20, 30 + taken * APART);
  const shape = factory.createShape({ type: "bpmn:BoundaryEvent", eventDefinitionType: "bpmn:TimerEventDefinition", cancelActivity: false });
  const timer = modeling.createShape(shape, { x, y: host.y + host.height }, host, { attach: true });
  // days of its own are called as the step is
  if (!OWN[chosen]) modeling.updateProperties(timer, { name: vocabulary.find("rules", chosen)?.name || chosen });
  writeTimer(timer, context, OWN[chosen] ? `${chosen} days(${DAYS_AT_FIRST})` : `deadline("${chosen}")`);
  const end = factory.createShape({ type: "bpmn:EndEvent" });
  modeling.appendShape(timer, end, { x: timer.x + timer.width / 2, y: timer.y + timer.height + APART }, host.parent);
  context.select(timer.id);
}
