// Instead of form-js's `validator`: the rules of engine/kernel/forms_fields.py, so that browser and server agree.
import Big from "big.js";
import { buildExpressionContext } from "@bpmn-io/form-js-viewer";
import { CHECKS, PHONE, exists } from "./numbers.js";
import { optionsOf } from "./options.js";
import { fill } from "./texts.js";

const MOST_TEXT = 20000;
const MOST_CHOSEN = 200;
const MOST_DIGITS = 15;
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u{d800}-\u{dfff}]/u;
// what comes along from an address book or a chat when one copies
const UNSEEN = /[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
const EMAIL = /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9-]{1,63}(\.[a-zA-Z0-9-]{1,63}){0,8}$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const TIME = "([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,6})?)?(Z|[+-]\\d\\d:\\d\\d)?";
const SHAPES = {
  date: /^\d{4}-\d\d-\d\d$/,
  time: new RegExp(`^${TIME}$`),
  datetime: new RegExp(`^\\d{4}-\\d\\d-\\d\\dT${TIME}$`),
};

class Refused extends Error {
  constructor(text, values) {
    super(text);
    this.values = values;
  }
}
const refuse = (text, values) => {
  throw new Refused(text, values);
};
const isNothing = (value) => value === null || value === undefined || value === "";

function text(field, written, { limit, office }) {
  if (written === null || written === undefined) return null;
  if (typeof written !== "string") refuse("not_text");
  const raw = written.replace(UNSEEN, "");
  const most = Math.min(limit("maxLength") ?? MOST_TEXT, MOST_TEXT);
  if ([...raw].length > most) refuse("too_long", { most, count: [...raw].length });
  if (CONTROL.test(raw)) refuse("control");
  const trimmed = raw.trim();
  if (!trimmed) return null;
  const least = limit("minLength");
  if (least !== null && [...trimmed].length < least) refuse("too_short", { least, count: [...trimmed].length });
  const kind = field.validate?.validationType;
  if (kind === "email" && !EMAIL.test(trimmed)) refuse("email");
  if (kind === "phone" && !PHONE.test(trimmed)) refuse("phone");
  const check = CHECKS[field.properties?.check];
  const checked = check ? check(trimmed, office.today) : trimmed;
  return typeof checked === "string" ? checked : refuse(checked.text, checked.values);
}

function number(field, raw, { limit }) {
  if (isNothing(raw)) return null;
  const written = String(raw).trim();
  if (typeof raw === "string" && raw.length > 40) refuse("too_large");
  if (!["string", "number"].includes(typeof raw) || !NUMBER.test(written)) refuse("not_number");
  const value = new Big(written.replace(/^\+/, "").replace(/\.(?=$|[eE])/, "").replace(/^(-?)\./, "$10."));
  if (value.e >= MOST_DIGITS) refuse("too_large");
  const digits = field.decimalDigits;
  if (Number.isInteger(digits) && !value.round(digits).eq(value)) refuse(digits === 0 ? "whole" : "digits", { digits });
  const [least, most] = [limit("min"), limit("max")];
  if (least !== null && value.lt(least)) refuse("min", { limit: least });
  if (most !== null && value.gt(most)) refuse("max", { limit: most });
  const step = NUMBER.test(String(field.increment ?? "")) ? new Big(field.increment) : null;
  if (step && !step.eq(0) && !value.mod(step).eq(0)) refuse("multiple", { step });
  return value;
}

function moment(field, raw, { office }) {
  if (isNothing(raw)) return null;
  if (typeof raw !== "string" || !SHAPES[field.subtype].test(raw)) refuse("bad_date");
  if (field.subtype !== "time") {
    if (!exists(raw.slice(0, 10))) refuse("bad_date");
    if (field.disallowPassedDates && dayOf(raw, office.zone) < office.today) refuse("past", { today: office.today });
  }
  return raw;
}

function dayOf(raw, zone) {
  if (!/T.*(Z|[+-]\d\d:\d\d)$/.test(raw)) return raw.slice(0, 10);
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(raw));
}

function option(raw, offered) {
  if (offered) return offered.some(({ value }) => value === raw) ? raw : refuse("not_option");
  const isPlain = ["string", "number", "boolean"].includes(typeof raw);
  return isPlain && String(raw).length <= 200 && !CONTROL.test(String(raw)) ? raw : refuse("not_option");
}

function several(raw, offered) {
  if (raw === null || raw === undefined) return [];
  if (!Array.isArray(raw)) refuse("not_option");
  if (raw.length > MOST_CHOSEN) refuse("too_many", { most: MOST_CHOSEN });
  return raw.map((each) => option(each, offered));
}

export function suffixesOf(field) {
  return String(field.accept || "").split(",").map((part) => part.trim().toLowerCase()).filter((part) => part.startsWith("."));
}

export const mostFiles = (field) => (field.multiple ? 20 : 1);

function files(field, raw) {
  if (isNothing(raw)) return [];
  const isEntry = (entry) => typeof entry?.name === "string" && (typeof entry.id === "string") !== Number.isInteger(entry.upload);
  if (!Array.isArray(raw) || !raw.every(isEntry)) refuse("files_bad");
  const most = mostFiles(field);
  if (raw.length > most) refuse("files_most", { most, count: raw.length });
  const types = suffixesOf(field);
  const wrong = raw.find(({ name }) => types.length && !types.some((type) => name.toLowerCase().endsWith(type)));
  if (wrong) refuse("files_type", { name: wrong.name, types: types.join("、") });
  return raw;
}

function converted(field, raw, rules) {
  switch (field.type) {
    case "textfield":
    case "textarea":
      return text(field, raw, rules);
    case "number":
      return number(field, raw, rules);
    case "datetime":
      return moment(field, raw, rules);
    case "checkbox":
      return raw === true;
    case "radio":
    case "select":
      return isNothing(raw) ? null : option(raw, rules.offered());
    case "checklist":
    case "taglist":
      return several(raw, rules.offered());
    case "filepicker":
      return files(field, raw);
    default:
      return undefined;
  }
}

const CHOSEN = new Set(["radio", "select", "checklist", "taglist", "datetime"]);

function required(field, value) {
  if (field.validate?.required !== true || !(isNothing(value) || value === false || value.length === 0)) return;
  if (field.type === "checkbox") refuse("required_check");
  if (field.type === "filepicker") refuse("required_file");
  refuse(CHOSEN.has(field.type) ? "required_choice" : "required_text");
}

export class OfficeValidator {
  constructor(expressionLanguage, formFieldRegistry, form, office) {
    this._feel = expressionLanguage;
    this._fields = formFieldRegistry;
    this._form = form;
    this._office = office;
  }

  validateField(field, value) {
    return this._check(field, value, {});
  }

  validateFieldInstance({ id, expressionContextInfo }, value) {
    const field = this._fields.get(id);
    return field ? this._check(field, value, expressionContextInfo) : [];
  }

  _check(field, raw, context) {
    const known = buildExpressionContext(context);
    const evaluate = (written) => (this._feel.isExpression(written) ? this._feel.evaluate(written, known) : written);
    if (field.disabled || this._isReadonly(field, known) || field.type === "expression") return [];
    const limit = (name) => {
      const found = evaluate(field.validate?.[name]);
      return NUMBER.test(String(found ?? "").trim()) ? Number(found) : null;
    };
    const offered = () => optionsOf(field, { office: this._office, form: this._form, evaluate });
    try {
      const value = converted(field, raw, { limit, offered, office: this._office });
      if (value === undefined) return [];
      required(field, value);
      const { pattern, patternErrorMessage } = field.validate || {};
      if (pattern && typeof value === "string" && !new RegExp(pattern).test(value)) {
        return [patternErrorMessage || fill(this._office.texts.pattern, { pattern })];
      }
      return [];
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      return [fill(this._office.texts[refused.message], refused.values)];
    }
  }

  _isReadonly(field, known) {
    const { readonly } = field;
    return this._feel.isExpression(readonly) ? this._feel.evaluateUnaryTest(readonly, known) === true : Boolean(readonly);
  }
}
OfficeValidator.$inject = ["expressionLanguage", "formFieldRegistry", "form", "config.office"];
