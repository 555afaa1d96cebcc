// What a start, a catch and a throw event bring and send.
import { businessOf, propertyOf, textOf } from "../extensions.js";
import { choice, eventOf, feel, groupOf, is, isAny, property, text } from "../group.js";

const PAYLOAD = "spiffworkflow:MessagePayload";
const CATCHING = ["bpmn:ReceiveTask", "bpmn:IntermediateCatchEvent", "bpmn:BoundaryEvent"];

export function startGroup(element, context) {
  if (!is(element, "bpmn:StartEvent") || !is(businessOf(element).$parent, "bpmn:Process")) return null;
  const { translate: t } = context;
  return groupOf(
    "start",
    t("Start"),
    [
      text("inputs", {
        label: t("Variables that a caller or message brings"),
        help: t("Names with spaces between, so that the check knows every variable."),
        ...property(element, context, "inputs"),
      }),
      (eventOf(element, "bpmn:MessageEventDefinition") || propertyOf(element, "case")) &&
        choice("case", {
          label: t("Case file"),
          help: t("Which case file an instance belongs to that a message starts."),
          options: () => [
            { value: "new", note: t("a new case of its own") },
            { value: "same", note: t("the case that sent the message") },
          ],
          loose: true,
          ...property(element, context, "case"),
        }),
    ],
    { translate: t },
  );
}

export function messageGroup(element, context) {
  const { translate: t, writer } = context;
  const message = is(element, "bpmn:ReceiveTask") || is(element, "bpmn:SendTask") || eventOf(element, "bpmn:MessageEventDefinition");
  if (!message || is(element, "bpmn:StartEvent")) return null;
  if (isAny(element, CATCHING)) {
    return groupOf(
      "message",
      t("Message that is awaited"),
      [
        feel("correlation", {
          label: t("Belongs to"),
          help: t("FEEL: the value that the sender's key must have, such as case_id."),
          ...property(element, context, "correlation"),
        }),
        text("catch-inputs", {
          label: t("Variables that the message brings"),
          help: t("Names with spaces between, so that the check knows every variable."),
          ...property(element, context, "inputs"),
        }),
      ],
      { translate: t },
    );
  }
  return groupOf(
    "message",
    t("Message that is sent"),
    [
      feel("payload", {
        label: t("Variables that it carries"),
        help: t("A FEEL context; key says to whom it belongs: { key: case_id, title: title }"),
        isContext: true,
        rows: 2,
        get: () => textOf(element, PAYLOAD),
        set: (value) => writer.text(element, PAYLOAD, value),
      }),
    ],
    { open: true, translate: t },
  );
}
