// What a form may hold here: other names, and no component that the server refuses (it would load from elsewhere).
const REFUSED = ["iframe", "html", "documentPreview"];

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
        // a new field is called by its type's name, in the office's words
        config.create = (options = {}, isNew) => {
          const made = create(options, isNew);
          return made.label === english && options.label === undefined ? { ...made, label: name } : made;
        };
      });
    }
  }
  OfficeTypes.$inject = ["formFields"];
  return { __init__: ["officeTypes"], officeTypes: ["type", OfficeTypes] };
}
