// The server action of a service task, with the parameters that its signature has.
import { operatorOf } from "../extensions.js";
import { choice, feel, groupOf, is, lines, named, text } from "../group.js";

// What a parameter may be given as a text, by its name.
const TEXTS = { kind: "papers", role: "roles", unit: "units", rule: "rules" };

export function actionGroup(element, context) {
  if (!is(element, "bpmn:ServiceTask")) return null;
  const { translate: t, vocabulary, writer } = context;
  const operator = operatorOf(element);
  const signature = vocabulary.find("actions", operator.action);
  const write = (changes) => writer.operator(element, { ...operatorOf(element), ...changes });
  const strangers = Object.keys(operator.params).filter((name) => !signature?.params.some(({ id }) => id === name));
  const parameter = ({ id, name, help, required, choices }) =>
    feel(`param-${id}`, {
      label: `${name || id}${required ? ` (${t("required")})` : ""}`,
      help,
      required,
      texts: () => choices || vocabulary.current[TEXTS[id]] || [],
      get: () => operatorOf(element).params[id] || "",
      set: (value) => write({ params: { ...operatorOf(element).params, [id]: value } }),
    });
  return groupOf(
    "action",
    t("Server action"),
    [
      choice("action", {
        label: t("Action"),
        help: t("What the server does in this step. If it fails, the step never happened."),
        options: named(vocabulary.current.actions),
        get: () => operatorOf(element).action,
        set: (action) => write({ action, params: keptParams(operatorOf(element).params, vocabulary.find("actions", action)) }),
      }),
      signature?.help && lines("action-help", { help: signature.help, lines: () => [] }),
      ...(signature?.params || []).map(parameter),
      ...strangers.map((id) => parameter({ id, name: id, help: t("This action has no such parameter. Empty it.") })),
      operator.action === "issue_paper" && paperFields(operator, context),
      operator.action &&
        text("result", {
          label: t("Result goes to the variable"),
          help: signature?.result || t("What the action gives back, for later steps. May stay empty."),
          get: () => operatorOf(element).result,
          set: (result) => write({ result }),
        }),
    ],
    { open: true, translate: t },
  );
}

// Another action keeps what has the same name there.
function keptParams(params, signature) {
  if (!signature) return params;
  return Object.fromEntries(Object.entries(params).filter(([name]) => signature.params.some(({ id }) => id === name)));
}

function paperFields(operator, { translate: t, vocabulary }) {
  const kind = vocabulary.find("papers", (operator.params.kind || "").replace(/^"|"$/g, ""));
  if (!kind?.fields.length) return null;
  return lines("paper-fields", {
    label: t("Fields of {paper}", { paper: `${kind.id} ${kind.name}` }),
    lines: () => kind.fields.map(({ id, name, required }) => ({ key: id, text: id, more: required ? `${name} (${t("required")})` : name })),
  });
}
