// Reads and writes the extensions of an element. A change is one command: it is undone and redone as a whole.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil.js";

export const businessOf = (element) => getBusinessObject(element);

const values = (element) => businessOf(element).get("extensionElements")?.get("values") || [];
const held = (element, type) => values(element).find((each) => is(each, type));

export function propertiesOf(element) {
  const list = held(element, "spiffworkflow:Properties")?.get("properties") || [];
  return Object.fromEntries(list.map((each) => [each.name, each.value || ""]));
}

export const propertyOf = (element, name) => propertiesOf(element)[name] ?? "";

export const textOf = (element, type) => (held(element, type)?.get("value") || "").trim();

export function operatorOf(element) {
  const operator = held(element, "spiffworkflow:ServiceTaskOperator");
  const list = operator?.get("parameterList")?.get("parameters") || [];
  return {
    action: operator?.get("id") || "",
    result: operator?.get("resultVariable") || "",
    params: Object.fromEntries(list.map((each) => [each.id, each.value || ""])),
  };
}

// Writes and creates through the modeler: every function is one step of the undo stack.
export class Writer {
  constructor(bpmnFactory, modeling) {
    this._factory = bpmnFactory;
    this._modeling = modeling;
  }

  // null or "" removes.
  property(element, name, value) {
    this.properties(element, { [name]: value });
  }

  properties(element, changes) {
    const old = held(element, "spiffworkflow:Properties");
    const kept = (old?.get("properties") || []).filter((each) => !(each.name in changes) || given(changes[each.name]));
    const list = kept.map((each) => (each.name in changes ? this._property(each.name, changes[each.name]) : each));
    for (const [name, value] of Object.entries(changes)) {
      if (given(value) && !kept.some((each) => each.name === name)) list.push(this._property(name, value));
    }
    const fresh = list.length ? this._with("spiffworkflow:Properties", "properties", list) : null;
    this._replace(element, old, fresh, true);
  }

  text(element, type, value) {
    const fresh = given(value) ? this._factory.create(type, { value }) : null;
    this._replace(element, held(element, type), fresh);
  }

  operator(element, { action, result, params }) {
    const list = Object.entries(params)
      .filter(([, value]) => given(value))
      .map(([id, value]) => this._factory.create("spiffworkflow:Parameter", { id, type: "any", value }));
    const attributes = { id: action, ...(given(result) ? { resultVariable: result } : {}) };
    const fresh = this._factory.create("spiffworkflow:ServiceTaskOperator", attributes);
    if (list.length) {
      fresh.parameterList = this._with("spiffworkflow:Parameters", "parameters", list);
      fresh.parameterList.$parent = fresh;
    }
    this._replace(element, held(element, "spiffworkflow:ServiceTaskOperator"), given(action) ? fresh : null);
  }

  attributes(element, attributes) {
    this._modeling.updateProperties(element, attributes);
  }

  // Of an object inside of the element: an event definition, loop characteristics.
  inner(element, object, attributes) {
    this._modeling.updateModdleProperties(element, object, attributes);
  }

  expression(text, parent) {
    return given(text) ? this._owned("bpmn:FormalExpression", { body: text }, parent) : undefined;
  }

  create(type, attributes, parent) {
    return this._owned(type, attributes, parent);
  }

  _property(name, value) {
    return this._factory.create("spiffworkflow:Property", { name, value });
  }

  _with(type, key, list) {
    const owner = this._factory.create(type, { [key]: list });
    list.forEach((each) => (each.$parent = owner));
    return owner;
  }

  _owned(type, attributes, parent) {
    const made = this._factory.create(type, attributes);
    made.$parent = parent;
    return made;
  }

  // What stood in its place keeps it; what is new comes last, or first where the others are read after it.
  _replace(element, old, fresh, isFirst = false) {
    const rest = values(element);
    let list;
    if (old && fresh) list = rest.map((each) => (each === old ? fresh : each));
    else if (old) list = rest.filter((each) => each !== old);
    else if (fresh) list = isFirst ? [fresh, ...rest] : [...rest, fresh];
    else return;
    const holder = list.length ? this._with("bpmn:ExtensionElements", "values", list) : undefined;
    if (holder) holder.$parent = businessOf(element);
    this._modeling.updateProperties(element, { extensionElements: holder });
  }
}
Writer.$inject = ["bpmnFactory", "modeling"];

const given = (value) => value !== undefined && value !== null && value !== "";
