// Who may do it: by lane, by role and unit, or one person.
import { businessOf, propertyOf } from "../extensions.js";
import { choice, feel, groupOf, is, isWork, named, property } from "../group.js";

export function workGroup(element, context) {
  const { translate: t, vocabulary } = context;
  const isLane = is(element, "bpmn:Lane");
  const isStart = is(element, "bpmn:StartEvent") && is(businessOf(element).$parent, "bpmn:Process");
  if (!isLane && !isStart && !isWork(element)) return null;
  const { roles, units } = vocabulary.current;
  const lane = isLane ? null : laneOf(element, context.registry);
  const from = (name) => {
    const inherited = lane && propertyOf(lane, name);
    if (!inherited || propertyOf(element, name)) return "";
    const known = roles.find(({ id }) => name === "role" && id === inherited);
    return t("From the lane “{lane}”: {value}", { lane: lane.businessObject.name || lane.id, value: known ? `${known.name} ${inherited}` : inherited });
  };
  return groupOf(
    "work",
    isStart ? t("Who may start it") : t("Who does it"),
    [
      choice("role", {
        label: t("Role"),
        help: t("Whoever holds this role in the unit may do it. Left empty, the lane decides."),
        note: () => from("role"),
        options: named(roles),
        ...property(element, context, "role"),
      }),
      isStart
        ? null
        : feel("unit", {
            label: t("Unit"),
            help: t("FEEL that yields the code of a unit, such as case_unit or resp_unit. Left empty: the lane's, else the unit that keeps the case."),
            note: from("unit"),
            texts: () => units,
            ...property(element, context, "unit"),
          }),
    ],
    { open: true, translate: t },
  );
}

// What is known only while the case runs.
export function assigningGroup(element, context) {
  if (!isWork(element)) return null;
  const { translate: t, vocabulary } = context;
  const { roles } = vocabulary.current;
  return groupOf(
    "assigning",
    t("Decided while the case runs"),
    [
      feel("assignee", {
        label: t("Given to one person"),
        help: t("FEEL that yields a person's id, such as signed_by. That person has the task at once."),
        ...property(element, context, "assignee"),
      }),
      feel("role-from", {
        label: t("Role from a variable"),
        help: t("FEEL that yields a role where it is known only while the case runs. Null: the role above."),
        texts: () => roles,
        ...property(element, context, "role_from"),
      }),
      feel("name-from", {
        label: t("Name from a variable"),
        help: t("FEEL that yields the task's name where it is known only while the case runs. Null: the element's name."),
        ...property(element, context, "name_from"),
      }),
    ],
    { translate: t },
  );
}

// The innermost lane that the element, or the subprocess around it, stands in.
function laneOf(element, registry) {
  const lanes = registry.filter((each) => is(each, "bpmn:Lane") && !each.labelTarget);
  for (let each = businessOf(element); each && !is(each, "bpmn:Process"); each = each.$parent) {
    const around = lanes.filter((lane) => lane.businessObject.flowNodeRef?.includes(each));
    if (around.length) return around.find((lane) => !around.some((other) => other.parent === lane)) || around[0];
  }
  return null;
}
