// The properties panel of the studio: modules and moddle extensions for bpmn-js's Modeler.
//   const { additionalModules, moddleExtensions } = propertiesModules({ vocabulary, translate });
// `vocabulary`: the JSON of /studio/vocabulary.json, or its address; fire `vocabulary.stale` on the event bus after a
// save and it is fetched again. `translate` is bpmn-js's: (template, replacements) => text; without it the Modeler's own.
// The modeler needs `propertiesPanel: { parent }`.
import { BpmnPropertiesPanelModule } from "bpmn-js-properties-panel";
import { descriptor } from "./descriptor.js";
import { Writer } from "./extensions.js";
import { Following } from "./following.js";
import { Foreign } from "./foreign.js";
import { BpmnModule, Provider } from "./provider.js";
import { Vocabulary } from "./vocabulary.js";

export { zh } from "./zh.js";

export function propertiesModules({ vocabulary = {}, translate } = {}) {
  const ours = {
    __init__: ["dubanProperties", "dubanForeign", "dubanFollowing"],
    dubanFollowing: ["type", Following],
    dubanForeign: ["type", Foreign],
    dubanVocabulary: ["factory", Object.assign((eventBus) => new Vocabulary(vocabulary, eventBus), { $inject: ["eventBus"] })],
    dubanWriter: ["type", Writer],
    dubanProperties: ["type", Provider],
    ...(translate ? { translate: ["value", translate] } : {}),
  };
  return { additionalModules: [BpmnPropertiesPanelModule, BpmnModule, ours], moddleExtensions: { spiffworkflow: descriptor } };
}
