export { BpmnPropertiesProviderModule as default } from "bpmn-js-properties-panel";
