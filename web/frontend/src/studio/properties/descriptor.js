// SpiffWorkflow's extension elements as Duban reads them (docs/reference/diagrams.md), for bpmn-js's reader and writer.
// What is not named here but stands in the namespace is kept as it is: see foreign.js.
const attribute = (name) => ({ name, type: "String", isAttr: true });
const body = (name, ...allowedIn) => ({
  name,
  superClass: ["Element"],
  properties: [{ name: "value", type: "String", isBody: true }],
  ...(allowedIn.length ? { meta: { allowedIn } } : {}),
});

export const NAMESPACE = "http://spiffworkflow.org/bpmn/schema/1.0/core";

export const descriptor = {
  name: "SpiffWorkflow",
  prefix: "spiffworkflow",
  uri: NAMESPACE,
  xml: { tagAlias: "lowerCase" },
  associations: [],
  types: [
    { name: "Properties", superClass: ["Element"], properties: [{ name: "properties", type: "Property", isMany: true }] },
    { name: "Property", superClass: ["Element"], properties: [attribute("name"), attribute("value")] },
    {
      name: "ServiceTaskOperator",
      superClass: ["Element"],
      properties: [attribute("id"), attribute("resultVariable"), { name: "parameterList", type: "Parameters" }],
    },
    { name: "Parameters", superClass: ["Element"], properties: [{ name: "parameters", type: "Parameter", isMany: true }] },
    { name: "Parameter", superClass: ["Element"], properties: [attribute("id"), attribute("type"), attribute("value")] },
    body("PreScript"),
    body("PostScript"),
    body("CalledDecisionId"),
    body("MessagePayload"),
    body("MessageVariable"),
    body("InstructionsForEndUser"),
  ],
};
