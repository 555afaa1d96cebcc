// What Duban has instead of form-js's own: choices that are searched, files, and the rules of the server.
import { FileField } from "./files.jsx";
import { PickSelect, PickTags } from "./picker.jsx";
import { OfficeValidator } from "./validator.js";

class OfficeFields {
  constructor(formFields) {
    formFields.register("select", PickSelect);
    formFields.register("taglist", PickTags);
    formFields.register("filepicker", FileField);
  }
}
OfficeFields.$inject = ["formFields"];

export const officeModule = {
  __init__: ["officeFields"],
  officeFields: ["type", OfficeFields],
  validator: ["type", OfficeValidator],
};
