// Several people at once (会签, 或签, 票签), and what may be returned.
import { businessOf } from "../extensions.js";
import { check, feel, groupOf, is, isAny, property, text } from "../group.js";

const SENDING = ["bpmn:ServiceTask", "bpmn:SendTask", "bpmn:IntermediateThrowEvent"];

export function loopGroup(element, context) {
  const loop = businessOf(element).loopCharacteristics;
  if (!loop || !is(loop, "bpmn:MultiInstanceLoopCharacteristics")) return null;
  const { translate: t, writer } = context;
  const inner = (attributes) => writer.inner(element, loop, attributes);
  const expression = (name) => ({
    get: () => loop.get(name)?.body || "",
    set: (value) => inner({ [name]: writer.expression(value, loop) }),
  });
  const reference = (name) => ({
    get: () => loop.get(name)?.id || "",
    set: (id) => inner({ [name]: id ? writer.create("bpmn:ItemAwareElement", { id }, loop) : undefined }),
  });
  const item = (name, type) => ({
    get: () => loop.get(name)?.id || loop.get(name)?.name || "",
    set: (id) => inner({ [name]: id ? writer.create(type, { id, name: id }, loop) : undefined }),
  });
  const returns = property(element, context, "return_cancels");
  return groupOf(
    "loop",
    t("Several at once"),
    [
      feel("collection", { label: t("One for each of the list"), help: t("The variable with the list, such as units."), ...reference("loopDataInputRef") }),
      text("item", { label: t("Name of each item"), help: t("Inside, this variable is the item: unit = signing_unit."), ...item("inputDataItem", "bpmn:DataInput") }),
      feel("cardinality", { label: t("Or this many"), help: t("FEEL that yields a number, where there is no list."), ...expression("loopCardinality") }),
      text("results", { label: t("Results go to the list"), ...reference("loopDataOutputRef") }),
      text("result-item", { label: t("Result of each"), ...item("outputDataItem", "bpmn:DataOutput") }),
      feel("enough", {
        label: t("Enough when"),
        help: t("FEEL, asked after each: count(votes[verdict = \"agree\"]) >= 1. The others are then cancelled. Left empty: all are awaited."),
        ...expression("completionCondition"),
      }),
      check("return-cancels", {
        label: t("One of them may return the matter, which ends all"),
        get: () => returns.get() === "all",
        set: (value) => returns.set(value ? "all" : ""),
      }),
    ],
    { open: true, translate: t },
  );
}

export function returningGroup(element, context) {
  if (!isAny(element, SENDING)) return null;
  const { translate: t } = context;
  const returns = property(element, context, "return_over");
  return groupOf(
    "returning",
    t("Returning the case"),
    [
      check("return-over", {
        label: t("The case may be returned to before this step"),
        help: t("Although it has issued a paper, given a number or sent a message. Otherwise never."),
        get: () => returns.get() === "allowed",
        set: (value) => returns.set(value ? "allowed" : ""),
      }),
    ],
    { translate: t },
  );
}
