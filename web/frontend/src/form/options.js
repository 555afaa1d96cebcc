// What a choice offers: the office's lists, the form's own options, a variable, or an expression.
export const listOf = (field) => field.properties?.options || null;

const asOption = (option) => (option !== null && typeof option === "object" ? option : { label: String(option), value: option });

// null where the form does not know what may be chosen
export function optionsOf(field, { office, form, evaluate }) {
  const { data, initialData } = form._getState();
  const name = listOf(field) || (field.valuesKey === "units" ? "all_units" : null);
  if (name) {
    const listed = office.lists[name];
    if (!listed) return null;
    const accused = name === "units" ? data?.accused_units : null;
    return Array.isArray(accused) ? listed.filter(({ value }) => !accused.includes(value)) : listed;
  }
  if (Array.isArray(field.values)) return field.values.map(asOption);
  const found = field.valuesExpression ? evaluate(field.valuesExpression) : (initialData || {})[field.valuesKey];
  return Array.isArray(found) ? found.map(asOption) : null;
}
