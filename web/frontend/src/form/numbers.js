// Numbers that people and organisations bear: the rules of engine/kernel/forms_numbers.py.
// Each gives the number as it is kept, or what is wrong: the name of a text and its values.
const CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CREDIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const PROVINCE = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])$/;
export const PHONE = /^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|(\+|00)[1-9]\d{6,18})$/;
const MOBILE = /^((\+|00)?86)?(1[3-9]\d{9})$/;

const bad = (text, values) => ({ text, values });
const compact = (text) => text.replace(/[\s-]+/g, "").toUpperCase();

export function exists(day) {
  const [year, month, date] = day.split("-").map(Number);
  if (year < 1) return false;
  const found = new Date(Date.UTC(2000, month - 1, date));
  found.setUTCFullYear(year, month - 1, date);
  return found.getUTCFullYear() === year && found.getUTCMonth() === month - 1 && found.getUTCDate() === date;
}

function residentId(text, today) {
  const number = compact(text);
  if (!/^\d{17}[\dX]$/.test(number)) return bad("id_shape", { count: [...number].length });
  const born = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  if (!PROVINCE.test(number.slice(0, 2)) || !exists(born) || born < "1850-01-01" || born > today) return bad("id_parts");
  const sum = ID_WEIGHTS.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
  return "10X98765432"[sum % 11] === number[17] ? number : bad("id_check");
}

function creditCode(text) {
  const code = compact(text);
  if (!/^[0-9A-HJ-NP-RTUW-Y]{2}\d{6}[0-9A-HJ-NP-RTUW-Y]{10}$/.test(code)) {
    return bad("credit_shape", { count: [...code].length });
  }
  const sum = CREDIT_WEIGHTS.reduce((total, weight, i) => total + weight * CREDIT.indexOf(code[i]), 0);
  return CREDIT[(31 - (sum % 31)) % 31] === code[17] ? code : bad("credit_check");
}

function mobile(text) {
  const found = MOBILE.exec(text.replace(/[\s-]+/g, ""));
  return found ? found[3] : bad("mobile");
}

const phone = (text) => (PHONE.test(text) ? text : bad("phone"));

export const CHECKS = {
  resident_id: residentId,
  id_number: residentId,
  credit_code: creditCode,
  uscc: creditCode,
  mobile,
  phone,
};
