// Duban's groups beside BPMN's own (name, id, documentation, errors, signals, links, escalations of an event).
import BpmnModule from "./bpmn-groups.js";
import { actionGroup } from "./groups/action.js";
import { calledGroup, decisionGroup } from "./groups/called.js";
import { conditionGroup } from "./groups/condition.js";
import { deadlineGroup } from "./groups/deadline.js";
import { accessGroup, formGroup } from "./groups/form.js";
import { loopGroup, returningGroup } from "./groups/loop.js";
import { messageGroup, startGroup } from "./groups/message.js";
import { otherGroup } from "./groups/other.js";
import { papersGroup } from "./groups/papers.js";
import { scriptGroup } from "./groups/script.js";
import { timerGroup } from "./groups/timer.js";
import { assigningGroup, workGroup } from "./groups/work.js";

export { BpmnModule };

const GROUPS = [
  workGroup, formGroup, accessGroup, deadlineGroup, timerGroup, papersGroup, actionGroup, decisionGroup, calledGroup,
  conditionGroup, assigningGroup, startGroup, messageGroup, loopGroup, scriptGroup, returningGroup, otherGroup,
];
// Groups of BPMN's own provider that ours replace.
const REPLACED = new Set(["timer", "multiInstance", "adHocCompletion"]);
const LAST = 400;

export class Provider {
  constructor(propertiesPanel, injector) {
    this._injector = injector;
    propertiesPanel.registerProvider(LAST, this);
  }

  getGroups(element) {
    return (groups) => {
      const context = this._context(element);
      const ours = GROUPS.map((group) => group(element, context)).filter(Boolean);
      const { translate } = context;
      const theirs = groups.filter(({ id }) => !REPLACED.has(id)).map((group) => ({ translate, ...group }));
      const first = theirs.filter(({ id }) => id === "general");
      return [...first, ...ours, ...theirs.filter(({ id }) => id !== "general")];
    };
  }

  _context(element) {
    const get = (name) => this._injector.get(name);
    return {
      translate: get("translate"),
      vocabulary: get("dubanVocabulary"),
      writer: get("dubanWriter"),
      registry: get("elementRegistry"),
      select: (id) => {
        const found = get("elementRegistry").get(id);
        if (!found) return;
        get("selection").select(found);
        get("canvas").scrollToElement(found);
      },
      modeling: get("modeling"),
      factory: get("elementFactory"),
      element,
      shown: new Set(),
    };
  }
}
Provider.$inject = ["propertiesPanel", "injector"];
