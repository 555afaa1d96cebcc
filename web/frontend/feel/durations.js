// FEEL knows two kinds of duration: of years and months, and of days and time. Their parts must read as people expect.
import { Duration } from "luxon";

export const isCalendar = (duration) => Boolean(duration.years || duration.months || duration.quarters);
export const isMixed = (duration) => isCalendar(duration) && Duration.fromObject({ ...duration.toObject(), years: 0, months: 0, quarters: 0 }).toMillis() !== 0;

export function normalized(duration) {
  if (!duration.isValid || isMixed(duration)) return duration;
  if (duration.toMillis() === 0) return duration;
  return isCalendar(duration)
    ? Duration.fromObject({ months: Math.round(duration.as("months")) }).shiftTo("years", "months")
    : duration.shiftTo("days", "hours", "minutes", "seconds", "milliseconds");
}
