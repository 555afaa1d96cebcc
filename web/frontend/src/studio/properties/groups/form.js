// What the task page shows: the form, other forms above it, the button, the sentence that follows; and which fields.
import { propertyOf } from "../extensions.js";
import { choice, feel, groupOf, is, isWork, lines, named, property, text } from "../group.js";
import { Access } from "../fields/Access.jsx";

export function formGroup(element, context) {
  const { translate: t, vocabulary } = context;
  const isStart = is(element, "bpmn:StartEvent");
  if (!isStart && !isWork(element)) return null;
  const { forms, states } = vocabulary.current;
  const form = forms.find(({ id }) => id === propertyOf(element, "form"));
  return groupOf(
    "form",
    t("Form and page"),
    [
      !is(element, "bpmn:ManualTask") &&
        choice("form", {
          label: t("Form"),
          help: t("The form that is filled in. A step without one is a manual task."),
          options: named(forms),
          ...property(element, context, "form"),
        }),
      form?.url && lines("form-open", { lines: () => [{ key: form.id, text: t("Open this form"), href: form.url }] }),
      isWork(element) &&
        choice("shows", {
          label: t("Forms shown above it, to be read only"),
          help: t("Names with spaces between. What was filled in there is shown, and cannot be changed."),
          options: named(forms),
          several: true,
          ...property(element, context, "shows"),
        }),
      text("verb", { label: t("Button"), help: t("What the completing button says: a verb, such as Register."), ...property(element, context, "verb") }),
      text("verb-en", { label: t("Button in English"), ...property(element, context, "verb_en") }),
      feel("hint", {
        label: t("What happens next"),
        help: t("FEEL that yields a sentence, in quotes: \"It is forwarded within 15 days\"."),
        ...property(element, context, "hint"),
      }),
      feel("hint-en", { label: t("What happens next, in English"), ...property(element, context, "hint_en") }),
      isWork(element) &&
        choice("priority", {
          label: t("Priority"),
          help: t("An urgent step bears a mark in the inbox and on its page. Which comes first is still decided by the deadlines."),
          options: () => [{ value: "urgent", note: t("urgent") }],
          ...property(element, context, "priority"),
        }),
      choice("state", {
        label: t("State of the case"),
        help: t("How the case stands from when this opens, in the office's words."),
        options: () => states.map((value) => ({ value })),
        loose: true,
        ...property(element, context, "case_state"),
      }),
    ],
    { open: isWork(element), translate: t },
  );
}

export function accessGroup(element, context) {
  const { translate: t, vocabulary } = context;
  if (!isWork(element)) return null;
  const own = vocabulary.find("forms", propertyOf(element, "form"));
  const shown = propertyOf(element, "shows").split(/\s+/).map((id) => vocabulary.find("forms", id)).filter(Boolean);
  const fields = [...(own?.fields || []), ...shown.flatMap((form) => form.fields.map((field) => ({ ...field, required: false, from: form.id })))];
  const { get, set } = property(element, context, "fields");
  if (!fields.length && !get()) return null;
  return groupOf("access", t("Field permissions"), [{ id: "duban-access", component: Access, isEdited: () => Boolean(get()), fields, get, set }], { translate: t });
}
