// For those who look: the properties show all that they show to who edits, and nothing can be changed.
const FIELDS = new Set(["input", "textarea", "select"]);
const WALKING = /^(?:Tab|Arrow|Home|End|Page|Shift|Escape)/;
const PRESSED = new Set(["checkbox", "radio", "range", "file"]);

// `options`: those of the panel's own Preact. What is written can be selected and copied.
export function lockFields(options) {
  const before = options.vnode;
  options.vnode = (vnode) => {
    before?.(vnode);
    if (!FIELDS.has(vnode.type)) return;
    const { props } = vnode;
    if (vnode.type === "select" || PRESSED.has(props.type)) props.disabled = true;
    else props.readOnly = true;
  };
}

// Whatever still asks for a change is not heard.
export function lockCommands(commandStack) {
  commandStack.execute = () => undefined;
  commandStack.canExecute = () => false;
}

// A code editor has no field to lock: it takes keys that walk and copy.
export function lockTyping(container) {
  const stop = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  ["beforeinput", "paste", "cut", "drop"].forEach((name) => container.addEventListener(name, stop, { capture: true }));
  const isHarmless = ({ key, ctrlKey, metaKey }) => WALKING.test(key) || ((ctrlKey || metaKey) && "acAC".includes(key));
  const hear = (event) => event.target.closest?.(".cm-content") && !isHarmless(event) && stop(event);
  container.addEventListener("keydown", hear, { capture: true });
}

// A viewer of drawings keeps no record of ids; the panel asks for one, and here none is given.
const NO_IDS = { assigned: () => undefined, nextPrefixed: (prefix) => prefix, claim() {}, unclaim() {} };

function Reading(commandStack, moddle) {
  lockCommands(commandStack);
  moddle.ids = NO_IDS;
}
Reading.$inject = ["commandStack", "moddle"];

export const readingModule = { __init__: ["reading"], reading: ["type", Reading], dubanReading: ["value", true] };
