// When a timer comes: a rule of the table of deadlines, working days, a date, a duration, or any FEEL.
import { check, choice, eventOf, feel, groupOf, is, lines } from "../group.js";
import { readDeadline, rulesIn, writeDeadline } from "../timing.js";
import { ladderOf } from "./deadline.js";

const TAGS = ["timeDate", "timeDuration", "timeCycle"];

export const timerOf = (element) => {
  const event = eventOf(element, "bpmn:TimerEventDefinition");
  const tag = event && TAGS.find((each) => event.get(each));
  return event ? { event, tag: tag || "timeDate", text: (tag && event.get(tag).body) || "" } : null;
};

// The tag stays: whatever FEEL yields decides.
export function writeTimer(element, context, text) {
  const { event, tag } = timerOf(element);
  context.writer.inner(element, event, { [tag]: context.writer.expression(text, event) });
}

export function timerGroup(element, context) {
  const timer = timerOf(element);
  if (!timer) return null;
  const { translate: t, vocabulary } = context;
  const { rules } = vocabulary.current;
  const write = (text) => writeTimer(element, context, text);
  const parts = readDeadline(timer.text);
  const part = (name) => ({
    get: () => readDeadline(timerOf(element).text)?.[name] || "",
    set: (value) => write(writeDeadline({ start: "", when: "", ...readDeadline(timerOf(element).text), [name]: value })),
  });
  const isBoundary = is(element, "bpmn:BoundaryEvent");
  const named = rulesIn(timer.text);
  return groupOf(
    "timer",
    t("Deadline or timer"),
    [
      (parts || !timer.text) &&
        choice("rule", {
          label: t("Rule of the table of deadlines"),
          help: t("The limit of the law or of the office. A plain rule on the border of a step is that step's deadline: it is kept in the ledger, with lights and escalations."),
          options: () => rules.map((each) => ({ value: each.id, note: `${each.name} · ${each.term}` })),
          ...part("rule"),
        }),
      parts &&
        feel("rule-start", {
          label: t("Counts from"),
          help: t("FEEL: a date, or a date and time, such as completed_at. Left empty: from now."),
          ...part("start"),
        }),
      parts && isBoundary && feel("rule-when", { label: t("Only where"), help: t("FEEL condition. Where it is not true the deadline is never armed."), ...part("when") }),
      feel("time", {
        label: t("Time"),
        help: t("deadline(\"T4\", start), working days(5), calendar days(15), end of month(), share of(…, 0.5), or ISO 8601 such as PT3H. Null: never."),
        allowsIso: true,
        required: true,
        get: () => timerOf(element).text,
        set: write,
      }),
      isBoundary &&
        check("interrupting", {
          label: t("Ends the step when it comes"),
          help: t("For duties leave this off: being late does not end the duty."),
          get: () => element.businessObject.cancelActivity !== false,
          set: (value) => context.writer.attributes(element, { cancelActivity: value }),
        }),
      ...named.map((rule) => lines(`ladder-${rule}`, ladderOf(context, rule))),
    ],
    { open: true, translate: t },
  );
}
