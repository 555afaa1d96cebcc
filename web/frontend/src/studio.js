// The editor of a draft's drawing: palette, properties, findings of the server, saved by itself.
import { startAutosave } from "./studio/autosave.js";
import { startConflict } from "./studio/conflict.js";
import { startFindings } from "./studio/findings.js";
import { isDrawn, laidOut } from "./studio/layout.js";
import { makeModeler, makeViewer } from "./studio/modeler.js";
import { draftStore } from "./studio/store.js";
import { startToolbar } from "./studio/toolbar.js";
import { missed, speak, told } from "./studio/words.js";

const READABLE = 0.55;

function look(viewer) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() >= READABLE) return;
  const start = viewer.get("elementRegistry").find((element) => element.type === "bpmn:StartEvent");
  canvas.zoom(READABLE, start ? { x: start.x, y: start.y } : "auto");
  if (start) canvas.scrollToElement(start, { top: 160, left: 140, bottom: 160, right: 500 });
}

function stop(root, text) {
  const failed = root.querySelector("#editor-failed");
  failed.hidden = false;
  failed.querySelector("[data-text]").textContent = text;
  root.querySelector(".editor-canvas").classList.add("is-empty");
}

async function open(viewer, xml, page, root) {
  const note = root.querySelector("#editor-note");
  const drawing = isDrawn(xml) ? xml : await laidOut(xml, page);
  const { warnings } = await viewer.importXML(drawing);
  if (drawing !== xml) note.querySelector("[data-text]").textContent = page.words.laid_out;
  else if (warnings.length) note.querySelector("[data-text]").textContent = told(page, "warned", { n: warnings.length, first: warnings[0].message });
  else return drawing;
  note.hidden = false;
  return drawing;
}

async function start() {
  const root = document.querySelector(".studio-editor");
  const page = JSON.parse(document.getElementById("editor-page").textContent);
  page.token = document.querySelector("meta[name=csrf-token]").content;
  speak(page.language);
  const store = draftStore(page);
  const paper = root.querySelector(".editor-paper");
  let draft;
  try {
    draft = await store.load();
  } catch (error) {
    return stop(root, told(page, "not_loaded", { reason: error.message }));
  }
  const { path } = page;
  const viewer = page.editable ? makeModeler(paper, root.querySelector("#properties"), page) : makeViewer(paper);
  try {
    await open(viewer, draft.files[path] ?? "", page, root);
  } catch (error) {
    stop(root, told(page, "not_opened", { reason: error.message }));
    startFindings({ page, store, viewer: { get: () => ({ get: () => null, forEach() {}, remove() {} }) }, path, box: root.querySelector("#findings") }).ask();
    return undefined;
  }
  look(viewer);
  startToolbar({ page, viewer, toolbar: root.querySelector("#editor-tools"), path });
  const findings = startFindings({ page, store, viewer, path, box: root.querySelector("#findings") });
  findings.ask();
  // other pages lead to an element: …/diagram#element=Task_1
  const lead = () => findings.jump(decodeURIComponent(/^#element=(.+)$/.exec(location.hash)?.[1] ?? ""));
  lead();
  window.addEventListener("hashchange", lead);
  if (page.editable) edit({ page, store, viewer, path, draft, root, findings });
  root.querySelectorAll("[data-keys]").forEach((button) => button.addEventListener("click", () => document.getElementById("editor-keys").showModal()));
  root.dataset.ready = "1";
  performance.mark("editor-ready");
  // for the tests, and for whoever looks for a text that is not translated
  root.untranslated = missed;
  root.editor = viewer;
  return undefined;
}

async function edit({ page, store, viewer, path, draft, root, findings }) {
  const state = document.getElementById("save-state");
  const read = async () => (await viewer.saveXML({ format: true })).xml;
  const tell = (name, values) => {
    state.dataset.state = name;
    state.querySelector("[data-text]").textContent = told(page, `state_${name}`, { at: new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" }), ...values });
  };
  const conflict = startConflict({
    page, store, path,
    dialog: document.getElementById("conflict"),
    notice: root.querySelector("#editor-others"),
    leave: () => autosave.stop(),
  });
  const autosave = startAutosave({
    store, path, read, tell,
    revision: draft.revision,
    // as the editor writes it: opening a file that another tool wrote differently changes nothing
    content: await read(),
    onSaved: () => {
      findings.ask();
      // forms and tables that the panel offers may have changed with it
      viewer.get("eventBus").fire("vocabulary.stale");
    },
    onConflict: conflict.collided,
    onOthers: (standing, isDirty) => conflict.others(standing, isDirty, autosave.save),
  });
  viewer.on("commandStack.changed", autosave.changed);
  viewer.on("import.done", findings.mark);
  root.autosave = autosave;
}

start();
