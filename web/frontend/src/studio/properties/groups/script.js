// Variables that a step sets: FEEL contexts.
import { businessOf, textOf } from "../extensions.js";
import { feel, groupOf, is, isAny } from "../group.js";

const RUNS = [
  "bpmn:UserTask", "bpmn:ManualTask", "bpmn:ServiceTask", "bpmn:BusinessRuleTask", "bpmn:SendTask", "bpmn:ReceiveTask",
  "bpmn:CallActivity", "bpmn:SubProcess", "bpmn:Event",
];

export function scriptGroup(element, context) {
  const { translate: t, writer } = context;
  if (is(element, "bpmn:ScriptTask")) {
    return groupOf(
      "script",
      t("Script"),
      [
        feel("script", {
          label: t("Variables that it sets"),
          help: t("A FEEL context; its entries become variables: { settled: true, rounds: rounds + 1 }"),
          isContext: true,
          required: true,
          rows: 3,
          get: () => (businessOf(element).script || "").trim(),
          set: (value) => writer.attributes(element, { script: value || undefined }),
        }),
      ],
      { open: true, translate: t },
    );
  }
  if (!isAny(element, RUNS)) return null;
  const script = (id, type, label, help) =>
    feel(id, { label, help, isContext: true, rows: 2, get: () => textOf(element, type), set: (value) => writer.text(element, type, value) });
  return groupOf(
    "scripts",
    t("Variables before and after"),
    [
      script("before", "spiffworkflow:PreScript", t("Set before it"), t("A FEEL context: { forward_from: now() }")),
      script("after", "spiffworkflow:PostScript", t("Set after it"), t("A FEEL context; completed_by and completed_at are known here: { sent_at: completed_at }")),
    ],
    { translate: t },
  );
}
