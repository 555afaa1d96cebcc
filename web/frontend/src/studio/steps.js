// Without a mouse: "." and "," walk through the elements in the order of the flow, Escape lets go.
const left = (element) => element.x ?? Math.min(...element.waypoints.map(({ x }) => x));
const top = (element) => element.y ?? Math.min(...element.waypoints.map(({ y }) => y));

function Steps(eventBus, keyboard, elementRegistry, canvas, selection) {
  function walk(by) {
    const root = canvas.getRootElement();
    const all = elementRegistry
      .filter((each) => each.parent && !each.labelTarget && !each.waypoints && canvas.findRoot(each) === root)
      .sort((a, b) => left(a) - left(b) || top(a) - top(b));
    if (!all.length) return;
    const at = all.indexOf(selection.get()[0]);
    const next = all[(at + by + all.length) % all.length] ?? all[0];
    selection.select(at < 0 ? all[0] : next);
    canvas.scrollToElement(selection.get()[0], 100);
  }

  eventBus.on("keyboard.init", () =>
    keyboard.addListener(1500, ({ keyEvent }) => {
      if (keyboard.hasModifier(keyEvent)) return undefined;
      if (keyEvent.key === ".") return walk(1) ?? true;
      if (keyEvent.key === ",") return walk(-1) ?? true;
      return undefined;
    }),
  );
}
Steps.$inject = ["eventBus", "keyboard", "elementRegistry", "canvas", "selection"];

export const stepsModule = { __init__: ["steps"], steps: ["type", Steps] };
