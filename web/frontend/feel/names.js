// Which variables an expression reads. `names` are those that must exist; `reads` adds the bare names inside filters,
// which may be variables or entries of the filtered items.
import { builtins } from "@bpmn-io/feelin";

const VOLATILE = new Set(["now", "today"]);

function children(node) {
  const found = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

class Walk {
  constructor(text) {
    this.text = text;
    this.names = new Set();
    this.reads = new Set();
    this.volatile = false;
  }

  textOf(node) {
    return this.text.slice(node.from, node.to).replace(/\s+/g, " ");
  }

  visit(node, scope, isFilter) {
    const special = this[node.name];
    if (special) special.call(this, node, scope, isFilter);
    else children(node).forEach((child) => this.visit(child, scope, isFilter));
  }

  VariableName(node, scope, isFilter) {
    const name = this.textOf(node);
    if (scope.has(name)) return;
    if (Object.hasOwn(builtins, name)) {
      this.volatile ||= VOLATILE.has(name);
      return;
    }
    this.reads.add(name);
    if (!isFilter) this.names.add(name);
  }

  PathExpression(node, scope, isFilter) {
    this.visit(node.firstChild, scope, isFilter);
  }

  Type() {}

  NamedParameter(node, scope, isFilter) {
    this.visit(node.lastChild, scope, isFilter);
  }

  FilterExpression(node, scope, isFilter) {
    const [target, , ...rest] = children(node);
    this.visit(target, scope, isFilter);
    const inner = new Set([...scope, "item"]);
    rest.forEach((child) => this.visit(child, inner, true));
  }

  ForExpression(node, scope, isFilter) {
    this.iteration(node, new Set([...scope, "partial"]), isFilter);
  }

  QuantifiedExpression(node, scope, isFilter) {
    this.iteration(node, new Set(scope), isFilter);
  }

  iteration(node, scope, isFilter) {
    for (const child of children(node)) {
      if (child.name !== "InExpressions") this.visit(child, scope, isFilter);
      else children(child).forEach((each) => this.binding(each, scope, isFilter));
    }
  }

  binding(node, scope, isFilter) {
    this.visit(node.lastChild, scope, isFilter);
    scope.add(this.textOf(node.firstChild));
  }

  Context(node, scope, isFilter) {
    const inner = new Set(scope);
    for (const entry of children(node).filter((child) => child.name === "ContextEntry")) {
      this.visit(entry.lastChild, inner, isFilter);
      const key = this.textOf(entry.firstChild);
      inner.add(key.startsWith('"') ? JSON.parse(key) : key);
    }
  }

  FunctionDefinition(node, scope, isFilter) {
    const inner = new Set(scope);
    for (const child of children(node)) {
      if (child.name === "FormalParameters") children(child).forEach((each) => inner.add(this.textOf(each.firstChild)));
      else if (child.name === "FunctionBody") this.visit(child, inner, isFilter);
    }
  }
}

export function describeTree(tree, text) {
  const walk = new Walk(text);
  walk.visit(tree.topNode, new Set(), false);
  const only = tree.topNode.name === "Expression" && tree.topNode.firstChild;
  return {
    names: [...walk.names],
    reads: [...walk.reads],
    volatile: walk.volatile,
    variable: only && only.name === "VariableName" && walk.names.size === 1 ? [...walk.names][0] : null,
  };
}
