// Copy in one diagram, paste in another: what is copied lies in the browser's own storage, as text.
const KEY = "duban_studio_clipboard";

// Elements of the metamodel become elements again; what is already one, or plain, stays.
function reviver(moddle) {
  const made = {};
  return (key, value) => {
    if (value === null || typeof value !== "object" || typeof value.$type !== "string") return value;
    if (value.id && made[value.id]) return made[value.id];
    const { $type: type, $instanceOf: _known, ...attributes } = value;
    const element = type.includes(":") && !moddle.registry.typeMap[type] ? moddle.createAny(type, value.$namespace ?? "", attributes) : moddle.create(type, attributes);
    if (value.id) made[value.id] = element;
    return element;
  };
}

function SharedClipboard(eventBus, moddle) {
  let own;
  let written;

  this.get = () => {
    const kept = localStorage.getItem(KEY);
    if (!kept || kept === written) return own;
    return JSON.parse(kept, reviver(moddle));
  };
  this.set = (tree) => {
    own = tree;
    try {
      written = JSON.stringify(tree);
      localStorage.setItem(KEY, written);
    } catch {
      // no room in the storage, or none at all: it can still be pasted here
      written = localStorage.getItem(KEY);
    }
  };
  this.clear = () => {
    const had = this.get();
    own = undefined;
    written = undefined;
    localStorage.removeItem(KEY);
    return had;
  };
  this.isEmpty = () => !own && !localStorage.getItem(KEY);
}
SharedClipboard.$inject = ["eventBus", "moddle"];

export const clipboardModule = { clipboard: ["type", SharedClipboard] };
