/** Moments and days as people read them, in the reader's own time zone; days of the law in London's. */

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const DAY_TIME = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const A_DAY = 24 * HOUR;

/** `2026-01-31` or a moment as a day: 31 Jan 2026. */
export const day = (at: string): string => DAY.format(new Date(at.length === 10 ? `${at}T12:00:00` : at));
export const time = (at: string): string => TIME.format(new Date(at));
export const dayAndTime = (at: string): string => DAY_TIME.format(new Date(at));
/** The heading above what was said on one day. */
export const weekday = (at: string): string => WEEKDAY.format(new Date(at));

/** How long ago, in the largest unit that fits: now, 5 minutes ago, yesterday. */
export function ago(at: string, now = Date.now()): string {
  const passed = Date.parse(at) - now;
  if (Math.abs(passed) < MINUTE) return "now";
  if (Math.abs(passed) < HOUR) return AGO.format(Math.round(passed / MINUTE), "minute");
  if (Math.abs(passed) < A_DAY) return AGO.format(Math.round(passed / HOUR), "hour");
  return AGO.format(Math.round(passed / A_DAY), "day");
}

/** A moment for the API from what a `datetime-local` field holds, with the reader's offset. */
export function withOffset(local: string): string {
  const minutes = -new Date(local).getTimezoneOffset();
  const two = (n: number) => String(Math.trunc(n)).padStart(2, "0");
  const whole = local.length === 16 ? `${local}:00` : local;
  return `${whole}${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/** A moment, now if none is given, for a `datetime-local` field. */
export function localNow(now = new Date()): string {
  return new Date(now.getTime() - now.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
}
