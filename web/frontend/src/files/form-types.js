// What a form may hold here: other names, and no component that the server refuses (it would load from elsewhere).
const REFUSED = ["iframe", "html", "documentPreview"];
// with what a new text and a new table begin
const NEW_TEXT = "# Text";

export function officeTypes(words) {
  class OfficeTypes {
    constructor(formFields) {
      const known = formFields._formFields;
      REFUSED.forEach((type) => delete known[type]);
      Object.values(known).forEach((field) => {
        const { config } = field;
        const english = config.name || config.label;
        const name = words.name(english);
        if (!english || name === english) return;
        const create = config.create;
        config.name = name;
        if (config.label === english) config.label = name;
        // a new field is called by its type's name, in the office's words
        config.create = (options = {}, isNew) => {
          const made = { ...create(options, isNew) };
          if (made.label === english && options.label === undefined) made.label = name;
          if (made.text === NEW_TEXT && options.text === undefined) made.text = name;
          if (made.columns && options.columns === undefined) made.columns = made.columns.map((column) => ({ ...column, label: words.word(column.label) }));
          return made;
        };
      });
    }
  }
  OfficeTypes.$inject = ["formFields"];
  return { __init__: ["officeTypes"], officeTypes: ["type", OfficeTypes] };
}
