/** Periods of statistics. Days are those of UTC, as the counters' are; written as 2026-01-31. */

const DAY_MS = 86_400_000;
/** The API answers for so many days at most. */
export const MOST_DAYS = 400;

export interface Period {
  first: string;
  last: string;
}

export const PRESETS: [string, string][] = [
  ["7d", "7 days"],
  ["30d", "30 days"],
  ["90d", "90 days"],
  ["year", "This year"],
];

const A_DAY = /^\d{4}-\d{2}-\d{2}$/;
const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(undefined, { timeZone: "UTC", ...options });
const SHORT = format({ day: "numeric", month: "short" });
const LONG = format({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
const MONTH = format({ month: "long", year: "numeric" });
const RANGE = format({ day: "numeric", month: "short", year: "numeric" });

export const today = (): string => new Date().toISOString().slice(0, 10);
export const plus = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
export const length = ({ first, last }: Period): number => Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
/** The last day of a month, 2026-01, or a year, 2026. */
export const ends = (of: string): string => (of.length === 4 ? `${of}-12-31` : plus(new Date(Date.UTC(Number(of.slice(0, 4)), Number(of.slice(5)), 1)).toISOString().slice(0, 10), -1));
export const days = (period: Period): string[] => Array.from({ length: length(period) }, (_, place) => plus(period.first, place));

export const short = (day: string): string => SHORT.format(Date.parse(day));
export const long = (day: string): string => LONG.format(Date.parse(day));
/** A month or a year. */
export const longer = (of: string): string => (of.length === 4 ? of : MONTH.format(Date.parse(`${of}-01`)));
export const words = ({ first, last }: Period): string => RANGE.formatRange(Date.parse(first), Date.parse(last));

/** What the address names: a preset, or two days; the last 30 days where it names neither. */
export function named([key = "30d", last]: string[], now = today()): { key: string; period: Period } {
  if (last && fault(key, last) === undefined) return { key: "", period: { first: key, last } };
  if (key === "year") return { key, period: { first: `${now.slice(0, 4)}-01-01`, last: now } };
  const back = { "7d": 7, "90d": 90 }[key] ?? 30;
  return { key: `${back}d`, period: { first: plus(now, 1 - back), last: now } };
}

/** What is wrong with a period that somebody chose. */
export function fault(first: string, last: string): string | undefined {
  if (![first, last].every((day) => A_DAY.test(day) && !Number.isNaN(Date.parse(day)))) return "Choose both days.";
  if (first > last) return "The first day comes after the last.";
  return length({ first, last }) > MOST_DAYS ? `Choose at most ${MOST_DAYS} days.` : undefined;
}

/** What a period is compared with: as many days just before; the same days of the last year for a year's beginning. */
export function before(key: string, { first, last }: Period): Period {
  if (key !== "year") return { first: plus(first, -length({ first, last })), last: plus(first, -1) };
  const back = (day: string) => `${Number(day.slice(0, 4)) - 1}${day.slice(4).replace("02-29", "02-28")}`;
  return { first: back(first), last: back(last) };
}
