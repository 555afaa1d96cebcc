// A file of a draft in its editor: loaded, saved by itself, compared with what the server finds. As for the diagram.
import { startAutosave } from "../studio/autosave.js";
import { startConflict } from "../studio/conflict.js";
import { startFindings } from "../studio/findings.js";
import { draftStore } from "../studio/store.js";
import { told } from "../studio/words.js";

export function readPage() {
  const page = JSON.parse(document.getElementById("files-page").textContent);
  page.token = document.querySelector("meta[name=csrf-token]").content;
  return page;
}

export function stop(root, text) {
  const failed = root.querySelector("#editor-failed");
  failed.hidden = false;
  failed.querySelector("[data-text]").textContent = text;
  root.dataset.ready = "failed";
}

// `nameOf` says what an element of the file is called (null: not here), `select` leads to it.
function asViewer({ nameOf, select }) {
  const named = (id) => {
    const name = nameOf(id);
    return name === null ? null : { id, businessObject: { name } };
  };
  const services = {
    elementRegistry: { get: named, forEach() {} },
    canvas: { getRootElement: () => null, scrollToElement() {}, addMarker() {}, removeMarker() {} },
    overlays: { add() {}, remove() {} },
    selection: { select: ({ id }) => select(id) },
  };
  return { get: (name) => services[name] };
}

export function showFindings({ page, store, nameOf = () => null, select = () => {} }) {
  const own = {
    ...store,
    findings: async (path, text) => {
      const answer = await store.findings(path, text);
      return { ...answer, findings: answer.findings.filter((each) => each.path === page.path) };
    },
  };
  const box = document.getElementById("findings");
  return startFindings({ page, store: own, viewer: asViewer({ nameOf, select }), path: page.path, box });
}

// The page brings the file as it is stored, and the revision that was seen.
export const openDraft = (page) => ({ store: draftStore(page), draft: { revision: page.revision, content: page.content } });

export function keepSaved({ page, store, draft, root, read, content, findings }) {
  const state = document.getElementById("save-state");
  const tell = (name, values) => {
    state.dataset.state = name;
    state.querySelector("[data-text]").textContent = told(page, `state_${name}`, values);
  };
  const conflict = startConflict({
    page,
    store,
    path: page.path,
    dialog: document.getElementById("conflict"),
    notice: root.querySelector("#editor-others"),
    leave: () => autosave.stop(),
  });
  const autosave = startAutosave({
    store,
    path: page.path,
    read,
    tell,
    revision: draft.revision,
    content,
    onSaved: findings.saved,
    onConflict: conflict.collided,
    onOthers: conflict.others,
  });
  const changed = () => {
    autosave.changed();
    findings.changed(read);
  };
  return { ...autosave, changed };
}

// Undo and redo, by button and by key wherever no field has the keys.
export function startHistory({ root, undo, redo, can }) {
  const acts = { undo, redo };
  const buttons = [...root.querySelectorAll("[data-act]")].filter(({ dataset }) => dataset.act in acts);
  const refresh = () => buttons.forEach((button) => (button.disabled = !can(button.dataset.act)));
  buttons.forEach((button) =>
    button.addEventListener("click", () => {
      acts[button.dataset.act]();
      refresh();
    }),
  );
  refresh();
  return refresh;
}
