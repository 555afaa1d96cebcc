// The editor of a form of a draft: form-js-editor, in the office's words, saved by itself.
import { FormEditor, preactOptions } from "@bpmn-io/form-js-editor";
import { keepSaved, openDraft, readPage, showFindings, startHistory, stop } from "./files/editing.js";
import { formWords } from "./files/form-words.js";
import { written } from "./files/form-written.js";
import { officeTypes } from "./files/form-types.js";
import { lockCommands, lockFields, lockTyping } from "./studio/reading.js";
import { told } from "./studio/words.js";

async function start() {
  const root = document.querySelector(".studio-editor");
  const page = readPage();
  const words = formWords(page.language);
  const { store, draft } = openDraft(page);
  if (!page.editable) lockFields(preactOptions);
  const text = draft.content;
  const container = root.querySelector(".form-paper");
  const editor = new FormEditor({ container, renderer: { compact: true }, additionalModules: [officeTypes(words)] });
  let schema;
  try {
    schema = JSON.parse(text);
    const { warnings } = await editor.importSchema(schema);
    // what could not be read would be lost by the next save
    if (warnings.length) throw new Error(warnings[0].message);
  } catch (error) {
    showFindings({ page, store }).ask();
    return stop(root, told(page, "file_not_opened", { reason: error.message }));
  }
  const fields = editor.get("formFieldRegistry");
  const findings = showFindings({
    page,
    store,
    nameOf: (id) => (fields.get(id) ? fields.get(id).label || fields.get(id).key || id : null),
    select: (id) => editor.get("selection").set(fields.get(id)),
  });
  findings.ask();
  const read = async () => written(editor.saveSchema(), schema);
  if (page.editable) {
    const stack = editor.get("commandStack");
    const can = (act) => (act === "undo" ? stack.canUndo() : stack.canRedo());
    const refresh = startHistory({ root, can, undo: () => stack.undo(), redo: () => stack.redo() });
    const autosave = keepSaved({ page, store, draft, root, read, content: await read(), findings });
    editor.on("commandStack.changed", () => {
      refresh();
      autosave.changed();
    });
    root.autosave = autosave;
    // the preview shows what is stored
    root.querySelector("[data-preview]")?.addEventListener("click", () => autosave.save());
  } else {
    lockCommands(editor.get("commandStack"));
    lockTyping(container);
  }
  root.editor = editor;
  // for the tests: any file, through the editor
  root.rewrite = async (json) => {
    const other = JSON.parse(json);
    await editor.importSchema(other);
    return written(editor.saveSchema(), other);
  };
  root.dataset.ready = "1";
}

start();
