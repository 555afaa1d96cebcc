// The buttons above the canvas: each does what a key does as well, and says which.
function download(name, type, content) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}

export function startToolbar({ page, viewer, toolbar, path }) {
  const canvas = viewer.get("canvas");
  const actions = viewer.get("editorActions", false);
  const selection = viewer.get("selection");
  const trigger = (name, options) => actions?.isRegistered(name) && actions.trigger(name, options);
  const focusCanvas = () => canvas.focus?.();

  const acts = {
    undo: () => trigger("undo"),
    redo: () => trigger("redo"),
    find: () => trigger("find"),
    "zoom-in": () => canvas.zoom(canvas.zoom() * 1.25),
    "zoom-out": () => canvas.zoom(canvas.zoom() / 1.25),
    fit: () => canvas.zoom("fit-viewport", "auto"),
    minimap: () => viewer.get("minimap").toggle(),
    simulate: () => viewer.get("toggleMode").toggleMode(),
    panel: () => document.querySelector(".studio-editor").classList.toggle("without-panel"),
    bpmn: async () => download(path, "application/xml", (await viewer.saveXML({ format: true })).xml),
    svg: async () => download(path.replace(/\.bpmn$/, ".svg"), "image/svg+xml", (await viewer.saveSVG()).svg),
  };
  const align = (how) => how.startsWith("distribute-")
    ? viewer.get("distributeElements").trigger(selection.get(), how.slice("distribute-".length))
    : viewer.get("alignElements").trigger(selection.get(), how);

  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.disabled) return;
    if (button.dataset.act) acts[button.dataset.act]?.();
    if (button.dataset.align) align(button.dataset.align);
    button.closest("details")?.removeAttribute("open");
    if (["undo", "redo"].includes(button.dataset.act) || button.dataset.align) focusCanvas();
    reflect();
  });

  const press = (name, isOn) => toolbar.querySelector(`[data-act="${name}"]`)?.setAttribute("aria-pressed", String(isOn));
  const enable = (button, isOn) => {
    if (button) button.disabled = !isOn;
  };
  let isSimulating = false;

  function reflect() {
    const stack = viewer.get("commandStack", false);
    enable(toolbar.querySelector('[data-act="undo"]'), !isSimulating && stack?.canUndo());
    enable(toolbar.querySelector('[data-act="redo"]'), !isSimulating && stack?.canRedo());
    const chosen = selection.get().filter((element) => !element.waypoints && !element.labelTarget).length;
    toolbar.querySelectorAll("[data-align]").forEach((button) => enable(button, chosen >= (button.dataset.align.startsWith("distribute-") ? 3 : 2)));
    toolbar.querySelectorAll("[data-editing]").forEach((part) => part.classList.toggle("is-off", isSimulating));
    press("minimap", viewer.get("minimap").isOpen());
    press("simulate", isSimulating);
    press("panel", !document.querySelector(".studio-editor").classList.contains("without-panel"));
  }

  viewer.on(["commandStack.changed", "selection.changed", "minimap.toggle"], reflect);
  viewer.on("tokenSimulation.toggleMode", ({ active }) => {
    isSimulating = active;
    // the simulation's log stands where the overview does
    if (active) viewer.get("minimap").close();
    document.querySelector(".studio-editor").classList.toggle("is-simulating", active);
    reflect();
  });
  toolbar.hidden = false;
  reflect();
}
