// When a timer comes: a rule of the table of deadlines, days of its own, a date, a duration, or any FEEL.
import { check, choice, eventOf, feel, groupOf, is, lines, property, text } from "../group.js";
import { givesSpan, readDeadline, readSpan, rulesIn, writeDeadline, writeSpan } from "../timing.js";
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

const NONE = { rule: "", kind: "working", days: "", start: "", when: "" };

export function timerGroup(element, context) {
  const timer = timerOf(element);
  if (!timer) return null;
  const { translate: t, vocabulary } = context;
  const { rules } = vocabulary.current;
  const write = (text) => writeTimer(element, context, text);
  const parts = readDeadline(timer.text);
  const span = readSpan(timer.text);
  const read = () => readDeadline(timerOf(element).text) || readSpan(timerOf(element).text) || NONE;
  const put = (changed) => write(changed.rule ? writeDeadline(changed) : changed.days ? writeSpan(changed) : "");
  const part = (name) => ({ get: () => read()[name] || "", set: (value) => put({ ...NONE, ...read(), [name]: value }) });
  const isBoundary = is(element, "bpmn:BoundaryEvent");
  const named = rulesIn(timer.text);
  const isKnown = parts || span;
  return groupOf(
    "timer",
    t("Deadline or timer"),
    [
      (isKnown || !timer.text) &&
        choice("rule", {
          label: t("Rule of the table of deadlines"),
          help: t("The limit of the law or of the office. A plain rule on the border of a step is that step's deadline: it is kept in the ledger, with lights and escalations."),
          options: () => rules.map((each) => ({ value: each.id, note: `${each.name} · ${each.term}` })),
          get: () => read().rule || "",
          set: (rule) => put({ ...NONE, ...read(), rule, days: rule ? "" : read().days }),
        }),
      (isKnown || !timer.text) &&
        text("days", {
          label: t("Or days of its own"),
          help: t("A number. On the border of a step these days are the step's deadline, with lights and an explanation; they may be shorter than the law's limit, and never replace it."),
          get: () => read().days || "",
          set: (days) => put({ ...NONE, ...read(), days: days.trim(), rule: days.trim() ? "" : read().rule }),
        }),
      span &&
        check("days-calendar", {
          label: t("Counts calendar days"),
          help: t("Left off: working days, as the office's calendar has them."),
          get: () => read().kind === "calendar",
          set: (value) => put({ ...NONE, ...read(), kind: value ? "calendar" : "working" }),
        }),
      isKnown &&
        feel("rule-start", {
          label: t("Counts from"),
          help: t("FEEL: a date, or a date and time, such as completed_at. Left empty: from now."),
          ...part("start"),
        }),
      isKnown && isBoundary && feel("rule-when", { label: t("Only where"), help: t("FEEL condition. Where it is not true the deadline is never armed."), ...part("when") }),
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
      isBoundary && (givesSpan(timer.text) || reminds(element, context).get()) && check("only-reminds", reminds(element, context)),
      ...named.map((rule) => lines(`ladder-${rule}`, ladderOf(context, rule))),
    ],
    { open: true, translate: t },
  );
}

function reminds(element, context) {
  const { translate: t } = context;
  const { get, set } = property(element, context, "only_reminds");
  return {
    label: t("Only reminds"),
    help: t("Ticked, these days are no deadline of the step: the timer fires, and nothing is lit or counted as late."),
    get: () => Boolean(get().trim()),
    set: (value) => set(value ? "yes" : ""),
  };
}
