// What bpmn-js's reader would drop without a word: tags of the namespace that the descriptor does not know, and the
// variables of a multi-instance activity, which BPMN calls references and SpiffWorkflow reads as names.
import { NAMESPACE } from "./descriptor.js";

const LOOP_NAMES = new Set(["bpmn:loopDataInputRef", "bpmn:loopDataOutputRef"]);

// Every tag that a file writes with a prefix of the namespace, and the attributes that it has there.
export function tagsOf(xml) {
  const prefixes = [...xml.matchAll(/xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']/g)].filter(([, , uri]) => uri === NAMESPACE);
  const tags = new Map();
  for (const prefix of new Set(prefixes.map(([, each]) => each))) {
    for (const [, tag, rest] of xml.matchAll(new RegExp(`<${prefix}:([\\w.-]+)([^<>]*)`, "g"))) {
      const names = [...rest.matchAll(/([\w.-]+)\s*=\s*["']/g)].map(([, name]) => name);
      tags.set(tag, new Set([...(tags.get(tag) || []), ...names]));
    }
  }
  return tags;
}

export function Foreign(eventBus, moddle) {
  eventBus.on("import.parse.start", ({ xml }) => keepTags(moddle, xml));
  eventBus.on("import.parse.complete", 2000, (event) => keepLoopNames(moddle, event));
}
Foreign.$inject = ["eventBus", "moddle"];

export function keepTags(moddle, xml) {
  const { registry } = moddle;
  const pkg = moddle.getPackage("spiffworkflow");
  for (const [tag, attributes] of tagsOf(xml)) {
    const name = tag[0].toUpperCase() + tag.slice(1);
    if (registry.typeMap[`spiffworkflow:${name}`]) continue;
    registry.registerType(
      {
        name,
        superClass: ["Element"],
        properties: [
          ...[...attributes].map((each) => ({ name: each, type: "String", isAttr: true })),
          { name: "textBody", type: "String", isBody: true },
          { name: "childElements", type: "Element", isMany: true },
        ],
      },
      pkg,
    );
  }
}

export function keepLoopNames(moddle, { references = [], elementsById = {}, warnings = [] }) {
  for (const { element, property, id } of references) {
    if (!LOOP_NAMES.has(property) || elementsById[id]) continue;
    element.set(property.replace("bpmn:", ""), moddle.create("bpmn:ItemAwareElement", { id }));
    const known = warnings.findIndex((warning) => warning.element === element && warning.property === property);
    if (known >= 0) warnings.splice(known, 1);
  }
}
