/** Days put together so that a chart can be read: each by itself, or by seven in long periods. */

import { type Period, days, length, long, short, words } from "./period";

const BY_DAY_UP_TO = 62;
const WEEK = 7;

export interface Bucket {
  /** What is read out: a day, or from when to when. */
  words: string;
  /** What stands below the chart. */
  tick: string;
  days: string[];
}

export const byWeek = (period: Period): boolean => length(period) > BY_DAY_UP_TO;

/** The period's buckets. Weeks end with the last day, so that only the first may be shorter. */
export function buckets(period: Period): Bucket[] {
  const all = days(period);
  if (!byWeek(period)) return all.map((day) => ({ words: long(day), tick: short(day), days: [day] }));
  const result: Bucket[] = [];
  for (let end = all.length; end > 0; end -= WEEK) {
    const part = all.slice(Math.max(0, end - WEEK), end);
    const [first = "", last = first] = [part[0], part.at(-1)];
    result.unshift({ words: words({ first, last }), tick: short(first), days: part });
  }
  return result;
}

/** The sum of each bucket of what `of` counts by day. */
export function sums(into: Bucket[], of: Map<string, number>): number[] {
  return into.map((bucket) => bucket.days.reduce((all, day) => all + (of.get(day) ?? 0), 0));
}
