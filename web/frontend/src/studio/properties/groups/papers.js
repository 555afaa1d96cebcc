// Papers that a task waits for, and where the procedure issues them.
import { operatorOf } from "../extensions.js";
import { feel, groupOf, is, isWork, lines, property } from "../group.js";

export function papersGroup(element, context) {
  if (!isWork(element)) return null;
  const { translate: t, vocabulary } = context;
  const { papers } = vocabulary.current;
  const named = (code) => papers.find(({ id }) => id === code)?.name || "";
  const issued = context.registry
    .filter((each) => is(each, "bpmn:ServiceTask") && operatorOf(each).action === "issue_paper")
    .map((each) => ({ each, kind: operatorOf(each).params.kind?.replace(/^"|"$/g, "") || "" }));
  return groupOf(
    "papers",
    t("Papers"),
    [
      feel("awaits", {
        label: t("Waits until this paper has been served"),
        help: t("FEEL that yields the kind, in quotes, such as \"L1\", or null. The step cannot be completed before."),
        texts: () => papers.filter(({ id }) => issued.some(({ kind }) => kind === id)),
        ...property(element, context, "awaits_paper"),
      }),
      issued.length &&
        lines("issued", {
          label: t("Papers that this procedure issues"),
          lines: () =>
            issued.map(({ each, kind }) => ({
              key: each.id,
              text: `${kind} ${named(kind)}`.trim(),
              more: each.businessObject.name,
              act: () => context.select(each.id),
            })),
        }),
    ],
    { translate: t },
  );
}
