// The editor of a draft's drawing: palette, properties, findings of the server, saved by itself.
import { isPlainKey, isTyping } from "./app/typing.js";
import { startAutosave } from "./studio/autosave.js";
import { startConflict } from "./studio/conflict.js";
import { startFindings } from "./studio/findings.js";
import { isDrawn, laidOut } from "./studio/layout.js";
import { makeModeler, makeViewer } from "./studio/modeler.js";
import { speakPanel } from "./studio/panel-words.js";
import { draftStore } from "./studio/store.js";
import { startToolbar } from "./studio/toolbar.js";
import { missed, speak, told } from "./studio/words.js";

const READABLE = 0.75;
const MOST_NAMED = 5;
const EDGE = { palette: 130, left: 20, top: 40 };
const NEAR = 400;
const WIDE = 1180;

// The whole drawing where it can be read so; else its beginning with the names of its lanes, clear of the palette.
function look(viewer) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() >= READABLE) return;
  const { outer, inner } = canvas.viewbox();
  const start = viewer.get("elementRegistry").find((element) => element.type === "bpmn:StartEvent") ?? inner;
  const edge = viewer.get("palette", false) ? EDGE.palette : EDGE.left;
  canvas.viewbox({
    x: (start.x - inner.x < NEAR ? inner.x : start.x) - edge / READABLE,
    y: Math.min(inner.y, start.y) - EDGE.top / READABLE,
    width: outer.width / READABLE,
    height: outer.height / READABLE,
  });
}

function stop(root, text) {
  const failed = root.querySelector("#editor-failed");
  failed.hidden = false;
  failed.querySelector("[data-text]").textContent = text;
  root.classList.add("is-broken");
}

// What the layouter left out stays in the file, undrawn.
function unplaced(viewer) {
  const registry = viewer.get("elementRegistry");
  const inside = (scope) => (scope.flowElements ?? []).flatMap((each) => [each, ...inside(each)]);
  const nodes = viewer.getDefinitions().rootElements.flatMap(inside).filter((each) => each.$instanceOf("bpmn:FlowNode"));
  return nodes.filter((each) => !registry.get(each.id)).map((each) => each.name || each.id);
}

async function open(viewer, xml, page, root) {
  const note = root.querySelector("#editor-note");
  const drawing = isDrawn(xml) ? xml : await laidOut(xml, page);
  const { warnings } = await viewer.importXML(drawing);
  if (drawing !== xml) {
    const left = unplaced(viewer);
    note.querySelector("[data-text]").textContent =
      page.words.laid_out + (left.length ? told(page, "unplaced", { names: left.slice(0, MOST_NAMED).join("、"), n: left.length }) : "");
    note.querySelector("[data-keep]").hidden = !page.editable;
  } else if (warnings.length) note.querySelector("[data-text]").textContent = told(page, "warned", { n: warnings.length, first: warnings[0].message });
  else return drawing;
  note.hidden = false;
  return drawing;
}

async function start() {
  const root = document.querySelector(".studio-editor");
  const page = JSON.parse(document.getElementById("editor-page").textContent);
  page.token = document.querySelector("meta[name=csrf-token]").content;
  speak(page.language);
  speakPanel(page.language);
  const store = draftStore(page);
  const paper = root.querySelector(".editor-paper");
  const { path, draft } = page;
  const viewer = (page.editable ? makeModeler : makeViewer)(paper, root.querySelector("#properties"), page);
  try {
    await open(viewer, draft.files[path] ?? "", page, root);
  } catch (error) {
    console.info(error);
    stop(root, page.words.not_opened);
    startFindings({ page, store, viewer: { get: () => ({ get: () => null, forEach() {}, remove() {} }) }, path, box: root.querySelector("#findings") }).ask();
    return undefined;
  }
  look(viewer);
  if (window.innerWidth > WIDE) viewer.get("minimap").open();
  if (window.innerWidth < 860) viewer.get("palette", false)?.close();
  // what starts the simulation is hidden on a drawing that is too small to read
  viewer.on("tokenSimulation.toggleMode", ({ active }) => active && viewer.get("canvas").zoom() < READABLE && look(viewer));
  startToolbar({ page, viewer, toolbar: root.querySelector("#editor-tools"), path });
  const findings = startFindings({ page, store, viewer, path, box: root.querySelector("#findings") });
  findings.ask();
  // other pages lead to an element: …/diagram#element=Task_1
  const lead = () => findings.jump(decodeURIComponent(/^#element=(.+)$/.exec(location.hash)?.[1] ?? ""));
  window.addEventListener("hashchange", lead);
  lead();
  if (page.editable) edit({ page, store, viewer, path, draft, root, findings });
  showKeys(root);
  root.dataset.ready = "1";
  performance.mark("editor-ready");
  // for the tests, and for whoever looks for a text that is not translated
  root.untranslated = missed;
  root.editor = viewer;
  return undefined;
}

// "?" shows the keys of the drawing here, not those of the lists.
function showKeys(root) {
  const keys = document.getElementById("editor-keys");
  if (!keys) return;
  root.querySelectorAll("[data-keys]").forEach((button) => button.addEventListener("click", () => keys.showModal()));
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "?" || isTyping(event.target) || !isPlainKey(event) || document.querySelector("dialog[open]")) return;
      event.stopImmediatePropagation();
      keys.showModal();
    },
    { capture: true },
  );
}

async function edit({ page, store, viewer, path, draft, root, findings }) {
  const state = document.getElementById("save-state");
  const read = async () => (await viewer.saveXML({ format: true })).xml;
  const tell = (name, values) => {
    state.dataset.state = name;
    state.querySelector("[data-text]").textContent = told(page, `state_${name}`, values);
  };
  if (page.lately) {
    const note = root.querySelector("#editor-lately");
    note.querySelector("[data-text]").textContent = told(page, "lately", page.lately);
    note.hidden = false;
  }
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
    content: isDrawn(draft.files[path]) ? await read() : "",
    onSaved: (text) => {
      findings.saved(text);
      // forms and tables that the panel offers may have changed with it
      viewer.get("eventBus").fire("vocabulary.stale");
    },
    onConflict: conflict.collided,
    onOthers: conflict.others,
  });
  viewer.on("commandStack.changed", () => {
    autosave.changed();
    findings.changed(read);
  });
  root.querySelector("[data-keep]")?.addEventListener("click", (event) => {
    event.currentTarget.parentElement.hidden = true;
    autosave.changed();
    autosave.save();
  });
  viewer.on("import.done", findings.mark);
  root.autosave = autosave;
}

start();
