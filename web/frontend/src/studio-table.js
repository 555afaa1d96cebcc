// The editor of a decision table of a draft: dmn-js, in the office's words, saved by itself.
import DmnModeler from "dmn-js/lib/Modeler.js";
import DmnViewer from "dmn-js/lib/NavigatedViewer.js";
import { keepSaved, openDraft, readPage, showFindings, startHistory, stop } from "./files/editing.js";
import { takeNotes, withNotes } from "./files/table-notes.js";
import { tableWords } from "./files/table-words.js";
import { told } from "./studio/words.js";

const TYPES = ["string", "boolean", "number", "date", "time", "dateTime", "dayTimeDuration", "yearMonthDuration", "Any"];

// A table for who edits it, and one for who reads it.
function makeTable(container, words, isEditable) {
  const additionalModules = [words.module];
  const Table = isEditable ? DmnModeler : DmnViewer;
  return new Table({
    container,
    common: { expressionLanguages: { options: [{ value: "feel", label: "FEEL" }], defaults: { editor: "feel" } }, dataTypes: TYPES },
    drd: { additionalModules },
    decisionTable: { additionalModules },
    literalExpression: { additionalModules },
    boxedExpression: { additionalModules },
  });
}

// Several decisions in a file: one tab each; the picture of their requirements is not needed to edit them.
function startTabs(modeler, box, page) {
  const views = modeler.getViews().filter(({ type }) => type !== "drd");
  const show = async (view) => {
    await modeler.open(view);
    // dmn-js leaves the head of the numbers empty
    document.querySelectorAll("th.index-column:empty").forEach((head) => {
      head.append(Object.assign(document.createElement("span"), { className: "sr-only", textContent: page.words.rule_number }));
    });
    [...box.children].forEach((tab, index) => tab.setAttribute("aria-pressed", String(views[index] === view)));
  };
  box.hidden = views.length < 2;
  box.replaceChildren(
    ...views.map((view) => {
      const tab = Object.assign(document.createElement("button"), { type: "button", className: "chip", textContent: view.element.name || view.element.id });
      tab.addEventListener("click", () => show(view));
      return tab;
    }),
  );
  return views.length ? show(views[0]) : Promise.resolve();
}

function nameOfIn(modeler) {
  const holds = (table, id) =>
    [...(table.input ?? []), ...(table.output ?? []), ...(table.rule ?? [])].find(
      (each) => each.id === id || [...(each.inputEntry ?? []), ...(each.outputEntry ?? [])].some((entry) => entry.id === id),
    );
  return (id) => {
    const found = modeler
      .getViews()
      .map(({ element }) => (element.id === id ? element : element.decisionLogic && holds(element.decisionLogic, id)))
      .find(Boolean);
    return found ? found.label || found.name || id : null;
  };
}

function pointAt(container) {
  return (id) => {
    const cell = container.querySelector(`[data-element-id="${CSS.escape(id)}"], [data-row-id="${CSS.escape(id)}"], [data-col-id="${CSS.escape(id)}"]`);
    cell?.scrollIntoView({ block: "center", inline: "center" });
    (cell?.querySelector("[contenteditable], [tabindex]") ?? cell)?.focus?.();
  };
}

async function load(modeler, xml) {
  const { warnings } = await modeler.importXML(xml, { open: false });
  // what could not be read would be lost by the next save
  if (warnings.length) throw new Error(warnings[0].message);
  takeNotes(modeler.getDefinitions());
}

const write = (modeler) =>
  withNotes(modeler.getDefinitions(), modeler._moddle, async () => (await modeler.saveXML({ format: true })).xml);

async function start() {
  const root = document.querySelector(".studio-editor");
  const page = readPage();
  const words = tableWords(page.language);
  const { store, draft } = openDraft(page);
  const container = root.querySelector(".table-paper");
  const modeler = makeTable(container, words, page.editable);
  try {
    await load(modeler, draft.content);
    await startTabs(modeler, root.querySelector("#table-tabs"), page);
  } catch (error) {
    showFindings({ page, store }).ask();
    return stop(root, told(page, "file_not_opened", { reason: error.message }));
  }
  const findings = showFindings({ page, store, nameOf: nameOfIn(modeler), select: pointAt(container) });
  findings.ask();
  const read = () => write(modeler);
  if (page.editable) {
    const stack = () => modeler.getActiveViewer()?.get("commandStack");
    const can = (act) => Boolean(act === "undo" ? stack()?.canUndo() : stack()?.canRedo());
    const refresh = startHistory({ root, can, undo: () => stack().undo(), redo: () => stack().redo() });
    const autosave = keepSaved({ page, store, draft, root, read, content: await read(), findings });
    const heard = new Set();
    const listen = () => {
      const viewer = modeler.getActiveViewer();
      if (!viewer || heard.has(viewer)) return;
      heard.add(viewer);
      viewer.on("commandStack.changed", () => {
        refresh();
        autosave.changed();
      });
    };
    modeler.on("views.changed", listen);
    listen();
    root.autosave = autosave;
  }
  root.editor = modeler;
  // for the tests: any file, through the editor
  root.rewrite = async (xml) => {
    await load(modeler, xml);
    return write(modeler);
  };
  root.untranslated = words.missed;
  root.dataset.ready = "1";
}

start();
