// dmn-js shows a rule's description as its note; DMN 1.3, and the server, keep notes in columns of their own. While the
// table is edited the first such column stands in the descriptions.
const tables = (definitions) =>
  (definitions.drgElement ?? []).map(({ decisionLogic }) => decisionLogic).filter((logic) => logic?.annotation?.length);

const textOf = (rule) => rule.annotationEntry?.[0]?.text ?? "";

export function takeNotes(definitions) {
  tables(definitions).forEach((table) => (table.rule ?? []).forEach((rule) => (rule.description = textOf(rule))));
}

// Writes with the notes where they belong; the editor goes on with what it had.
export async function withNotes(definitions, moddle, write) {
  const rules = tables(definitions).flatMap((table) => (table.rule ?? []).map((rule) => ({ rule, columns: table.annotation.length })));
  const kept = rules.map(({ rule }) => rule.description);
  rules.forEach(({ rule, columns }) => {
    const entries = rule.annotationEntry ?? [];
    while (entries.length < columns) {
      const entry = moddle.create("dmn:RuleAnnotation", { text: "" });
      entry.$parent = rule;
      entries.push(entry);
    }
    rule.annotationEntry = entries;
    entries[0].text = rule.description ?? "";
    rule.description = undefined;
  });
  try {
    return await write();
  } finally {
    rules.forEach(({ rule }, index) => (rule.description = kept[index]));
  }
}
