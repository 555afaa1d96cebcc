// When a flow is taken.
import { businessOf } from "../extensions.js";
import { check, feel, groupOf, is, isAny } from "../group.js";

export function conditionGroup(element, context) {
  if (!is(element, "bpmn:SequenceFlow")) return null;
  const flow = businessOf(element);
  const { translate: t, writer } = context;
  const isSplit = isAny(flow.sourceRef, ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"]);
  if (!isSplit && !flow.conditionExpression) return null;
  const isDefault = () => flow.sourceRef.default === flow;
  return groupOf(
    "condition",
    t("Condition"),
    [
      isSplit &&
        check("default", {
          label: t("Taken where no other condition holds"),
          help: t("Every split needs one such flow."),
          get: isDefault,
          set: (value) => writer.attributes(element.source, { default: value ? flow : undefined }),
        }),
      !isDefault() &&
        feel("condition", {
          label: t("Condition"),
          help: t("FEEL that is true or false, such as simple = true. Null stops the case: ask with is defined(x)."),
          required: isSplit,
          get: () => flow.conditionExpression?.body || "",
          set: (value) => writer.attributes(element, { conditionExpression: writer.expression(value, flow) }),
        }),
    ],
    { open: true, translate: t },
  );
}
