// A form's `pattern` is an ordinary regular expression of the browser, unlike FEEL's own matches(), which is Unicode-strict.
import { builtins } from "@bpmn-io/feelin";
import { Fault } from "./rules.js";

builtins["fits pattern"] = Object.assign(
  (text, pattern) => {
    let expression;
    try {
      expression = new RegExp(pattern);
    } catch {
      throw new Fault("pattern", pattern);
    }
    return expression.test(text);
  },
  { $args: ["text", "pattern"] },
);
