// What else is asked: a decision table, another procedure.
import { businessOf, textOf } from "../extensions.js";
import { choice, groupOf, is, lines, named } from "../group.js";

const DECISION = "spiffworkflow:CalledDecisionId";

export function decisionGroup(element, context) {
  if (!is(element, "bpmn:BusinessRuleTask")) return null;
  const { translate: t, vocabulary, writer } = context;
  const table = vocabulary.find("decisions", textOf(element, DECISION));
  return groupOf(
    "decision",
    t("Decision"),
    [
      choice("decision", {
        label: t("Decision table"),
        help: t("Its outputs become variables; a listing table gives the list of its hits under its own name."),
        options: named(vocabulary.current.decisions),
        get: () => textOf(element, DECISION),
        set: (value) => writer.text(element, DECISION, value),
      }),
      table &&
        lines("decision-open", {
          help: `${t("Asks: {names}", { names: table.inputs.join("、") })}\n${t("Answers: {names}", { names: table.outputs.join("、") })}`,
          lines: () => (table.url ? [{ key: table.id, text: t("Open this table"), href: table.url }] : []),
        }),
    ],
    { open: true, translate: t },
  );
}

export function calledGroup(element, context) {
  if (!is(element, "bpmn:CallActivity")) return null;
  const { translate: t, vocabulary, writer } = context;
  const called = vocabulary.find("procedures", businessOf(element).calledElement);
  return groupOf(
    "called",
    t("Called procedure"),
    [
      choice("called", {
        label: t("Procedure"),
        help: t("It runs inside of the same case and sees all variables; its variables come back. Its version is fixed when this one is published."),
        options: named(vocabulary.current.procedures),
        get: () => businessOf(element).calledElement || "",
        set: (value) => writer.attributes(element, { calledElement: value || undefined }),
      }),
      called?.url && lines("called-open", { lines: () => [{ key: called.id, text: t("Open this procedure"), href: called.url }] }),
    ],
    { open: true, translate: t },
  );
}
